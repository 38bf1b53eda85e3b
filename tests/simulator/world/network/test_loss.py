"""Packets destroyed behind a link, and sent again, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from simulator.foundation.keyed import key_of, uniform_at
from simulator.framelog import Outcome
from simulator.links.loss import Bernoulli
from simulator.world import simulate
from tests.simulator.world.network.nets import During, link, net, reasons
from tests.simulator.world.small import camera, ms, scripted
from tests.simulator.world.test_mail import Notes

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan

SECOND_PACKET = During((1.5, 2.5))


def again(plan: StreamPlan) -> StreamPlan:
    return replace(plan, transport="retransmit")


def test_one_missing_packet_loses_the_frame_whose_packets_occupy_the_link() -> None:
    cameras = [camera([0], sizes=[3000], name="a"), camera([0], sizes=[1000], name="b")]
    log = simulate(net(*cameras, up=[link(loss=SECOND_PACKET)]))
    assert reasons(log) == ["CORRUPTED", "NONE"]
    assert log["outcome"].tolist() == [Outcome.LOST, Outcome.ON_TIME]
    assert ms(log, "uplink_start_ns") == [0, 3]
    assert ms(log, "uplink_end_ns") == ms(log, "arrived_ns") == [-1, 4]
    assert log["transmissions"].tolist() == [1, 1]


@pytest.mark.parametrize("options", [{}, {"accuracy": "packet"}, {"sharing": "fair"}])
def test_a_lost_packet_is_sent_again_a_round_trip_after_it_left(options: dict[str, Any]) -> None:
    lone = again(camera([0], sizes=[3000]))
    log = simulate(net(lone, up=[link(delay_ms=10, loss=SECOND_PACKET, **options)], down_ms=5))
    # It left at 2, enters again at 17, has left at 18 and is there at 28; the answer is at 33.
    assert ms(log, "uplink_end_ns") == [18]
    assert ms(log, "arrived_ns") == [28]
    assert ms(log, "done_ns") == [33]
    assert log["transmissions"].tolist() == [2]


def test_it_queues_again_behind_what_came_meanwhile() -> None:
    cameras = [again(camera([0], name="a")), camera([10], sizes=[9000], name="b")]
    log = simulate(net(*cameras, up=[link(delay_ms=10, loss=During((1, 1)))], down_ms=5))
    # It left at 1 and comes again at 16; the other frame holds the link from 10 to 19.
    assert ms(log, "uplink_end_ns") == [20, 19]
    assert ms(log, "uplink_start_ns") == [0, 10]


def test_nothing_is_sent_again_after_the_deadline() -> None:
    def run(deadline_ms: float) -> list[str]:
        lone = again(camera([0], sizes=[3000], deadline_ms=deadline_ms))
        return reasons(simulate(net(lone, up=[link(delay_ms=10, loss=SECOND_PACKET)], down_ms=5)))

    assert run(17) == ["NONE"]
    assert run(16.999999) == ["GIVEN_UP"]


def test_loss_on_the_second_link_takes_the_packet_back_to_the_first() -> None:
    lone = again(camera([0]))
    up = [link(delay_ms=3), link(2, delay_ms=4, loss=During((6, 6)))]
    log = simulate(net(lone, up=up, down_ms=1))
    # 0 to 1, there at 4, leaves at 6, again at 14: 15, 18, 20, 24.
    assert ms(log, "arrived_ns") == [24]
    assert log["transmissions"].tolist() == [2]


def test_a_packet_that_finds_the_queue_full_is_sent_again_a_round_trip_later() -> None:
    lone = again(camera([0], sizes=[3000]))
    choices: list[dict[str, Any]] = [{}, {"accuracy": "packet"}]
    for options in choices:
        up = link(delay_ms=10, queue_packets=1 if options else 2, **options)
        log = simulate(net(lone, up=[up], down_ms=5))
        # Two of three packets get in at 0; the third comes again at 15.
        assert ms(log, "arrived_ns") == [26]
        assert log["transmissions"].tolist() == [2]


def test_a_path_without_delay_is_not_tried_without_end() -> None:
    lone = again(camera([0], deadline_ms=50))
    log = simulate(net(lone, up=[link(loss=Bernoulli(1.0))]))
    # It leaves at 1 and comes again 1 ms later: at 2, 4, ..., 50, and leaves for the last time
    # at 51.
    assert reasons(log) == ["GIVEN_UP"]
    assert log["transmissions"].tolist() == [26]


def test_tries_are_counted_as_far_as_the_log_can() -> None:
    lone = again(camera([0], deadline_ms=1000))
    log = simulate(net(lone, up=[link(loss=Bernoulli(1.0))]))
    assert log["transmissions"].tolist() == [127]


def test_a_packets_luck_is_its_own_uniform_against_the_probability_when_it_left() -> None:
    key = key_of(5, "uplink", 0)
    lone = camera(range(0, 4000, 10), sizes=[1500], waiting="queue")
    log = simulate(net(lone, up=[link(loss=Bernoulli(0.2), key=key)]))
    for frame, reason in enumerate(reasons(log)):
        lucky = all(uniform_at(key, 0, frame, packet, 1) >= 0.2 for packet in range(2))
        assert reason == ("NONE" if lucky else "CORRUPTED")
    assert 0.26 < (log["outcome"] == Outcome.LOST).mean() < 0.46  # 1 - 0.8 squared = 0.36


def test_luck_is_the_same_under_every_policy() -> None:
    up = link(loss=Bernoulli(0.3), key=key_of(5, "uplink", 0))
    times = range(0, 4000, 40)
    small = simulate(net(camera(times, sizes=[900, 1000], policy=scripted(*[0] * 100)), up=[up]))
    sparse = [1 if k % 3 else None for k in range(100)]
    large = simulate(net(camera(times, sizes=[900, 1000], policy=scripted(*sparse)), up=[up]))
    sent = large["sent_ns"] >= 0
    assert (small["outcome"][sent] == large["outcome"][sent]).all()
    assert (small["outcome"] == Outcome.LOST).sum() > 15


def test_the_sender_waits_in_vain_for_what_was_lost() -> None:
    notes = Notes(lambda seen: [payload.frame for payload in seen.unacknowledged])
    simulate(net(camera([0, 100, 200], policy=notes), up=[link(loss=During((0, 50)))]))
    assert notes.notes == [[], [0], [0]]

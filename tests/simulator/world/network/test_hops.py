"""Paths of several links, worked out by hand: 1000 bytes are a packet and take 1 ms."""

from __future__ import annotations

from typing import Any

from simulator.framelog import Outcome
from simulator.world import simulate
from tests.simulator.world.network.nets import link, net, reasons
from tests.simulator.world.small import MS, camera, ms, steady
from tests.simulator.world.test_mail import Notes
from traces import RateTrace, TraceAbout


def test_a_slower_second_hop_begins_with_the_first_packet() -> None:
    # Packets leave the first link at 1, 2, 3 and are at the second at 11, 12, 13, which takes 2 ms
    # for each: 11 to 17 without a break. Then 5 ms of propagation.
    log = simulate(net(camera([0], sizes=[3000]), up=[link(delay_ms=10), link(2, delay_ms=5)]))
    assert ms(log, "uplink_start_ns") == [0]
    assert ms(log, "uplink_end_ns") == [17]
    assert ms(log, "arrived_ns") == [22]


def test_a_faster_second_hop_ends_one_packet_after_the_last_one_came() -> None:
    log = simulate(net(camera([0], sizes=[3000]), up=[link(delay_ms=10), link(0.5, delay_ms=5)]))
    assert ms(log, "uplink_end_ns") == [13.5]
    assert ms(log, "arrived_ns") == [18.5]


def test_a_last_packet_that_is_shorter_takes_its_own_time() -> None:
    # It leaves the first link at 2.25 and takes 0.5 ms on the second, which the one before it
    # holds until 4.
    log = simulate(net(camera([0], sizes=[2250]), up=[link(), link(2)]))
    assert ms(log, "uplink_end_ns") == [1 + 2 + 2 + 0.5]


def test_packets_of_two_access_links_take_turns_on_the_link_behind() -> None:
    cameras = [camera([0], sizes=[3000], name="a"), camera([0], sizes=[3000], name="b")]
    # Both are there with a packet at 1, 2 and 3, the first camera's first: a b a b a b from 1 on.
    log = simulate(net(*cameras, up=[(link(), link()), link()]))
    assert ms(log, "uplink_start_ns") == [0, 0]
    assert ms(log, "uplink_end_ns") == [6, 7]


def test_what_is_shared_first_and_apart_then_goes_to_its_own_link() -> None:
    cameras = [camera([0], sizes=[1000], name="a"), camera([0], sizes=[1000], name="b")]
    log = simulate(net(*cameras, up=[link(), (link(3, delay_ms=1), link(0.5, delay_ms=7))]))
    assert ms(log, "uplink_end_ns") == [1 + 3, 2 + 0.5]
    assert ms(log, "arrived_ns") == [5, 9.5]


def test_each_stream_knows_its_own_round_trip() -> None:
    notes = Notes(lambda seen: (seen.uplink_delay_ns, seen.round_trip_ns))
    cameras = [camera([k], name=str(k), policy=notes) for k in range(2)]
    ups = (link(delay_ms=1), link(delay_ms=2))
    downs = (link(delay_ms=10), link(delay_ms=20))
    simulate(net(*cameras, up=[ups, link(delay_ms=4)], down=[downs]))
    assert notes.notes == [(5 * MS, 15 * MS), (6 * MS, 26 * MS)]


def test_a_packet_lost_on_the_way_leaves_the_others_on_it() -> None:
    cameras = [camera([0], sizes=[4000], name="a"), camera([0], sizes=[1000], name="b")]
    # The second link takes 4 ms for a packet and has one place. Packets come at 1, 2, 3 and 4: the
    # first goes, the second waits, the third finds the place taken, and so do the fourth and b's.
    log = simulate(net(*cameras, up=[link(), link(4, queue_packets=1)]))
    assert log["outcome"].tolist() == [Outcome.LOST, Outcome.LOST]
    assert reasons(log) == ["OVERFLOW", "OVERFLOW"]
    assert ms(log, "uplink_start_ns") == [0, 4]
    assert ms(log, "uplink_end_ns") == ms(log, "arrived_ns") == [-1, -1]


def test_what_no_link_will_carry_any_more_is_undelivered() -> None:
    ending = steady(after="stop")  # of 1 s
    choices: list[dict[str, Any]] = [{}, {"accuracy": "packet"}, {"sharing": "fair"}]
    for options in choices:
        log = simulate(net(camera([0, 1500]), up=[link(trace=ending, **options)]))
        assert reasons(log) == ["NONE", "UNDELIVERED"]
        assert log["outcome"].tolist() == [Outcome.ON_TIME, Outcome.LOST]
    log = simulate(net(camera([0, 1500]), up=[link(), link(trace=ending)]))
    assert reasons(log) == ["NONE", "UNDELIVERED"]


def test_a_rate_of_nothing_is_waited_out_on_any_hop() -> None:
    about = TraceAbout(name="gap")
    gap = RateTrace.from_steps([0, 5 * MS], [0, 8_000_000], period_ns=10 * MS, about=about)
    log = simulate(net(camera([0], sizes=[1000]), up=[link(trace=gap), link(trace=gap)]))
    # 5 to 6 on the first, then the second is open from 5 to 10 too.
    assert ms(log, "uplink_end_ns") == [7]

"""What senders take back, worked out by hand: a packet takes 1 ms on the first link."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.framelog import Outcome
from simulator.world import simulate
from simulator.world.plan import TaskPlan
from tests.simulator.world.network.nets import During, in_layers, link, net, reasons
from tests.simulator.world.small import camera, ms
from tests.simulator.world.test_mail import Notes

if TYPE_CHECKING:
    from simulator.world.plan import StreamPlan


def eager(*args: Any, **options: Any) -> StreamPlan:  # noqa: ANN401
    """A camera whose answers can be in time for 20 ms, 5 of which are propagation."""
    return replace(camera(*args, deadline_ms=20, **options), cancel="too-late")


@pytest.mark.parametrize("options", [{}, {"accuracy": "packet"}, {"sharing": "fair"}])
def test_packets_that_have_not_begun_when_it_is_too_late_are_removed(
    options: dict[str, Any],
) -> None:
    cameras = [
        eager([0, 1], sizes=[[10_000, 12_500]], name="a"),
        camera([18], sizes=[1000], name="b"),
    ]
    log = simulate(net(*cameras, up=[link(delay_ms=2, **options)], down_ms=3))
    # Frame 1 begins at 10. At 1 + 20 - 5 = 16 six of its packets have left.
    assert reasons(log) == ["NONE", "CANCELLED", "NONE"]
    assert log["outcome"].tolist() == [Outcome.ON_TIME, Outcome.DROPPED, Outcome.ON_TIME]
    assert ms(log, "uplink_start_ns") == [0, 10, 18]
    assert ms(log, "uplink_end_ns") == [10, -1, 19]
    assert ms(log, "arrived_ns") == [12, -1, 21]


@pytest.mark.parametrize(("accuracy", "free_ms"), [("frame", 16), ("packet", 17)])
def test_what_had_begun_still_holds_the_link(accuracy: str, free_ms: float) -> None:
    cameras = [
        eager([0, 1], sizes=[[10_000, 12_500]], name="a"),
        camera([12], sizes=[1000], name="b"),
    ]
    log = simulate(net(*cameras, up=[link(delay_ms=2, accuracy=accuracy)], down_ms=3))
    # At 16 the seventh packet goes out whole; byte by byte, none of it has been carried.
    assert ms(log, "uplink_start_ns") == [0, 10, free_ms]


def test_what_had_begun_goes_on_to_the_next_link() -> None:
    cameras = [
        eager([0, 1], sizes=[[10_000, 12_500]], name="a"),
        camera([17.5], sizes=[1000], name="b"),
    ]
    # Packets that left at 11, ..., 17 take 0.9 ms each on the second link; b's is there at 18.5.
    log = simulate(net(*cameras, up=[link(), link(0.9, delay_ms=2)], down_ms=3))
    assert reasons(log) == ["NONE", "CANCELLED", "NONE"]
    assert ms(log, "uplink_end_ns") == [10.9, -1, 19.4]


def test_a_payload_that_is_ready_too_late_is_not_sent_at_all() -> None:
    at = simulate(net(eager([0], device_ms=[15]), up=[link(delay_ms=2)], down_ms=3))
    before = simulate(net(eager([0], device_ms=[14.999999]), up=[link(delay_ms=2)], down_ms=3))
    assert reasons(at) == ["CANCELLED"]
    assert ms(at, "sent_ns") == [15]
    assert ms(at, "uplink_start_ns") == [-1]
    assert reasons(before) == ["NONE"]


def test_the_sender_knows_what_it_has_taken_back() -> None:
    notes = Notes(lambda seen: ([p.frame for p in seen.unacknowledged], seen.missing))
    lone = eager([0, 1, 15.5, 16.5, 11_000], sizes=[[10_000, 12_500, 1, 1, 1]], policy=notes)
    simulate(net(lone, up=[link(delay_ms=2)], down_ms=3))
    # The first answer is back at 15.
    assert notes.notes == [([], 0), ([0], 0), ([1], 0), ([2], 0), ([], 0)]


def test_the_latest_of_several_deadlines_counts() -> None:
    task = TaskPlan(name="slow", deadline_ns=21_000_001, score=np.ones((1, 2), np.float32))
    lone = replace(eager([0, 1], sizes=[[10_000, 7500]]), tasks=(task,))
    # Too late 1 ns after 1 + 21 - 5 = 17, when the last packet, of 500 bytes, begins.
    log = simulate(net(lone, up=[link(delay_ms=2)], down_ms=3))
    assert reasons(log) == ["NONE", "NONE"]
    assert ms(log, "uplink_end_ns") == [10, 17.5]


def test_what_waits_to_be_sent_again_is_taken_back_too() -> None:
    lone = replace(eager([0], sizes=[1000]), transport="retransmit")
    loss = During((1, 1), (7, 7), (13, 13))
    log = simulate(net(lone, up=[link(delay_ms=2, loss=loss)], down_ms=3))
    # It leaves at 1, 7 and 13; at 18 it is too late since 15.
    assert reasons(log) == ["CANCELLED"]
    assert log["transmissions"].tolist() == [3]


def test_a_packet_sent_again_is_watched_again() -> None:
    first = replace(eager([0], sizes=[1000], name="a"), transport="retransmit")
    second = camera([2], sizes=[20_000], name="b")
    log = simulate(net(first, second, up=[link(delay_ms=2, loss=During((1, 1)))], down_ms=3))
    # It is back at 6, behind packets that hold the link until 22, and is removed at 15.
    assert reasons(log) == ["CANCELLED", "NONE"]
    assert ms(log, "uplink_end_ns") == [-1, 22]
    assert log["transmissions"].tolist() == [2, 1]


def layered(*captured_ms: float, cancel: Any = "too-late", **options: Any) -> StreamPlan:  # noqa: ANN401
    plan = in_layers(camera(captured_ms, deadline_ms=20, **options), 2000, 3000, decode_by_ms=15)
    return replace(plan, cancel=cancel)


def test_a_layered_frame_that_loses_only_upper_packets_is_served_with_the_rest() -> None:
    cameras = [camera([0], sizes=[12_000], name="other"), layered(0.5)]
    # The base leaves at 13 and 14, the other layer would at 15, 16 and 17; at 15.5 the packet
    # that began at 15 goes on, the next one is removed.
    log = simulate(net(*cameras, up=[link(delay_ms=2)], down_ms=3))
    assert reasons(log) == ["NONE", "NONE"]
    assert log["layers"].tolist() == [1, 1]
    # The base is there at 16; what more may come is waited for only until 15.5.
    assert ms(log, "arrived_ns")[1] == 16


def test_a_layered_frame_without_its_base_is_dropped() -> None:
    cameras = [camera([0], sizes=[15_000], name="other"), layered(0.5)]
    log = simulate(net(*cameras, up=[link(delay_ms=2)], down_ms=3))
    # At 15.5 the first of the base's packets is on the link, the second is removed.
    assert reasons(log) == ["NONE", "CANCELLED"]
    assert log["layers"].tolist() == [1, 0]


def test_a_newer_frame_supersedes_the_upper_layers_of_older_ones() -> None:
    # Of frame 0 the base leaves at 2 and one more packet is on the link at 2.5; two are removed,
    # so frame 1 begins at 3.
    for cancel, starts, layers in (("superseded", [0, 3], [1, 2]), ("too-late", [0, 5], [2, 2])):
        log = simulate(net(layered(0, 2.5, cancel=cancel), up=[link()]))
        assert ms(log, "uplink_start_ns") == starts
        assert log["layers"].tolist() == layers
        assert reasons(log) == ["NONE", "NONE"]


def test_superseded_upper_layers_are_not_sent_again() -> None:
    def run(cancel: str) -> list[int]:
        lone = replace(layered(0, 5, cancel=cancel), transport="retransmit")
        # The last packet of frame 0 is lost at 5 and would come again at 10.
        up = link(delay_ms=2, loss=During((5, 5)))
        log = simulate(net(lone, up=[up], down_ms=3))
        transmissions: list[int] = log["transmissions"].tolist()
        return transmissions

    assert run("too-late") == [2, 1]
    assert run("superseded") == [1, 1]


def test_cancelling_reaches_those_who_wait_for_a_grant() -> None:
    lone = eager([0], sizes=[1000], device_ms=[10])
    log = simulate(net(lone, up=[link(delay_ms=2, grant_ns=6_000_000)], down_ms=3))
    assert reasons(log) == ["CANCELLED"]  # at 15; the grant comes at 16
    assert ms(log, "uplink_start_ns") == [-1]

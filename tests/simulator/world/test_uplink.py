"""The shared uplink, worked out by hand: 1000 bytes take 1 ms."""

from __future__ import annotations

from simulator.framelog import Outcome
from simulator.world import simulate
from tests.simulator.world.small import camera, ms, steady, world


def test_streams_share_one_link_first_in_first_out() -> None:
    cameras = [camera([0, 20], sizes=[5000], name="a"), camera([2, 21], sizes=[1000], name="b")]
    log = simulate(world(*cameras))
    # In order of sending: a at 0, b at 2, a at 20, b at 21.
    assert ms(log, "uplink_start_ns") == [0, 20, 5, 25]
    assert ms(log, "uplink_end_ns") == [5, 25, 6, 26]


def test_propagation_delays_but_does_not_occupy() -> None:
    log = simulate(world(camera([0, 1], device_ms=[1]), up_ms=50))
    assert ms(log, "uplink_end_ns") == [2, 3]
    assert ms(log, "arrived_ns") == [52, 53]


def test_what_a_stopped_link_never_delivers_is_lost() -> None:
    lone = camera([0, 990, 995], sizes=[[1000, 11_000, 1]])
    log = simulate(world(lone, trace=steady(after="stop")))
    assert log["outcome"].tolist() == [Outcome.ON_TIME, Outcome.LOST, Outcome.LOST]
    assert ms(log, "uplink_start_ns") == [0, 990, -1]
    assert ms(log, "uplink_end_ns") == ms(log, "arrived_ns") == [1, -1, -1]


def test_a_full_queue_loses_the_frame_whose_admitted_packets_still_occupy_the_link() -> None:
    cameras = [
        camera([0], sizes=[3000], name="a"),
        camera([0], sizes=[3000], name="b"),
        camera([1], sizes=[500], name="c"),
    ]
    # At 0 nothing has begun, so 3 of a's packets and 1 of b's fill the queue. At 1 ms the first
    # one's turn is over and the second's has not come: there is room for c behind b's packet.
    log = simulate(world(*cameras, queue_bytes=4000))
    assert log["outcome"].tolist() == [Outcome.ON_TIME, Outcome.LOST, Outcome.ON_TIME]
    assert ms(log, "uplink_start_ns") == [0, 3, 4]
    assert ms(log, "uplink_end_ns") == [3, -1, 4.5]
    assert log["wire_bytes"].tolist() == [3000, 3000, 500]


def test_a_queue_without_room_for_one_packet_carries_nothing() -> None:
    log = simulate(world(camera([0, 10]), queue_bytes=999))
    assert log["outcome"].tolist() == [Outcome.LOST, Outcome.LOST]
    assert ms(log, "uplink_start_ns") == [-1, -1]

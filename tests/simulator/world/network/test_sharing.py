"""Links that streams share by weight or by turns, worked out by hand: a packet takes 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.world import simulate
from simulator.world.plan import CrossPlan, PacketPlan
from tests.simulator.world.network.nets import link, net, reasons
from tests.simulator.world.small import MS, camera, ms, served
from traces import OpportunityTrace, TraceAbout


def test_on_a_fair_link_two_frames_share_the_rate() -> None:
    cameras = [camera([0], sizes=[3000], name="a"), camera([1], sizes=[1000], name="b")]
    # a alone until 1; then both at half the rate: b ends at 3; a's last 1000 bytes end at 4.
    log = simulate(net(*cameras, up=[link(sharing="fair", delay_ms=2)]))
    assert ms(log, "uplink_start_ns") == [0, 1]
    assert ms(log, "uplink_end_ns") == [4, 3]
    assert ms(log, "arrived_ns") == [6, 5]


def test_a_heavier_stream_gets_more_of_a_fair_link() -> None:
    light = camera([0], sizes=[1000], name="a")
    heavy = replace(camera([0], sizes=[3000], name="b"), weight=3)
    log = simulate(net(light, heavy, up=[link(sharing="fair")]))
    assert ms(log, "uplink_end_ns") == [4, 4]


def test_a_frame_that_comes_later_and_leaves_earlier_brings_the_wake_up_forward() -> None:
    cameras = [camera([0], sizes=[100_000], name="a"), camera([10], sizes=[1000], name="b")]
    log = simulate(net(*cameras, up=[link(sharing="fair")]))
    assert ms(log, "arrived_ns") == [101, 12]


def test_by_turns_a_short_frame_does_not_wait_for_all_of_a_long_one() -> None:
    cameras = [camera([0], sizes=[3000], name="a"), camera([0.5], sizes=[2000], name="b")]
    turns = link(sharing="drr", quantum_bytes=1028, accuracy="packet")
    log = simulate(net(*cameras, up=[turns]))
    # a's first packet is on the wire and its second committed when b comes. b's first uses its
    # quantum up; b goes behind a, and before it again, as a has used up two and must gain first.
    assert ms(log, "uplink_end_ns") == [5, 4]
    assert ms(log, "uplink_start_ns") == [0, 2]


@pytest.mark.parametrize("accuracy", ["frame", "packet"])
def test_drophead_makes_place_for_the_newest(accuracy: str) -> None:
    # At 0.5 one packet is on the wire and two wait, as many as may: the next frame's two remove
    # those, and pass.
    cameras = [camera([0], sizes=[3000], name="a"), camera([0.5], sizes=[2000], name="b")]
    head = link(queue_packets=2, drop="head", accuracy=accuracy)
    log = simulate(net(*cameras, up=[head]))
    assert reasons(log) == ["OVERFLOW", "NONE"]
    assert ms(log, "uplink_start_ns") == [0, 1]
    assert ms(log, "uplink_end_ns") == [-1, 3]


@pytest.mark.parametrize("options", [{"accuracy": "packet"}, {"grant_ns": 1}, {}])
def test_first_in_first_out_is_the_same_by_any_arithmetic(options: dict[str, Any]) -> None:
    cameras = [camera([0, 7], sizes=[2000], name="a"), camera([1, 7.5], sizes=[3000], name="b")]
    log = simulate(net(*cameras, up=[link(**options)]))
    late = 1e-6 * bool(options.get("grant_ns"))
    assert ms(log, "uplink_end_ns") == pytest.approx([2 + late, 9 + late, 5 + late, 12 + late])


@settings(deadline=None, max_examples=60)
@given(
    captured=st.lists(
        st.lists(st.integers(0, 60), min_size=1, max_size=12), min_size=1, max_size=4
    ),
    sizes=st.lists(st.integers(1, 4000), min_size=4, max_size=4),
    others=st.lists(st.integers(0, 9 * MS), max_size=9),
    options=st.sampled_from(
        [
            {"sharing": "fair"},
            {"sharing": "fair", "queue_bytes": 5000},
            {"sharing": "fair", "queue_packets": 4},
            {"sharing": "drr", "accuracy": "packet"},
            {"sharing": "fifo", "accuracy": "packet", "queue_packets": 5, "drop": "head"},
        ]
    ),
    delay_ms=st.sampled_from([1e-6, 0.001, 1, 2.5, 20, 300]),
)
def test_how_far_the_next_place_is_changes_nothing_on_a_link(
    captured: list[list[int]],
    sizes: list[int],
    others: list[int],
    options: dict[str, Any],
    delay_ms: float,
) -> None:
    cameras = [
        replace(camera(sorted(set(at)), sizes=[size], name=f"{k}"), weight=1 + k % 2)
        for k, (at, size) in enumerate(zip(captured, sizes, strict=False))
    ]
    if others:
        wire_bytes = np.full(len(others), 1000)
        crossing = CrossPlan(name="others", sent_ns=np.cumsum(others), wire_bytes=wire_bytes)
        options = {**options, "cross": (crossing,)}
    near, far = (simulate(net(*cameras, up=[link(delay_ms=d, **options)])) for d in (0.0, delay_ms))
    for column in ("uplink_start_ns", "uplink_end_ns", "reason", "worker"):
        assert far[column].tolist() == near[column].tolist()
    there = near["arrived_ns"] >= 0
    for column in ("arrived_ns", "service_start_ns", "batch_size"):
        later = round(delay_ms * MS) * there if column.endswith("_ns") else 0
        assert (far[column] - later).tolist() == near[column].tolist()


@pytest.mark.parametrize("sharing", ["fair", "drr", "fifo"])
def test_what_a_shared_link_delivers_at_one_instant_comes_in_the_order_of_sending(
    sharing: Any,  # noqa: ANN401
) -> None:
    # One opportunity, at 10 ms, takes all. Fairly, b's 100 bytes are through first of all, then c's
    # and a's; by turns b's packet leaves before the last of c and a. Sent were a, c and b, and the
    # server takes one at a time; the streams are b, c and a.
    cameras = [
        camera([3], sizes=[100], name="b"),
        camera([2], sizes=[2500], name="c"),
        camera([1], sizes=[3000], name="a"),
    ]
    trace = OpportunityTrace.from_stamps([10 * MS], bytes_each=9000, about=TraceAbout(name="lump"))
    up = [link(trace=trace, sharing=sharing)]
    log = simulate(net(*cameras, up=up, models=[served([1.0])]))
    assert ms(log, "uplink_end_ns") == [10, 10, 10]
    assert ms(log, "service_start_ns") == [12, 11, 10]


@pytest.mark.parametrize("header_bytes", [0, 28, 30])
def test_deficits_count_payload_and_28_bytes_whatever_the_header_on_the_wire(
    header_bytes: int,
) -> None:
    # Two packets use a quantum of 2 x 1028 up; a byte more, and a sends a third before b's two.
    cameras = [camera([0], sizes=[4000], name="a"), camera([0.5], sizes=[2000], name="b")]
    packets = PacketPlan(header_bytes=header_bytes, mtu_payload_bytes=1000)
    for quantum, turn in ((2056, 4), (2057, 5)):
        turns = link(sharing="drr", quantum_bytes=quantum, accuracy="packet")
        log = simulate(replace(net(*cameras, up=[turns]), packets=packets))
        packet_ns = (1000 + header_bytes) * 1000
        assert log["uplink_end_ns"].tolist() == [6 * packet_ns, turn * packet_ns]

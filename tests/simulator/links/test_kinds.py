from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.kinds import LinkKind, frame_link, queueing_link
from simulator.links.queues import QueueLimit
from tests.simulator.links.carrying import ABOUT, MS, Packets, lumps, steps
from tests.simulator.links.described import KINDS, assert_within_capacity, kinds, traces
from traces import RateTrace

if TYPE_CHECKING:
    from traces import BandwidthTrace

HEADER_BYTES = 32


def sent_back_to_back(trace: BandwidthTrace, kind: LinkKind, packets: int, size: int) -> list[int]:
    """Return when packets of one instant have left."""
    carried = Packets(queueing_link(trace, kind, {}, header_bytes=HEADER_BYTES))
    carried.send(0, "a", [size] * packets)
    return carried.left_ns()


@pytest.mark.parametrize("sharing", ["fifo", "drr"])
@pytest.mark.parametrize("accuracy", ["frame", "packet"])
def test_opportunities_are_shared_out_byte_by_byte_at_either_accuracy(
    sharing: str, accuracy: str
) -> None:
    kind = LinkKind(sharing=sharing, accuracy=accuracy)  # type: ignore[arg-type]
    # 1504, 3008, 4512 and 6016 bytes are there with the 4th, 7th, 10th and 13th 500.
    assert sent_back_to_back(lumps(500), kind, 4, 1504) == [4 * MS, 7 * MS, 10 * MS, 13 * MS]


def test_store_and_forward_leads_a_falling_rate_by_less_than_a_packet() -> None:
    # 500 bytes in the first half of each ms. Packet 0 goes out at 8 Mbit/s all the same: it leads
    # by 500. Packet 1 would at 3; its first byte is there just after 2, its last one at 3.5.
    pulses = RateTrace.from_steps([0, MS // 2], [8_000_000, 0], period_ns=MS, about=ABOUT)
    kind = LinkKind(accuracy="packet")
    left = sent_back_to_back(pulses, kind, 4, 1000)
    assert left == [MS, 2 * MS + 1, 4 * MS + 1, 6 * MS + 1]


def test_store_and_forward_of_a_trace_that_ends_never_carries_more_than_a_packet_too_much() -> None:
    # 10 000 bytes in 10 ms. The 7th packet of 1500 begins at 9 ms and has left at 10.5; the 8th
    # would begin where there is no rate.
    left = sent_back_to_back(steps(8_000_000, loop=False), LinkKind(accuracy="packet"), 8, 1500)
    assert left == [*(1_500_000 * k for k in range(1, 8)), -1]


@pytest.mark.parametrize("name", KINDS)
@settings(deadline=None, max_examples=40)
@given(data=st.data(), trace=traces())
def test_no_link_delivers_more_than_its_trace_offers(
    name: str, trace: BandwidthTrace, data: st.DataObject
) -> None:
    kind = data.draw(kinds(name))
    link = queueing_link(trace, kind, {"b": 3}, header_bytes=HEADER_BYTES)  # type: ignore[var-annotated]
    gaps = st.sampled_from([0, 0, 1, MS // 2, 3 * MS])
    sizes = st.sampled_from([40, 500, 1000, 1504])
    work = st.lists(st.tuples(gaps, st.sampled_from("ab"), sizes), min_size=1, max_size=20)
    sent: list[int] = []
    now_ns = first_ns = data.draw(st.integers(0, 30 * MS))
    for gap_ns, flow, size in data.draw(work):
        now_ns += gap_ns
        link.send(now_ns, flow, len(sent), (size,))
        sent.append(size)
    settled = link.settle(FOREVER_NS - 1)
    left = [(found.end_ns, sent[found.parcel]) for found in settled if found.end_ns >= 0]
    assert_within_capacity(trace, kind, left, first_ns=first_ns, packet_bytes=max(sent))


@settings(deadline=None, max_examples=40)
@given(trace=traces(), data=st.data())
def test_a_link_known_at_once_does_what_the_same_link_does_packet_by_packet(
    trace: BandwidthTrace, data: st.DataObject
) -> None:
    kind = data.draw(kinds("fifo frame").filter(lambda kind: kind.is_orderly))
    frames = frame_link(trace, kind, full_bytes=1504)
    packets = queueing_link(trace, kind, {}, header_bytes=HEADER_BYTES)  # type: ignore[var-annotated]
    expected, now_ns = {}, 0
    gaps = st.sampled_from([0, 1, MS, 5 * MS])
    work = st.lists(st.tuples(gaps, st.integers(0, 3), st.integers(1, 1504)), max_size=12)
    for number, (gap_ns, full, rest) in enumerate(data.draw(work)):
        now_ns += gap_ns
        sizes = [1504] * full + [rest]
        end_ns = frames.send(now_ns, sum(sizes))
        if end_ns is not None and end_ns < FOREVER_NS:
            expected[number] = end_ns
        packets.send(now_ns, "a", number, sizes)
    found = {
        settled.parcel: settled.end_ns
        for settled in packets.settle(FOREVER_NS - 1)
        if not settled.lost
    }
    assert found == expected


def test_what_is_limited_is_known_at_once_only_if_the_newest_go() -> None:
    limit = QueueLimit(packets=3)
    assert LinkKind(queue=limit).is_orderly
    assert LinkKind(drop="head").is_orderly  # nothing is ever dropped
    assert not LinkKind(queue=limit, drop="head").is_orderly
    assert not LinkKind(sharing="fair").is_orderly
    assert not LinkKind(accuracy="packet").is_orderly

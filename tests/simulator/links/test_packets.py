from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.droptail import DroptailLink
from simulator.links.drr import DrrQueue
from simulator.links.fifo import FifoLink
from simulator.links.packets import NEVER_NS, PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import Flowing, StoreAndForward
from traces import OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from traces.about import After

MS = 1_000_000
ABOUT = TraceAbout(name="test")
SENDINGS = st.lists(
    st.tuples(
        st.integers(0, 3 * MS),
        st.sampled_from("abc"),
        st.lists(st.integers(1, 1500), min_size=1, max_size=6),
    ),
    min_size=1,
    max_size=30,
)
RATES = st.lists(st.integers(0, 40_000_000), min_size=1, max_size=5).filter(any)


def steps(*rates_bps: int, loop: bool = True) -> RateTrace:
    starts = [k * 10 * MS for k in range(len(rates_bps))]
    period_ns = len(rates_bps) * 10 * MS
    after: After = "loop" if loop else "stop"
    return RateTrace.from_steps(starts, rates_bps, period_ns=period_ns, after=after, about=ABOUT)


def lumps(bytes_each: int) -> OpportunityTrace:
    return OpportunityTrace.from_stamps([MS], bytes_each=bytes_each, about=ABOUT)


def test_a_packet_keeps_the_rate_of_its_start() -> None:
    link = PacketLink(StoreAndForward(steps(8_000_000, 80_000_000)), FifoQueue())
    link.send(9 * MS + MS // 2, "a", [1000, 1000])  # 1 ms at the old rate, then 0.1 ms
    link.finish()
    assert link.left_ns == [10 * MS + MS // 2, 10 * MS + MS // 2 + MS // 10]


def test_a_rate_that_changes_at_the_start_has_changed() -> None:
    link = PacketLink(StoreAndForward(steps(8_000_000, 80_000_000)), FifoQueue())
    link.send(10 * MS, "a", [1000])
    link.finish()
    assert link.left_ns == [10 * MS + MS // 10]


def test_a_packet_waits_out_a_rate_of_zero_in_the_queue() -> None:
    link = PacketLink(StoreAndForward(steps(8_000_000, 0)), FifoQueue(limit_packets=1))
    link.send(12 * MS, "a", [1000, 1000])  # the second finds the first still queued
    link.finish()
    assert link.left_ns == [21 * MS, NEVER_NS]


@pytest.mark.parametrize("wire", [StoreAndForward, Flowing])
def test_what_a_stopped_trace_never_delivers_stays(
    wire: type[StoreAndForward | Flowing],
) -> None:
    link = PacketLink(wire(steps(8_000_000, loop=False)), FifoQueue())
    link.send(8 * MS, "a", [1000])
    link.send(11 * MS, "a", [1000])
    link.finish()
    assert link.left_ns == [9 * MS, NEVER_NS]


def test_a_packet_that_outlasts_a_stopped_trace_never_leaves() -> None:
    link = PacketLink(Flowing(steps(8_000_000, loop=False)), FifoQueue())
    link.send(9 * MS, "a", [2000, 100])
    link.finish()
    assert link.left_ns == [NEVER_NS, NEVER_NS]


def test_what_an_opportunity_leaves_over_goes_to_the_next_packet() -> None:
    link = PacketLink(Flowing(lumps(1000)), FifoQueue())
    link.send(0, "a", [600, 600, 600])
    link.send(1 * MS, "a", [200])
    link.finish()
    assert link.left_ns == [1 * MS, 2 * MS, 2 * MS, 2 * MS]


def test_the_oldest_go_when_the_head_is_dropped() -> None:
    queue = FifoQueue(limit_bytes=2000, drop_head=True)
    link = PacketLink(StoreAndForward(steps(8_000_000)), queue)
    link.send(0, "a", [1000] * 5)  # 0 is on the wire, 1 and 2 make place for 3 and 4
    link.finish()
    assert link.left_ns == [1 * MS, NEVER_NS, NEVER_NS, 2 * MS, 3 * MS]


def test_a_packet_that_leaves_makes_place_for_one_of_the_same_instant() -> None:
    link = PacketLink(StoreAndForward(steps(8_000_000)), FifoQueue(limit_packets=1))
    link.send(0, "a", [1000, 1000])
    link.send(1 * MS, "a", [1000])
    link.finish()
    assert link.left_ns == [1 * MS, 2 * MS, 3 * MS]


@settings(deadline=None)
@given(rate=st.sampled_from([8_000_000, 16_000_000, 80_000_000]), sendings=SENDINGS)
def test_at_a_constant_rate_packets_leave_when_the_fluid_link_says(
    rate: int, sendings: list[tuple[int, str, list[int]]]
) -> None:
    trace = steps(rate)
    link, fluid = PacketLink(StoreAndForward(trace), FifoQueue()), FifoLink(trace)
    now, ends = 0, []
    for gap, flow, sizes in sendings:
        now += gap
        link.send(now, flow, sizes)
        ends += [fluid.send(now, size) for size in sizes]
    link.finish()
    assert link.left_ns == ends  # whole nanoseconds a byte: neither rounds


@settings(deadline=None)
@given(rates=RATES, sendings=SENDINGS)
def test_the_wire_is_never_idle_while_something_waits_nor_takes_two_at_once(
    rates: list[int], sendings: list[tuple[int, str, list[int]]]
) -> None:
    trace = steps(*rates)
    link, wire = PacketLink(StoreAndForward(trace), FifoQueue()), StoreAndForward(trace)
    now = 0
    ends: list[int] = []
    for gap, flow, sizes in sendings:
        now += gap
        link.send(now, flow, sizes)
        for size in sizes:
            assert wire.begin(now) >= max([now, *ends[-1:]])
            ends.append(wire.carry(size))
    link.finish()
    assert link.left_ns == ends == sorted(ends)


@settings(deadline=None)
@given(
    quantum=st.integers(100, 3000),
    committed=st.integers(0, 3),
    sendings=SENDINGS,
)
def test_round_robin_loses_nothing_keeps_each_flow_s_order_and_all_of_the_capacity(
    quantum: int, committed: int, sendings: list[tuple[int, str, list[int]]]
) -> None:
    trace = steps(8_000_000)
    turns = PacketLink(StoreAndForward(trace), DrrQueue(quantum=quantum), committed=committed)
    fifo = PacketLink(StoreAndForward(trace), FifoQueue())
    now, sizes, flows, sent = 0, [], [], []
    for gap, flow, packets in sendings:
        now += gap
        for link in (turns, fifo):
            link.send(now, flow, packets)
        sizes += packets
        flows += [flow] * len(packets)
        sent += [now] * len(packets)
    for link in (turns, fifo):
        link.finish()
    for flow in set(flows):
        of_flow = [end for end, name in zip(turns.left_ns, flows, strict=True) if name == flow]
        assert of_flow == sorted(of_flow)
        assert NEVER_NS not in of_flow
    spans = sorted((end - 1000 * size, end) for end, size in zip(turns.left_ns, sizes, strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert max(turns.left_ns) == max(fifo.left_ns)  # whoever's turn it is, the work is the same
    assert all(
        end >= at + 1000 * size for end, at, size in zip(turns.left_ns, sent, sizes, strict=True)
    )


@settings(deadline=None)
@given(
    each=st.integers(100, 3000),
    limit=st.integers(1500, 6000),
    sendings=st.lists(st.tuples(st.integers(0, 6), st.integers(1, 7000)), max_size=30),
)
def test_droptail_by_packets_agrees_with_droptail_by_arithmetic(
    each: int, limit: int, sendings: list[tuple[int, int]]
) -> None:
    link = PacketLink(Flowing(lumps(each)), FifoQueue(limit_bytes=limit))
    known = DroptailLink(lumps(each), packet_bytes=1500, limit_bytes=limit)
    now, ends, ranges = 0, [], []
    for gap, size in sendings:
        now += gap
        full, rest = divmod(size, 1500)
        first = len(link.left_ns)
        link.send(now * MS, "a", [1500] * full + [rest] * bool(rest))
        ranges.append((first, len(link.left_ns)))
        ends.append(known.send(now * MS, size))
    link.finish()
    ours = [link.left_ns[first:last] for first, last in ranges]
    assert [None if NEVER_NS in left else max(left) for left in ours] == ends

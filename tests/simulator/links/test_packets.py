from __future__ import annotations

from itertools import accumulate, pairwise, repeat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.droptail import DroptailLink
from simulator.links.drr import DrrQueue
from simulator.links.fifo import FifoLink
from simulator.links.packets import PacketLink
from simulator.links.queueing import NEVER_NS, Settled
from simulator.links.queues import FifoQueue
from simulator.links.wires import Flowing, StoreAndForward
from tests.simulator.links.carrying import MS, Packets, Sending, at_once, lumps, steps
from tests.simulator.links.ns3_rounds import RoundRobin, carried

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

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


def test_a_packet_keeps_the_rate_of_its_start() -> None:
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000, 80_000_000)), FifoQueue()))
    link.send(9 * MS + MS // 2, "a", [1000, 1000])  # 1 ms at the old rate, then 0.1 ms
    assert link.left_ns() == [10 * MS + MS // 2, 10 * MS + MS // 2 + MS // 10]


def test_a_rate_that_changes_at_the_start_has_changed() -> None:
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000, 80_000_000)), FifoQueue()))
    link.send(10 * MS, "a", [1000])
    assert link.left_ns() == [10 * MS + MS // 10]


def test_a_packet_waits_out_a_rate_of_zero_in_the_queue() -> None:
    queue: FifoQueue[int] = FifoQueue(limit_packets=1)
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000, 0)), queue))
    link.send(12 * MS, "a", [1000, 1000])  # the second finds the first still queued
    assert link.left_ns() == [21 * MS, NEVER_NS]


@pytest.mark.parametrize("wire", [StoreAndForward, Flowing])
def test_what_a_stopped_trace_never_delivers_stays(
    wire: type[StoreAndForward | Flowing],
) -> None:
    queueing: PacketLink[int] = PacketLink(wire(steps(8_000_000, loop=False)), FifoQueue())
    link = Packets(queueing)
    link.send(8 * MS, "a", [1000])
    link.send(11 * MS, "a", [1000])
    assert link.left_ns() == [9 * MS, NEVER_NS]
    assert queueing.next_ns == FOREVER_NS


def test_a_packet_that_outlasts_a_stopped_trace_never_leaves() -> None:
    queueing: PacketLink[int] = PacketLink(Flowing(steps(8_000_000, loop=False)), FifoQueue())
    link = Packets(queueing)
    link.send(9 * MS, "a", [2000, 100])
    assert queueing.next_ns == FOREVER_NS
    assert link.left_ns() == [NEVER_NS, NEVER_NS]


def test_what_an_opportunity_leaves_over_goes_to_the_next_packet() -> None:
    link = Packets(PacketLink(Flowing(lumps(1000)), FifoQueue()))
    link.send(0, "a", [600, 600, 600])
    link.send(1 * MS, "a", [200])
    assert link.left_ns() == [1 * MS, 2 * MS, 2 * MS, 2 * MS]


def test_the_oldest_go_when_the_head_is_dropped() -> None:
    queue: FifoQueue[int] = FifoQueue(limit_bytes=2000, drop_head=True)
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000)), queue))
    link.send(0, "a", [1000] * 5)  # 0 is on the wire, 1 and 2 make place for 3 and 4
    assert link.left_ns() == [1 * MS, NEVER_NS, NEVER_NS, 2 * MS, 3 * MS]


@settings(deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0, 0, 1, MS // 2, MS, 7 * MS]), min_size=1, max_size=30),
    sizes=st.lists(st.integers(1, 1500), min_size=30, max_size=30),
    limits=st.tuples(st.none() | st.integers(1, 4), st.none() | st.integers(1500, 4000)),
    drop_head=st.booleans(),
)
def test_the_newest_or_the_oldest_go_as_in_a_queue_written_out_plainly(
    gaps: list[int],
    sizes: list[int],
    limits: tuple[int | None, int | None],
    drop_head: bool,  # noqa: FBT001  # drawn
) -> None:
    # With one flow nobody takes turns: what is left of the plain model is a queue before a wire.
    queue: FifoQueue[int] = FifoQueue(
        limit_packets=limits[0], limit_bytes=limits[1], drop_head=drop_head
    )
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000, 999_999)), queue))
    sendings = list(zip(accumulate(gaps), repeat("a"), ([size] for size in sizes), strict=False))
    for at_ns, flow, packets in sendings:
        link.send(at_ns, flow, packets)
    robin = RoundRobin(1500, 0, {}, limits[1], limits[0], drop_head=drop_head)
    plainly = carried(sendings, lambda t: (8_000_000, 999_999)[t // (10 * MS) % 2], robin, 0)
    assert link.left_ns() == plainly


def test_a_packet_that_leaves_makes_place_for_one_of_the_same_instant() -> None:
    queue: FifoQueue[int] = FifoQueue(limit_packets=1)
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000)), queue))
    link.send(0, "a", [1000, 1000])
    link.send(1 * MS, "a", [1000])
    assert link.left_ns() == [1 * MS, 2 * MS, 3 * MS]


def test_a_parcel_settles_with_its_last_packet_and_tells_what_was_lost() -> None:
    queue: FifoQueue[str] = FifoQueue(limit_packets=2)
    link = PacketLink(StoreAndForward(steps(8_000_000)), queue)
    link.send(0, "a", "first", [1000, 1000])
    link.send(0, "b", "second", [1000, 1000])  # the second of them is one too many
    link.send(0, "b", "third", [1000])
    assert link.next_ns == 0  # all of the third is lost at once
    assert link.settle(0) == [Settled("third", NEVER_NS, NEVER_NS, 1, 0, 0)]
    assert link.settle(2 * MS) == [Settled("first", 0, 2 * MS, 0, 0)]
    assert link.settle(2 * MS) == []
    assert link.next_ns == 3 * MS
    assert link.settle(9 * MS) == [Settled("second", 2 * MS, 3 * MS, 1, 0, 0)]
    assert link.next_ns == FOREVER_NS


def test_a_parcel_whose_packets_flow_in_order_needs_one_wake_up() -> None:
    link: PacketLink[str] = PacketLink(Flowing(lumps(1000)), FifoQueue())
    link.send(0, "a", "first", [700] * 4)
    link.send(0, "a", "second", [700] * 4)
    assert link.next_ns == 3 * MS  # 2800 bytes
    assert link.settle(1 * MS) == []  # the second packet is being carried
    assert link.next_ns == 3 * MS
    assert link.settle(3 * MS) == [Settled("first", 0, 3 * MS, 0, 0)]
    assert link.next_ns == 6 * MS  # 5600 bytes


def test_what_has_begun_is_not_cancelled() -> None:
    queue: FifoQueue[str] = FifoQueue(limit_bytes=3000)
    link = PacketLink(StoreAndForward(steps(8_000_000)), queue)
    link.send(0, "a", "first", [1000] * 4)
    link.send(0, "b", "second", [500])  # 3000 bytes are queued
    assert link.cancel(MS, "first") == 2  # one has left, one is on the wire
    link.send(MS, "b", "third", [1000, 1000])  # there is room at once
    assert link.cancel(MS, "none") == 0
    assert link.settle(9 * MS) == [
        Settled("second", NEVER_NS, NEVER_NS, 1, 0, 0),
        Settled("first", 0, 2 * MS, 0, 2),
        Settled("third", 2 * MS, 4 * MS, 0, 0),
    ]
    assert link.cancel(9 * MS, "third") == 0


def test_what_waits_out_an_outage_can_be_cancelled_whole() -> None:
    link: PacketLink[str] = PacketLink(Flowing(steps(0, 8_000_000)), FifoQueue())
    link.send(0, "a", "first", [1000] * 2)
    link.send(2 * MS, "a", "second", [1000])
    assert link.cancel(9 * MS, "first") == 2
    assert link.settle(9 * MS) == [Settled("first", NEVER_NS, NEVER_NS, 0, 2)]
    assert link.next_ns == 11 * MS
    assert link.cancel(9 * MS, "second") == 1
    assert link.settle(FOREVER_NS - 1) == [Settled("second", NEVER_NS, NEVER_NS, 0, 1)]
    assert link.next_ns == FOREVER_NS


def test_committed_packets_that_have_not_begun_are_cancelled_too() -> None:
    queue: DrrQueue[str] = DrrQueue(quantum=1500)
    link = PacketLink(StoreAndForward(steps(8_000_000)), queue, committed=1)
    link.send(0, "a", "first", [1000])
    link.send(0, "a", "second", [1000])  # committed
    link.send(0, "b", "third", [1000])
    assert link.cancel(0, "second") == 1
    assert [settled[:3] for settled in link.settle(9 * MS)] == [
        ("second", NEVER_NS, NEVER_NS),
        ("first", 0, MS),
        ("third", MS, 2 * MS),
    ]


@settings(deadline=None)
@given(rate=st.sampled_from([8_000_000, 16_000_000, 80_000_000]), sendings=SENDINGS)
def test_at_a_constant_rate_packets_leave_when_the_fluid_link_says(
    rate: int, sendings: list[tuple[int, str, list[int]]]
) -> None:
    trace = steps(rate)
    link, fluid = Packets(PacketLink(StoreAndForward(trace), FifoQueue())), FifoLink(trace)
    now, ends = 0, []
    for gap, flow, sizes in sendings:
        now += gap
        link.send(now, flow, sizes)
        ends += [fluid.send(now, size) for size in sizes]
    assert link.left_ns() == ends  # whole nanoseconds a byte: neither rounds


@settings(deadline=None)
@given(rates=RATES, sendings=SENDINGS)
def test_the_wire_is_never_idle_while_something_waits_nor_takes_two_at_once(
    rates: list[int], sendings: list[tuple[int, str, list[int]]]
) -> None:
    trace = steps(*rates)
    link, wire = Packets(PacketLink(StoreAndForward(trace), FifoQueue())), StoreAndForward(trace)
    now = 0
    ends: list[int] = []
    for gap, flow, sizes in sendings:
        now += gap
        link.send(now, flow, sizes)
        for size in sizes:
            assert wire.begin(now) >= max([now, *ends[-1:]])
            ends.append(wire.carry(size))
    assert link.left_ns() == ends == sorted(ends)


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
    queue: DrrQueue[int] = DrrQueue(quantum=quantum)
    turns = Packets(PacketLink(StoreAndForward(trace), queue, committed=committed))
    fifo = Packets(PacketLink(StoreAndForward(trace), FifoQueue()))
    now, sizes, flows, sent = 0, [], [], []
    for gap, flow, packets in sendings:
        now += gap
        turns.send(now, flow, packets)
        fifo.send(now, flow, packets)
        sizes += packets
        flows += [flow] * len(packets)
        sent += [now] * len(packets)
    ends = turns.left_ns()
    for flow in set(flows):
        of_flow = [end for end, name in zip(ends, flows, strict=True) if name == flow]
        assert of_flow == sorted(of_flow)
        assert NEVER_NS not in of_flow
    spans = sorted((end - 1000 * size, end) for end, size in zip(ends, sizes, strict=True))
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert max(ends) == max(fifo.left_ns())  # whoever's turn it is, the work is the same
    assert all(end >= at + 1000 * size for end, at, size in zip(ends, sent, sizes, strict=True))


@settings(deadline=None)
@given(
    trace=RATES.map(lambda rates: steps(*rates)) | st.integers(100, 3000).map(lumps),
    limit=st.integers(1500, 6000),
    places=st.none() | st.integers(1, 5),
    sendings=st.lists(st.tuples(st.integers(0, 6 * MS), st.integers(1, 7000)), max_size=30),
    lumped=st.booleans(),
)
def test_droptail_by_packets_agrees_with_droptail_by_arithmetic_on_each_packet(
    trace: BandwidthTrace,
    limit: int,
    places: int | None,
    sendings: list[tuple[int, int]],
    lumped: bool,  # noqa: FBT001  # drawn
) -> None:
    queue: FifoQueue[int] = FifoQueue(limit_bytes=limit, limit_packets=places)
    link = PacketLink(Flowing(trace), queue)
    known = DroptailLink(trace, packet_bytes=1500, limit_bytes=limit, limit_packets=places)
    now = 0
    expected, dropped = {}, {}
    for number, (gap, size) in enumerate(sendings):
        now += gap - gap % MS if lumped else gap
        full, rest = divmod(size, 1500)
        packets = full + bool(rest)
        link.send(now, "a", number, [1500] * full + [rest] * bool(rest))
        before = known.queued(trace.capacity(now))[1]
        end = known.send(now, size)
        dropped[number] = packets - (known.queued(trace.capacity(now))[1] - before)
        expected[number] = known.begin_ns, end
    ours = {settled.parcel: settled for settled in link.settle(FOREVER_NS - 1)}
    assert {number: settled.lost for number, settled in ours.items()} == dropped
    assert expected == {
        number: (
            None if settled.begin_ns < 0 else settled.begin_ns,
            None if settled.lost else settled.end_ns,
        )
        for number, settled in ours.items()
    }


@settings(deadline=None)
@given(
    trace=RATES.map(lambda rates: steps(*rates)) | st.integers(100, 3000).map(lumps),
    sendings=SENDINGS,
)
def test_packets_that_flow_without_a_limit_agree_with_the_arithmetic_of_frames(
    trace: BandwidthTrace, sendings: list[Sending]
) -> None:
    fifo = FifoLink(trace)
    now, expected = 0, []
    for number, (gap, _, sizes) in enumerate(sendings):
        now += gap
        end = fifo.send(now, sum(sizes))
        expected.append(Settled(number, fifo.begin_ns or 0, end, 0, 0))
    assert at_once(PacketLink(Flowing(trace), FifoQueue()), sendings) == expected

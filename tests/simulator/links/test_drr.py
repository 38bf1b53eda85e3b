from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.drr import DrrQueue
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.waiting import Waiting
from simulator.links.wires import StoreAndForward
from tests.simulator.links.carrying import MS, Packets, steps
from tests.simulator.links.ns3_rounds import RoundRobin, carried

if TYPE_CHECKING:
    from simulator.links.queueing import Flow


def push(queue: DrrQueue[int], flow: str, packet: int, size: int) -> list[int]:
    """Queue a packet; return the names of those dropped."""
    return [waiting.parcel for waiting, _ in queue.push(Waiting(packet, flow, 0), size)]


def pop(queue: DrrQueue[int]) -> tuple[int, int] | None:
    item = queue.pop()
    return None if item is None else (item[0].parcel, item[1])


def order(queue: DrrQueue[int]) -> list[int]:
    found = []
    while (item := pop(queue)) is not None:
        found.append(item[0])
    return found


def filled(quantum: int, packets: str, size: int, less_bytes: int = 0) -> DrrQueue[int]:
    queue: DrrQueue[int] = DrrQueue(quantum=quantum, less_bytes=less_bytes)
    for packet, flow in enumerate(packets):
        push(queue, flow, packet, size)
    return queue


def test_two_flows_take_turns_once_both_are_old() -> None:
    # Each quantum pays one packet exactly, and at 0 the turn is over.
    assert order(filled(1000, "aaabbb", 1000)) == [0, 3, 1, 4, 2, 5]


def test_a_new_flow_goes_before_old_ones() -> None:
    queue = filled(1000, "aab", 1000)
    assert pop(queue) == (0, 1000)
    push(queue, "c", 3, 1000)
    assert order(queue) == [2, 3, 1]


def test_a_debt_is_paid_with_several_quanta() -> None:
    # a is 900 in debt after a packet: it sits out two rounds of b.
    queue: DrrQueue[int] = DrrQueue(quantum=400)
    for packet, (flow, size) in enumerate([("a", 1300), ("a", 100), *[("b", 400)] * 4]):
        push(queue, flow, packet, size)
    assert order(queue) == [0, 2, 3, 4, 1, 5]


def test_what_does_not_count_in_a_deficit_lets_a_flow_send_more() -> None:
    # 1502 on the wire is 1500 in the deficit of 1500, which is used up; 1499 would not be.
    assert order(filled(1500, "aabb", 1502, less_bytes=2)) == [0, 2, 1, 3]
    assert order(filled(1500, "aabb", 1502, less_bytes=3)) == [0, 1, 2, 3]


def test_a_packet_counts_as_a_byte_at_least() -> None:
    # Each pays 1 of the quantum of 2, as if it were not below what does not count.
    assert order(filled(2, "aaabbb", 10, less_bytes=30)) == [0, 1, 3, 4, 2, 5]


def test_a_flow_found_empty_begins_anew() -> None:
    queue = filled(1000, "a", 5000)
    assert order(queue) == [0]  # and asked in vain: its debt is forgotten
    push(queue, "a", 1, 1000)
    push(queue, "b", 2, 1000)
    assert order(queue) == [1, 2]


def test_an_emptied_flow_that_returns_before_it_is_found_keeps_its_debt() -> None:
    queue = filled(1000, "ab", 5000)
    assert pop(queue) == (0, 5000)
    push(queue, "a", 2, 1000)
    assert order(queue) == [1, 2]


def test_an_old_flow_found_empty_is_forgotten_and_comes_back_as_new() -> None:
    queue = filled(1000, "abbb", 900)  # with 100 left, a flow sends once more
    assert [pop(queue), pop(queue), pop(queue)] == [(0, 900), (1, 900), (2, 900)]
    push(queue, "a", 4, 900)
    assert order(queue) == [4, 3]


def test_a_new_flow_found_empty_joins_the_old_ones_and_waits_for_its_turn() -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000)
    for packet in range(6):
        push(queue, "b", packet, 400)
    push(queue, "a", 6, 500)
    # b overdraws with its third packet and becomes old with 800, a has 500 left when it is empty.
    assert [pop(queue) for _ in range(4)] == [(0, 400), (1, 400), (2, 400), (6, 500)]
    assert pop(queue) == (3, 400)  # a was found empty on the way
    push(queue, "a", 7, 100)
    assert order(queue) == [4, 7, 5]  # b overdraws with 4; were a forgotten, it would go first


def test_a_flow_gains_as_many_quanta_a_round_as_it_weighs() -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000, weights={"b": 3})
    for packet, flow in enumerate("aaaabbbbbb"):
        push(queue, flow, packet, 1000)
    assert order(queue) == [0, 4, 5, 6, 1, 7, 8, 9, 2, 3]


@pytest.mark.parametrize(("places", "room"), [(3, None), (None, 3999)])
def test_a_packet_beyond_the_limit_of_all_flows_together_is_dropped(
    places: int | None, room: int | None
) -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000, limit_packets=places, limit_bytes=room)
    dropped = [push(queue, flow, packet, 1000) for packet, flow in enumerate("aaab")]
    assert dropped == [[], [], [], [3]]
    assert (queue.packets, queue.wire_bytes) == (3, 3000)
    assert pop(queue) == (0, 1000)
    assert push(queue, "b", 4, 1000) == []
    assert order(queue) == [4, 1, 2]


def test_the_flow_with_most_bytes_loses_its_head_when_the_head_is_dropped() -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000, limit_bytes=3000, drop_head=True)
    assert push(queue, "a", 0, 500) == []
    assert push(queue, "b", 1, 1000) == []
    assert push(queue, "a", 2, 500) == []
    assert push(queue, "a", 3, 500) == []
    assert push(queue, "c", 4, 1400) == [0, 4]  # a has 1500; then c 1400, a 1000 and b 1000
    assert push(queue, "c", 5, 1000) == []
    assert push(queue, "d", 6, 400) == [2]  # a, b and c have 1000 each, and a came first
    assert order(queue) == [3, 1, 5, 6]


def test_a_flow_that_was_emptied_by_drops_waits_anew() -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000, limit_packets=1, drop_head=True)
    assert push(queue, "a", 0, 100) == []
    assert push(queue, "b", 1, 100) == [0]
    assert push(queue, "a", 2, 100) == [1]
    assert order(queue) == [2]


def test_a_parcel_removed_leaves_its_flow_s_turn_to_the_others_of_it() -> None:
    queue: DrrQueue[int] = DrrQueue(quantum=1000)
    parcels = [Waiting(name, flow, 0) for name, flow in ((0, "a"), (1, "a"), (2, "b"))]
    for parcel in parcels:
        for _ in range(2):
            queue.push(parcel, 1000)
    assert queue.remove(parcels[0]) == 2
    assert queue.remove(parcels[0]) == 0
    assert queue.remove(Waiting(3, "c", 0)) == 0
    assert (queue.packets, queue.wire_bytes) == (4, 4000)
    assert order(queue) == [1, 2, 1, 2]


@settings(deadline=None, max_examples=30)
@given(
    weights=st.lists(st.integers(1, 20), min_size=2, max_size=5),
    sizes=st.lists(st.integers(64, 1500), min_size=5, max_size=5),
)
def test_backlogged_flows_have_shares_in_proportion_to_their_weights(
    weights: list[int], sizes: list[int]
) -> None:
    rounds, quantum = 20, 1500
    queue: DrrQueue[int] = DrrQueue(
        quantum=quantum, weights={str(flow): weight for flow, weight in enumerate(weights)}
    )
    for flow, weight in enumerate(weights):
        for _ in range((rounds + 2) * weight * quantum // sizes[flow] + 1):
            push(queue, str(flow), flow, sizes[flow])
    taken = [0] * len(weights)
    while taken[0] < rounds * quantum * weights[0]:
        flow, size = pop(queue) or (0, 0)
        taken[flow] += size
    for flow, weight in enumerate(weights):
        # A round more or less, and the packet by which a flow may overdraw.
        assert abs(taken[flow] - rounds * quantum * weight) <= quantum * weight + sizes[flow]


@settings(deadline=None)
@given(
    pushes=st.lists(st.tuples(st.sampled_from("abcd"), st.integers(1, 1500)), max_size=60),
    limit=st.integers(1500, 5000),
    places=st.integers(1, 6),
    drop_head=st.booleans(),
)
def test_the_limit_holds_and_what_is_neither_queued_nor_taken_was_dropped(
    pushes: list[tuple[str, int]],
    limit: int,
    places: int,
    drop_head: bool,  # noqa: FBT001  # drawn
) -> None:
    queue: DrrQueue[int] = DrrQueue(
        quantum=500, limit_bytes=limit, limit_packets=places, drop_head=drop_head
    )
    gone: list[int] = []
    for packet, (flow, size) in enumerate(pushes):
        fits = queue.wire_bytes + size <= limit and queue.packets < places
        dropped = push(queue, flow, packet, size)
        assert bool(dropped) != fits
        assert drop_head or dropped in ([], [packet])
        assert queue.packets <= places
        assert queue.wire_bytes <= limit
        gone += dropped
        if packet % 3 == 0 and (item := pop(queue)) is not None:
            gone.append(item[0])
    gone += order(queue)
    assert sorted(gone) == list(range(len(pushes)))
    assert (queue.packets, queue.wire_bytes) == (0, 0)


def test_committed_packets_keep_their_order_when_a_new_flow_comes() -> None:
    trace = steps(8_000_000)
    for committed, expected in ((0, [1, 3, 4, 2]), (1, [1, 2, 4, 3]), (2, [1, 2, 3, 4])):
        queue: DrrQueue[int] = DrrQueue(quantum=1000)
        link = Packets(PacketLink(StoreAndForward(trace), queue, committed=committed))
        link.send(0, "a", [1000] * 3)
        link.send(MS // 2, "b", [1000])
        assert link.left_ns() == [k * MS for k in expected]


def left_ns(committed: int, *sendings: tuple[float, str, list[int]]) -> list[int]:
    """Return when each packet leaves a link of 8 Mbit/s, at instants in milliseconds."""
    queue: DrrQueue[int] = DrrQueue(quantum=1000)
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000)), queue, committed=committed))
    for at_ms, flow, sizes in sendings:
        link.send(int(at_ms * MS), flow, sizes)
    return link.left_ns()


def test_a_frame_that_finds_the_wire_idle_is_sent_whole_before_flows_are_asked() -> None:
    # a's first packet uses its quantum up, its second one its next quantum as an old flow. Asked
    # between the two, a would have been forgotten and had come back as new, with a third quantum.
    sendings = [(0, "a", [1000] * 3), (0.5, "b", [1000]), (0.75, "b", [100])]
    assert left_ns(1, *sendings) == [MS, 2 * MS, 4_100_000, 3 * MS, 3_100_000]


@pytest.mark.parametrize(("committed", "first"), [(0, "c"), (1, "a"), (2, "c")])
def test_flows_are_forgotten_when_a_packet_leaves_a_full_device_and_nothing_waits(
    committed: int, first: str
) -> None:
    # a is far in debt after its packet. A device of one place was full before it began, and asks
    # once more: a is forgotten, and comes back as new, before c. Devices of no place never ask in
    # vain, and of two places only one was taken.
    sendings = [(0, "a", [9000]), (20, "b", [1000] * 3), (20.5, "a", [500]), (20.6, "c", [500])]
    left = left_ns(committed, *sendings)
    assert (left[4] < left[5]) == (first == "a")


def test_a_wire_that_falls_idle_asks_nobody() -> None:
    # Both places were free of a's packets when the last one left.
    sendings = [(0, "a", [9000]), (9, "b", [100] * 4), (9, "a", [100]), (9, "c", [100])]
    left = left_ns(2, *sendings)
    assert left[5] > left[6]


@settings(deadline=None)
@given(
    gaps=st.lists(st.sampled_from([0, 0, 1, MS // 2, MS, 1_250_000, 30 * MS]), min_size=1),
    data=st.data(),
    rates=st.lists(st.sampled_from([1_000_000, 8_000_000, 12_345_679]), min_size=1, max_size=3),
    weights=st.dictionaries(st.sampled_from("abcd"), st.integers(1, 3)),
    quantum=st.sampled_from([100, 1000, 1500]),
    less_bytes=st.sampled_from([-28, 0, 4, 2000]),
    limits=st.tuples(st.none() | st.integers(1, 6), st.none() | st.integers(1500, 4000)),
    places=st.integers(0, 3),
    drop_head=st.booleans(),
)
def test_every_packet_leaves_as_in_ns_3_written_out_plainly(  # noqa: PLR0913, PLR0917
    gaps: list[int],
    data: st.DataObject,
    rates: list[int],
    weights: dict[Flow, int],
    quantum: int,
    less_bytes: int,
    limits: tuple[int | None, int | None],
    places: int,
    drop_head: bool,  # noqa: FBT001  # drawn
) -> None:
    sending = st.tuples(
        st.sampled_from("abcd"),
        st.lists(st.sampled_from([1, 100, 500, 1000, 1500]), min_size=1, max_size=5),
    )
    work = [data.draw(sending) for _ in gaps]
    starts = list(accumulate(gaps))
    sendings = [(at_ns, flow, sizes) for at_ns, (flow, sizes) in zip(starts, work, strict=True)]
    queue: DrrQueue[int] = DrrQueue(
        quantum=quantum,
        less_bytes=less_bytes,
        weights=weights,
        limit_packets=limits[0],
        limit_bytes=limits[1],
        drop_head=drop_head,
    )
    link = Packets(PacketLink(StoreAndForward(steps(*rates)), queue, committed=places))
    for at_ns, flow, sizes in sendings:
        link.send(at_ns, flow, sizes)
    robin = RoundRobin(quantum, less_bytes, weights, limits[1], limits[0], drop_head=drop_head)
    plainly = carried(sendings, lambda t: rates[t // (10 * MS) % len(rates)], robin, places)
    assert link.left_ns() == plainly


def test_one_flow_is_first_in_first_out() -> None:
    queue, fifo = filled(64, "aaaaa", 1500), FifoQueue[int]()
    for packet in range(5):
        fifo.push(Waiting(packet, "a", 0), 1500)
    assert order(queue) == [0, 1, 2, 3, 4]
    assert [fifo.pop() for _ in range(6)][-1] is None

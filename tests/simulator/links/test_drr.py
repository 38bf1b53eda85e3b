from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.links.drr import DrrQueue
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.waiting import Waiting
from simulator.links.wires import StoreAndForward
from tests.simulator.links.carrying import MS, Packets, steps


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


def test_a_wire_fallen_idle_forgets_debts_even_if_nothing_is_committed_ahead() -> None:
    link = Packets(PacketLink(StoreAndForward(steps(8_000_000)), DrrQueue(quantum=1000)))
    link.send(0, "a", [9000])
    link.send(9 * MS, "b", [100])  # on the wire until 9.1 ms
    link.send(9 * MS, "a", [100])
    link.send(9 * MS, "c", [100])
    assert link.left_ns()[1:] == [9_100_000, 9_200_000, 9_300_000]


def test_one_flow_is_first_in_first_out() -> None:
    queue, fifo = filled(64, "aaaaa", 1500), FifoQueue[int]()
    for packet in range(5):
        fifo.push(Waiting(packet, "a", 0), 1500)
    assert order(queue) == [0, 1, 2, 3, 4]
    assert [fifo.pop() for _ in range(6)][-1] is None

from __future__ import annotations

from simulator.links.drr import DrrQueue
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import StoreAndForward
from traces import RateTrace, TraceAbout

MS = 1_000_000


def order(queue: DrrQueue) -> list[int]:
    found = []
    while (item := queue.pop()) is not None:
        found.append(item[0])
    return found


def filled(quantum: int, packets: str, size: int, less_bytes: int = 0) -> DrrQueue:
    queue = DrrQueue(quantum=quantum, less_bytes=less_bytes)
    for packet, flow in enumerate(packets):
        queue.push(flow, packet, size)
    return queue


def test_two_flows_take_turns_once_both_are_old() -> None:
    # Each quantum pays one packet exactly, and at 0 the turn is over.
    assert order(filled(1000, "aaabbb", 1000)) == [0, 3, 1, 4, 2, 5]


def test_a_new_flow_goes_before_old_ones() -> None:
    queue = filled(1000, "aab", 1000)
    assert queue.pop() == (0, 1000)
    queue.push("c", 3, 1000)
    assert order(queue) == [2, 3, 1]


def test_a_debt_is_paid_with_several_quanta() -> None:
    # a is 900 in debt after a packet: it sits out two rounds of b.
    queue = DrrQueue(quantum=400)
    for packet, (flow, size) in enumerate([("a", 1300), ("a", 100), *[("b", 400)] * 4]):
        queue.push(flow, packet, size)
    assert order(queue) == [0, 2, 3, 4, 1, 5]


def test_what_does_not_count_in_a_deficit_lets_a_flow_send_more() -> None:
    # 1502 on the wire is 1500 in the deficit of 1500, which is used up; 1499 would not be.
    assert order(filled(1500, "aabb", 1502, less_bytes=2)) == [0, 2, 1, 3]
    assert order(filled(1500, "aabb", 1502, less_bytes=3)) == [0, 1, 2, 3]


def test_a_flow_found_empty_begins_anew() -> None:
    queue = filled(1000, "a", 5000)
    assert order(queue) == [0]  # and asked in vain: its debt is forgotten
    queue.push("a", 1, 1000)
    queue.push("b", 2, 1000)
    assert order(queue) == [1, 2]


def test_an_emptied_flow_that_returns_before_it_is_found_keeps_its_debt() -> None:
    queue = filled(1000, "ab", 5000)
    assert queue.pop() == (0, 5000)
    queue.push("a", 2, 1000)
    assert order(queue) == [1, 2]


def test_an_old_flow_found_empty_is_forgotten_and_comes_back_as_new() -> None:
    queue = filled(1000, "abbb", 900)  # with 100 left, a flow sends once more
    assert [queue.pop(), queue.pop(), queue.pop()] == [(0, 900), (1, 900), (2, 900)]
    queue.push("a", 4, 900)
    assert order(queue) == [4, 3]


def test_committed_packets_keep_their_order_when_a_new_flow_comes() -> None:
    trace = RateTrace.from_steps(
        [0], [8_000_000], period_ns=10**9, about=TraceAbout(name="8 Mbit/s")
    )
    for committed, expected in ((0, [1, 3, 4, 2]), (1, [1, 2, 4, 3]), (2, [1, 2, 3, 4])):
        link = PacketLink(StoreAndForward(trace), DrrQueue(quantum=1000), committed=committed)
        link.send(0, "a", [1000] * 3)
        link.send(MS // 2, "b", [1000])
        link.finish()
        assert link.left_ns == [k * MS for k in expected]


def test_a_wire_fallen_idle_forgets_debts_even_if_nothing_is_committed_ahead() -> None:
    trace = RateTrace.from_steps(
        [0], [8_000_000], period_ns=10**9, about=TraceAbout(name="8 Mbit/s")
    )
    link = PacketLink(StoreAndForward(trace), DrrQueue(quantum=1000))
    link.send(0, "a", [9000])
    link.send(9 * MS, "b", [100])  # on the wire until 9.1 ms
    link.send(9 * MS, "a", [100])
    link.send(9 * MS, "c", [100])
    link.finish()
    assert link.left_ns[1:] == [9_100_000, 9_200_000, 9_300_000]


def test_one_flow_is_first_in_first_out() -> None:
    queue, fifo = filled(64, "aaaaa", 1500), FifoQueue()
    for packet in range(5):
        fifo.push("a", packet, 1500)
    assert order(queue) == [0, 1, 2, 3, 4]
    assert [fifo.pop() for _ in range(6)][-1] is None

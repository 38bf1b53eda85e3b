"""What every queueing link must do, whichever it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.foundation.instants import FOREVER_NS
from simulator.links.droptail import DroptailLink
from simulator.links.drr import DrrQueue
from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink, Link
from simulator.links.packets import PacketLink
from simulator.links.queueing import NEVER_NS, QueueingLink, Settled
from simulator.links.queues import FifoQueue
from simulator.links.wires import Flowing, StoreAndForward
from tests.simulator.links.carrying import MS, at_once, by_wake_ups, lumps, steps
from traces.bandwidth import BandwidthTrace

Work = list[tuple[int, str, list[int] | int]]
Make = Callable[[BandwidthTrace], QueueingLink[int]]

LINKS: dict[str, Make] = {
    "fair": FairLink,
    "fair, weights": lambda trace: FairLink(trace, {"a": 3, "b": 5}),
    "fair, droptail": lambda trace: FairLink(trace, limit_bytes=4000, limit_packets=5),
    "fifo": lambda trace: PacketLink(StoreAndForward(trace), FifoQueue()),
    "fifo, flowing": lambda trace: PacketLink(Flowing(trace), FifoQueue()),
    "droptail": lambda trace: PacketLink(StoreAndForward(trace), FifoQueue(limit_packets=3)),
    "droptail, flowing": lambda trace: PacketLink(Flowing(trace), FifoQueue(limit_bytes=4000)),
    "drophead": lambda trace: PacketLink(
        Flowing(trace), FifoQueue(limit_bytes=4000, drop_head=True)
    ),
    "committed": lambda trace: PacketLink(Flowing(trace), FifoQueue(limit_packets=3), committed=2),
    "drr": lambda trace: PacketLink(StoreAndForward(trace), DrrQueue(quantum=800), committed=1),
    "drr, flowing": lambda trace: PacketLink(Flowing(trace), DrrQueue(quantum=1500)),
    "drr, droptail": lambda trace: PacketLink(
        Flowing(trace), DrrQueue(quantum=500, limit_packets=4), committed=1
    ),
    "drr, drophead": lambda trace: PacketLink(
        StoreAndForward(trace),
        DrrQueue(quantum=500, limit_bytes=4000, drop_head=True, weights={"b": 2}),
    ),
}
TRACES = st.one_of(
    st.lists(st.sampled_from([0, 0, 8_000_000, 20_000_000, 999_999]), min_size=1, max_size=5)
    .filter(any)
    .map(lambda rates: steps(*rates)),
    st.sampled_from([400, 1000, 1504, 5000]).map(lumps),
)
SIZES = st.lists(st.sampled_from([100, 500, 1000, 1500]), min_size=1, max_size=4)
GAPS = st.sampled_from([0, 0, 1, MS // 2, MS, 3 * MS]) | st.integers(0, 5 * MS)
WORK = st.lists(st.tuples(GAPS, st.sampled_from("abc"), SIZES | st.integers(0, 9)), max_size=20)

every_link = pytest.mark.parametrize("make", LINKS.values(), ids=LINKS)


@every_link
@settings(deadline=None, max_examples=50)
@given(trace=TRACES, work=WORK)
def test_to_settle_in_small_steps_or_all_at_once_is_the_same(
    make: Make, trace: BandwidthTrace, work: Work
) -> None:
    assert by_wake_ups(make(trace), work) == at_once(make(trace), work)


@every_link
@settings(deadline=None, max_examples=50)
@given(trace=TRACES, work=WORK)
def test_each_parcel_settles_once_and_keeps_the_order_of_its_flow(
    make: Make, trace: BandwidthTrace, work: Work
) -> None:
    found = {settled.parcel: settled for settled in at_once(make(trace), work)}
    sent_ns, free_ns = 0, dict.fromkeys("abc", 0)
    for number, (gap_ns, flow, what) in enumerate(work):
        sent_ns += gap_ns
        if isinstance(what, int):
            continue
        _, begin_ns, end_ns, lost, cancelled, lost_ns = found.pop(number)
        assert lost >= 0
        assert cancelled >= 0
        assert lost_ns >= sent_ns if lost else lost_ns == NEVER_NS
        if lost + cancelled == len(what):
            assert begin_ns == end_ns == NEVER_NS
        else:
            assert max(sent_ns, free_ns[flow]) <= begin_ns <= end_ns
            free_ns[flow] = end_ns
    assert not found


@every_link
@settings(deadline=None, max_examples=50)
@given(trace=TRACES, work=WORK)
def test_a_link_carries_no_more_than_its_capacity_and_is_not_idle_while_anything_waits(
    make: Make, trace: BandwidthTrace, work: Work
) -> None:
    # Packets of one size, so that what was carried of a parcel is known.
    same: Work = [
        (gap, flow, what if isinstance(what, int) else [1000] * len(what))
        for gap, flow, what in work
    ]
    link = make(trace)
    sent: list[tuple[int, int]] = []
    now_ns = 0
    for gap_ns, _, what in same:
        now_ns += gap_ns
        sent.append((now_ns, 0 if isinstance(what, int) else len(what)))
    carried: list[tuple[int, int]] = []
    for settled in at_once(link, same):
        at_ns, packets = sent[settled.parcel]
        carried.append((settled.end_ns, packets - settled.lost - settled.cancelled))
        assert settled.end_ns == NEVER_NS or settled.end_ns >= at_ns
    units = 1000 * trace.units_per_byte
    if isinstance(link, PacketLink) and isinstance(link._wire, StoreAndForward):
        return  # a packet may take more or less than the capacity of its time
    for until_ns, _ in carried:
        through = sum(packets for end_ns, packets in carried if NEVER_NS < end_ns <= until_ns)
        assert through * units <= max(0, trace.capacity(until_ns))
    if all(not isinstance(what, int) for _, _, what in same) and carried:
        first_ns = min(at_ns for at_ns, packets in sent if packets)
        # Had it begun with the last sending, it would not have finished before.
        total = sum(packets for _, packets in carried) * units
        latest = trace.instant(trace.capacity(now_ns) + total)
        assert latest is not None
        assert first_ns <= max(end_ns for end_ns, _ in carried) <= latest


@every_link
@settings(deadline=None, max_examples=50)
@given(trace=TRACES, work=WORK)
def test_a_frame_sent_packet_by_packet_fares_like_one_sent_whole(
    make: Make, trace: BandwidthTrace, work: Work
) -> None:
    sendings = [(gap, flow, [] if isinstance(what, int) else what) for gap, flow, what in work]
    whole, parts = make(trace), make(trace)
    now_ns = 0
    for number, (gap_ns, flow, sizes) in enumerate(sendings):
        now_ns += gap_ns
        if sizes:
            whole.send(now_ns, flow, number, sizes)
        for k, size in enumerate(sizes):
            parts.send(now_ns, flow, 10 * number + k, [size])
    ours = {settled.parcel: settled[1:] for settled in whole.settle(FOREVER_NS - 1)}
    theirs: dict[int, list[Settled[int]]] = {}
    for settled in parts.settle(FOREVER_NS - 1):
        theirs.setdefault(settled.parcel // 10, []).append(settled)
    assert ours == {
        number: (
            min((part.begin_ns for part in of if not part.lost), default=NEVER_NS),
            max(part.end_ns for part in of),
            sum(part.lost for part in of),
            0,
            min((part.lost_ns for part in of if part.lost), default=NEVER_NS),
        )
        for number, of in theirs.items()
    }


@every_link
@pytest.mark.parametrize("trace", [steps(0, 8_000_000), lumps(1000)])
def test_what_is_cancelled_before_it_begins_is_removed_whole(
    make: Make, trace: BandwidthTrace
) -> None:
    link = make(trace)
    link.send(1, "a", 1, [700, 700])
    link.send(1, "b", 2, [700])
    assert link.cancel(1, 1) == 2
    assert link.cancel(1, 1) == 0
    assert link.settle(1) == [Settled(1, NEVER_NS, NEVER_NS, 0, 2)]
    link.send(1, "b", 3, [700])
    alone = make(trace)
    for parcel in (2, 3):
        alone.send(1, "b", parcel, [700])
    assert link.settle(99 * MS) == alone.settle(99 * MS)


@every_link
def test_nothing_is_remembered_of_what_has_left(make: Make) -> None:
    link = make(lumps(3000))
    for number in range(500):
        now_ns = number * MS
        link.send(now_ns, number % 40, number, [1000, 1000])
        if number % 3 == 0:
            link.cancel(now_ns, number)
        link.settle(now_ns)
    link.settle(999 * MS)
    link.send(999 * MS, "last", -1, [1])
    link.settle(1000 * MS)
    held = [link, *(getattr(link, name, None) for name in ("_queue", "_backlogs", "_ahead"))]
    sizes = [
        len(value)
        for holder in held
        for name in getattr(type(holder), "__slots__", ())
        if hasattr(value := getattr(holder, name), "__len__")
    ]
    assert sizes
    # Turns without a committed place are never asked in vain, and remember which flows there are.
    remembers = isinstance(held[1], DrrQueue) and not getattr(link, "_committed", 0)
    assert max(sizes) <= (41 if remembers else 2)


@pytest.mark.parametrize("link", [FifoLink, lambda trace: DroptailLink(trace, packet_bytes=10**12)])
def test_what_would_take_more_than_a_lifetime_never_leaves_an_orderly_link(
    link: Callable[[BandwidthTrace], Link],
) -> None:
    slow = link(steps(1))
    assert slow.send(0, 10**12) == FOREVER_NS  # 8e12 s
    begin_ns = slow.begin_ns
    assert slow.send(0, 1) == FOREVER_NS
    assert (begin_ns, slow.begin_ns, slow.free_ns) == (0, None, FOREVER_NS)


@every_link
def test_what_would_take_more_than_a_lifetime_never_leaves(make: Make) -> None:
    link = make(steps(1))
    link.send(0, "a", 0, [10**12])  # more than a limit in bytes lets in, if there is one
    assert link.settle(FOREVER_NS - 1) in ([], [Settled(0, NEVER_NS, NEVER_NS, 1, 0, 0)])
    assert link.next_ns == FOREVER_NS

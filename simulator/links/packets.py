"""A link followed packet by packet: a queue before a wire, advanced only when it is asked.

There is no event per packet. Between two calls nothing enters the queue, so what left it meanwhile
follows from the wire's arithmetic when the later one comes. Where a packet leaves and another is
sent or cancelled at the same instant, the one has left before.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Generic

from simulator.foundation.instants import FOREVER_NS
from simulator.links.queueing import Parcel
from simulator.links.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.links.queueing import Flow, Settled
    from simulator.links.queues import PacketQueue
    from simulator.links.wires import Wire

__all__ = ["PacketLink"]

_IDLE_NS = FOREVER_NS + 1


class PacketLink(Generic[Parcel]):
    """Carries packets; a `QueueingLink`.

    Args:
        wire: How packets are serialised.
        queue: Where they wait, and whose turn it is.
        committed: Places of a network device's own short queue, through which every packet passes
            on its way to the wire. Their order is settled; limits do not count them. When one of
            them moves to the wire from a queue that was full, whose turn it is next is asked after
            all that is sent at that instant, even in vain (as in ns-3, where the device then wakes
            the queue above it). Without such places nothing is ever asked in vain.

    Example:
        >>> from simulator.links.queues import FifoQueue
        >>> from simulator.links.wires import StoreAndForward
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> trace = RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about)
        >>> link = PacketLink(StoreAndForward(trace), FifoQueue(limit_packets=1))
        >>> link.send(0, "a", "frame", [1000, 500, 1000])  # on the wire, queued, one too many
        >>> link.settle(1_499_999), link.settle(1_500_000)
        ([], [Settled(parcel='frame', begin_ns=0, end_ns=1500000, lost=1, cancelled=0, lost_ns=0)])
    """

    __slots__ = (
        "_ahead",
        "_ask_ns",
        "_begin_ns",
        "_but_one",
        "_carried",
        "_committed",
        "_known",
        "_latest_ns",
        "_out",
        "_queue",
        "_since_ns",
        "_wire",
    )

    def __init__(self, wire: Wire, queue: PacketQueue[Parcel], *, committed: int = 0) -> None:
        """Start idle at instant 0."""
        self._wire = wire
        self._queue = queue
        self._committed = committed
        self._but_one = committed - 1
        self._ahead: deque[tuple[Waiting[Parcel], int]] = deque()
        self._carried: Waiting[Parcel] | None = None  # whose packet leaves at wire.free_ns
        self._begin_ns = _IDLE_NS  # when the next packet begins
        self._ask_ns = _IDLE_NS  # after this instant it is asked whose turn it is
        self._since_ns = 0  # since when something has been waiting without a break
        self._latest_ns = 0
        self._known: dict[Parcel, Waiting[Parcel]] = {}  # those not settled
        self._out: list[Settled[Parcel]] = []

    @property
    def next_ns(self) -> int:
        """Return an instant before which nothing settles unless something is sent or cancelled."""
        if self._out:
            return self._latest_ns
        first = self._carried
        if first is not None and first.unsettled == 1:
            return self._wire.free_ns
        if self._begin_ns >= FOREVER_NS:
            return FOREVER_NS
        whole = self._queue.first
        if whole is None:
            return self._begin_ns
        if first is None:
            first = self._ahead[0][0] if self._ahead else whole
        return self._wire.earliest_end(first.unbegun_bytes)

    def send(self, now_ns: int, flow: Flow, parcel: Parcel, sizes: Sequence[int]) -> None:
        """Queue a parcel's packets one by one now."""
        self._advance(now_ns)
        waiting = Waiting(parcel, flow, now_ns, len(sizes), sum(sizes))
        self._known[parcel] = waiting
        queue, wire, ahead = self._queue, self._wire, self._ahead
        for wire_bytes in sizes:
            idle = self._begin_ns == _IDLE_NS
            for dropped, dropped_bytes in queue.push(waiting, wire_bytes):
                if not dropped.lost:
                    dropped.lost_ns = now_ns
                dropped.lost += 1
                dropped.unbegun_bytes -= dropped_bytes
                self._settle(dropped, 1)
            if len(ahead) < self._committed and queue.packets:
                self._commit()
            if idle and (ahead or queue.packets):
                self._since_ns = now_ns
                self._begin_ns = wire.begin(now_ns)
            if self._begin_ns <= now_ns:
                self._advance(now_ns)

    def settle(self, now_ns: int) -> list[Settled[Parcel]]:
        """Return what has settled by now and was not returned yet, in the order it happened."""
        self._advance(now_ns)
        out, self._out = self._out, []
        return out

    def cancel(self, now_ns: int, parcel: Parcel) -> int:
        """Remove a parcel's packets that have not begun to leave, and return how many."""
        self._advance(now_ns)
        waiting = self._known.get(parcel)
        if waiting is None:
            return 0
        kept = [item for item in self._ahead if item[0] is not waiting]
        removed = self._queue.remove(waiting) + len(self._ahead) - len(kept)
        if not removed:
            return 0
        self._ahead = deque(kept)
        if self._queue.packets:
            self._commit()
        if not (self._ahead or self._queue.packets):
            self._begin_ns = _IDLE_NS
        waiting.cancelled = removed
        waiting.unbegun_bytes = 0
        self._settle(waiting, removed)
        return removed

    def stranded(self) -> list[Settled[Parcel]]:
        """Return how far those came that will never settle, in the order of sending."""
        self._advance(FOREVER_NS - 1)
        return [waiting.settled() for waiting in self._known.values()]

    def _advance(self, now_ns: int) -> None:
        """Let all packets begin and leave that do so until now."""
        if now_ns > self._ask_ns:
            self._ask_ns = _IDLE_NS
            self._commit()
        self._latest_ns = now_ns
        wire = self._wire
        if self._carried is not None:
            if wire.free_ns > now_ns:
                return
            self._leave(self._carried)
            self._carried = None
        ahead, queue = self._ahead, self._queue
        while self._begin_ns <= now_ns and (item := ahead.popleft() if ahead else queue.pop()):
            waiting, wire_bytes = item
            if waiting.begin_ns < 0:
                waiting.begin_ns = max(waiting.sent_ns, wire.free_ns)
            waiting.unbegun_bytes -= wire_bytes
            end_ns = wire.carry(wire_bytes)
            if len(ahead) == self._but_one:  # all places were taken
                if self._begin_ns < now_ns:
                    self._commit()
                else:
                    self._ask_ns = now_ns
            if ahead or queue.packets:
                self._begin_ns = wire.begin(self._since_ns)
            else:
                self._begin_ns = _IDLE_NS
            if end_ns > now_ns:
                self._carried = waiting
                return
            self._leave(waiting)

    def _leave(self, waiting: Waiting[Parcel]) -> None:
        """Let the packet last carried leave."""
        waiting.end_ns = self._wire.free_ns
        self._settle(waiting, 1)

    def _settle(self, waiting: Waiting[Parcel], packets: int) -> None:
        """Write down that so many more packets of a parcel are through, whatever their fate."""
        waiting.unsettled -= packets
        if not waiting.unsettled:
            del self._known[waiting.parcel]
            self._out.append(waiting.settled())

    def _commit(self) -> None:
        """Take packets from the queue ahead of their turn on the wire; in vain if it is empty."""
        ahead, queue = self._ahead, self._queue
        while len(ahead) < self._committed and (item := queue.pop()):
            ahead.append(item)
            if not queue.packets:
                return

"""A fluid link that its flows share fairly: generalised processor sharing by virtual time.

With W(t) the capacity offered and w the sum of the weights of the flows that have something to
send, virtual time V grows by dW / w. A parcel whose service begins at V is through at the stamp
F = V + size / weight of its flow; its flow's next one begins there (Parekh and Gallager, "A
generalized processor sharing approach to flow control", 1993). Only the next stamp of each flow is
kept in order, so a parcel is O(log flows), and nothing happens between calls.

V and W are integers in the same fine unit, of which any size / weight is a whole number, and W is
kept where V has reached, to the last of them. So the link carries exactly what a first-in first-out
link would. V itself is rounded, by less than such a unit, where a flow joins others; what is due in
less than 2**40 of them, a 16-millionth of a unit of capacity, is due now. So ties stay ties.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush, heapreplace
from math import lcm
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic

from simulator.foundation.instants import FOREVER_NS
from simulator.links.backlog import TIE, Backlog, Sent
from simulator.links.queueing import NEVER_NS, Parcel, Settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.links.queueing import Flow
    from traces.bandwidth import BandwidthTrace

__all__ = ["FairLink"]

_FINE_BITS = 64
_NO_LIMIT = 1 << 200


class FairLink(Generic[Parcel]):
    """Carries several flows at once, each backlogged flow at a rate in proportion to its weight.

    A `QueueingLink`. A parcel that does not get in whole is cut: packets are admitted one by one,
    each iff the link's unfinished work and this packet stay within the limit.

    Args:
        trace: Capacity over time.
        weights: Whole numbers from 1; 1 for flows left out.
        limit_bytes: Most wire bytes that have not left; None for no such limit.
        limit_packets: Most packets that have not left; None for no such limit.

    Example:
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> link = FairLink(RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about))
        >>> link.send(0, "a", "first", [1500, 1500])
        >>> link.send(1_000_000, "b", "second", [1000])  # a has 2 ms left; b's 1 ms takes 2
        >>> link.next_ns
        3000000
        >>> [(settled.parcel, settled.end_ns) for settled in link.settle(4_000_000)]
        [('second', 3000000), ('first', 4000000)]
    """

    __slots__ = (
        "_backlogs",
        "_by_packet",
        "_byte",
        "_capacity",
        "_fine",
        "_heap",
        "_instant",
        "_latest_ns",
        "_limit_packets",
        "_limit_units",
        "_limited",
        "_next_ns",
        "_number",
        "_out",
        "_packets",
        "_position",
        "_reached",
        "_sent",
        "_units",
        "_virtual",
        "_weight",
        "_weights",
    )

    def __init__(
        self,
        trace: BandwidthTrace,
        weights: Mapping[Flow, int] = MappingProxyType({}),
        *,
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
    ) -> None:
        """Start idle at instant 0."""
        self._capacity = trace.capacity
        self._instant = trace.instant
        self._units = trace.units_per_byte
        self._weights = weights
        self._limit_units = _NO_LIMIT if limit_bytes is None else limit_bytes * self._units
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        self._limited = limit_bytes is not None or limit_packets is not None
        self._by_packet = limit_packets is not None
        self._fine = lcm(*weights.values()) << _FINE_BITS  # fine units to a unit of capacity
        self._byte = self._units * self._fine
        self._virtual = 0
        self._reached = 0  # W at which V was reached, in fine units
        self._position = 0  # W at which all that was sent will have left, if there is a limit
        self._weight = 0  # of all backlogged flows together
        self._backlogs: dict[Flow, Backlog[Parcel]] = {}  # also empty ones, until the link is idle
        self._heap: list[tuple[int, int, Backlog[Parcel]]] = []  # stamp and number of first ones
        self._next_ns: int | None = FOREVER_NS  # when the next parcel has left; None if not known
        self._sent: dict[Parcel, Sent[Parcel]] = {}
        self._number = 0
        self._packets = 0  # that have not left, if there is a limit of them
        self._latest_ns = 0
        self._out: list[Settled[Parcel]] = []

    @property
    def next_ns(self) -> int:
        """Return an instant before which nothing settles unless something is sent or cancelled."""
        if self._out:
            return self._latest_ns
        next_ns = self._next_ns
        if next_ns is None:
            stamp = self._heap[0][0]
            next_ns = self._end_ns(self._reached + (stamp - self._virtual) * self._weight)
            self._next_ns = next_ns
        return next_ns

    def send(self, now_ns: int, flow: Flow, parcel: Parcel, sizes: Sequence[int]) -> None:
        """Hand over a parcel now; packets beyond the limit are dropped."""
        offered = self._serve(now_ns)
        lost = 0
        if self._limited:
            admitted = self._admit(sizes, offered)
            lost = len(sizes) - len(admitted)
            sizes = admitted
            if not sizes:
                self._out.append(Settled(parcel, NEVER_NS, NEVER_NS, lost, 0, now_ns))
                return
        backlog = self._backlogs.get(flow)
        if not self._weight:
            self._position = offered
            self._reached = offered * self._fine
            self._virtual = 0
            if backlog is None:
                self._backlogs.clear()
        if backlog is None:
            backlog = Backlog(self._weights.get(flow, 1), self._byte, by_packet=self._by_packet)
            self._backlogs[flow] = backlog
        wire_bytes = sum(sizes)
        if self._limited:
            self._position += wire_bytes * self._units
            self._packets += len(sizes)
        self._number = number = self._number + 1
        line = backlog.line
        sent = Sent(parcel, backlog, number, now_ns, sizes, wire_bytes, lost)
        self._sent[parcel] = sent
        line.append(sent)
        if len(line) == 1:
            self._weight += backlog.weight
            backlog.begin = self._virtual
            heappush(self._heap, backlog.due())
            self._next_ns = None

    def settle(self, now_ns: int) -> list[Settled[Parcel]]:
        """Return what has settled by now and was not returned yet, in the order it happened."""
        self._serve(now_ns)
        out, self._out = self._out, []
        return out

    def cancel(self, now_ns: int, parcel: Parcel) -> int:
        """Remove the packets of a parcel of which nothing was served, and return how many."""
        self._serve(now_ns)
        sent = self._sent.get(parcel)
        if sent is None:
            return 0
        backlog = sent.backlog
        kept = backlog.begun(sent, self._virtual)
        removed = sent.sizes[kept:]
        if not removed:
            return 0
        self._position -= sum(removed) * self._units
        self._packets -= len(removed)
        if kept:
            sent.sizes = sent.sizes[:kept]
            sent.wire_bytes -= sum(removed)
            sent.cancelled = len(removed)
        else:
            sent.cancelled = len(removed)
            self._out.append(sent.settled(NEVER_NS, NEVER_NS))
            backlog.line.remove(sent)
            del self._sent[parcel]
            if not backlog.line:
                self._weight -= backlog.weight
        self._heap = [other.due() for other in self._backlogs.values() if other.line]
        heapify(self._heap)
        self._next_ns = None if self._heap else FOREVER_NS
        self._serve(now_ns)  # it has left already if no packet of it is being served
        return len(removed)

    def stranded(self) -> list[Settled[Parcel]]:
        """Return how far those came that will never settle, in the order of sending."""
        self._serve(FOREVER_NS - 1)
        found = []
        for sent in self._sent.values():
            begun = sent.backlog.begun(sent, self._virtual)
            begin_ns = max(sent.sent_ns, sent.backlog.free_ns) if begun else NEVER_NS
            found.append(sent.settled(begin_ns, NEVER_NS))
        return found

    def _serve(self, now_ns: int) -> int:
        """Advance virtual time to now, and let leave what does; return the capacity by then."""
        self._latest_ns = now_ns
        offered = self._capacity(now_ns)
        heap = self._heap
        if heap:
            ahead = offered * self._fine - self._reached
            while (needed := (heap[0][0] - self._virtual) * self._weight) <= ahead + TIE:
                ahead -= needed
                self._depart(needed)
                if not heap:
                    return offered
            grown = ahead // self._weight
            if grown > 0:
                self._virtual += grown
                self._reached += grown * self._weight
        return offered

    def _depart(self, needed: int) -> None:
        """Let what is due next leave, after so many more fine units of capacity."""
        heap = self._heap
        stamp, _, backlog = heap[0]
        self._reached += needed
        self._virtual = stamp
        through = True
        if self._by_packet:
            packets, through = backlog.leave()
            self._packets -= packets
        if through:
            backlog.begin = stamp
            end_ns = self._next_ns
            if end_ns is None:
                end_ns = self._end_ns(self._reached)
            sent = backlog.line.popleft()
            begin_ns = max(sent.sent_ns, backlog.free_ns)
            self._out.append(sent.settled(begin_ns, end_ns))
            backlog.free_ns = end_ns
            del self._sent[sent.parcel]
        if backlog.line:
            heapreplace(heap, backlog.due())
        else:
            self._weight -= backlog.weight
            heappop(heap)
        self._next_ns = None if heap else FOREVER_NS

    def _end_ns(self, fine: int) -> int:
        """Return when so many fine units were offered. Nothing has left before its last byte."""
        end_ns = self._instant(-((TIE - fine) // self._fine))
        return FOREVER_NS if end_ns is None or end_ns > FOREVER_NS else end_ns

    def _admit(self, sizes: Sequence[int], offered: int) -> Sequence[int]:
        """Return the packets that get in, by the sizes given."""
        room = self._limit_units - max(0, self._position - offered)
        places = self._limit_packets - self._packets
        if sum(sizes) * self._units <= room and len(sizes) <= places:
            return sizes
        admitted = []
        for size in sizes:
            if size * self._units <= room and places > 0:
                admitted.append(size)
                room -= size * self._units
                places -= 1
        return admitted

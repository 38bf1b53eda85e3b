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

from simulator.links.backlog import TIE, Backlog, Sent
from simulator.links.fifo import FOREVER_NS
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
        "_fine",
        "_flow_of",
        "_heap",
        "_latest_ns",
        "_limit_packets",
        "_limit_units",
        "_next_ns",
        "_number",
        "_out",
        "_packets",
        "_position",
        "_reached",
        "_trace",
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
        self._trace = trace
        self._units = trace.units_per_byte
        self._weights = weights
        self._limit_units = _NO_LIMIT if limit_bytes is None else limit_bytes * self._units
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        self._by_packet = limit_packets is not None
        self._fine = lcm(*weights.values()) << _FINE_BITS  # fine units to a unit of capacity
        self._byte = self._units * self._fine
        self._virtual = 0
        self._reached = 0  # W at which V was reached, in fine units
        self._position = 0  # W at which all that was sent will have left, in units of capacity
        self._weight = 0  # of all backlogged flows together
        self._backlogs: dict[Flow, Backlog[Parcel]] = {}
        self._heap: list[tuple[int, int, Backlog[Parcel]]] = []  # stamp and number of first ones
        self._next_ns: int | None = FOREVER_NS  # when the next parcel has left; None if not known
        self._flow_of: dict[Parcel, Flow] = {}
        self._number = 0
        self._packets = 0  # that have not left; without a limit of them, of parcels that have not
        self._latest_ns = 0
        self._out: list[Settled[Parcel]] = []

    @property
    def next_ns(self) -> int:
        """Return an instant before which nothing settles unless something is sent or cancelled."""
        if self._out:
            return self._latest_ns
        return self._find_next()

    def send(self, now_ns: int, flow: Flow, parcel: Parcel, sizes: Sequence[int]) -> None:
        """Hand over a parcel now; packets beyond the limit are dropped."""
        offered = self._serve(now_ns)
        admitted = self._admit(sizes, offered)
        lost = len(sizes) - len(admitted)
        if not admitted:
            self._out.append(Settled(parcel, NEVER_NS, NEVER_NS, lost, 0))
            return
        if not self._backlogs:
            self._position = offered
            self._reached = offered * self._fine
            self._virtual = 0
        self._position += sum(admitted) * self._units
        self._packets += len(admitted)
        self._number += 1
        backlog = self._backlogs.get(flow)
        joins = backlog is None
        if backlog is None:
            weight = self._weights.get(flow, 1)
            backlog = self._backlogs[flow] = Backlog(
                flow, weight, self._byte, self._virtual, by_packet=self._by_packet
            )
            self._weight += weight
        backlog.parcels[parcel] = Sent(self._number, now_ns, admitted, lost)
        self._flow_of[parcel] = flow
        if joins:
            heappush(self._heap, backlog.due())
            self._next_ns = None

    def settle(self, now_ns: int) -> list[Settled[Parcel]]:
        """Return what has settled by now and was not returned yet, in the order it happened."""
        self._depart(now_ns)
        out, self._out = self._out, []
        return out

    def cancel(self, now_ns: int, parcel: Parcel) -> int:
        """Remove the packets of a parcel of which nothing was served, and return how many."""
        self._serve(now_ns)
        flow = self._flow_of.get(parcel)
        if flow is None:
            return 0
        backlog = self._backlogs[flow]
        sent = backlog.parcels[parcel]
        kept = backlog.begun(parcel, self._virtual)
        removed = sent.sizes[kept:]
        if not removed:
            return 0
        self._position -= sum(removed) * self._units
        self._packets -= len(removed)
        if kept:
            sent.sizes = sent.sizes[:kept]
            sent.cancelled = len(removed)
        else:
            self._out.append(Settled(parcel, NEVER_NS, NEVER_NS, sent.lost, len(removed)))
            self._remove(backlog, parcel)
        self._heap = [other.due() for other in self._backlogs.values()]
        heapify(self._heap)
        self._next_ns = None
        self._depart(now_ns)  # it has left already if no packet of it is being served
        return len(removed)

    def _serve(self, now_ns: int) -> int:
        """Advance virtual time to now; return the capacity offered by then."""
        self._depart(now_ns)
        offered = self._trace.capacity(now_ns)
        if self._weight:
            grown = (offered * self._fine - self._reached) // self._weight
            if grown > 0:
                self._virtual += grown
                self._reached += grown * self._weight
        return offered

    def _depart(self, now_ns: int) -> None:
        """Let all parcels leave whole that do so until now."""
        self._latest_ns = now_ns
        heap = self._heap
        while (end_ns := self._find_next()) <= now_ns:
            stamp, _, backlog = heap[0]
            self._reached += (stamp - self._virtual) * self._weight
            self._virtual = stamp
            self._next_ns = None
            packets, through = backlog.leave()
            self._packets -= packets
            if through:
                self._settle(backlog, end_ns)
            if backlog.parcels:
                heapreplace(heap, backlog.due())
            else:
                heappop(heap)

    def _settle(self, backlog: Backlog[Parcel], end_ns: int) -> None:
        """Let a flow's first parcel, all of which has left, settle."""
        backlog.begin = self._virtual
        parcel, sent = next(iter(backlog.parcels.items()))
        begin_ns = max(sent.sent_ns, backlog.free_ns)
        self._out.append(Settled(parcel, begin_ns, end_ns, sent.lost, sent.cancelled))
        backlog.free_ns = end_ns
        self._remove(backlog, parcel)

    def _find_next(self) -> int:
        """Return when the next parcel has left if nothing is sent until then."""
        if self._next_ns is not None:
            return self._next_ns
        end_ns: int | None = None
        if self._heap:
            fine = self._reached + (self._heap[0][0] - self._virtual) * self._weight
            # Rounded up: nothing has left before its last byte.
            end_ns = self._trace.instant(-((TIE - fine) // self._fine))
        self._next_ns = FOREVER_NS if end_ns is None else min(end_ns, FOREVER_NS)
        return self._next_ns

    def _remove(self, backlog: Backlog[Parcel], parcel: Parcel) -> None:
        del backlog.parcels[parcel]
        del self._flow_of[parcel]
        if not backlog.parcels:
            del self._backlogs[backlog.flow]
            self._weight -= backlog.weight

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

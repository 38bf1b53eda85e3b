"""Deficit round robin in FQ-CoDel's form: flows take turns, and new ones come before old ones.

The rules are ns-3's (src/traffic-control/model/fq-codel-queue-disc.cc) and RFC 8290's, section 4,
without CoDel: a flow on neither list is new when a packet of it comes, and begins with one quantum.
The head flow of the new list, or else of the old one, sends while its deficit is above 0, which may
leave it below. At 0 or below it gains a quantum and goes to the old list's tail. A new flow found
empty goes there too, and an old flow found empty is forgotten: it is on neither list.
"""

from __future__ import annotations

from collections import deque
from types import MappingProxyType
from typing import TYPE_CHECKING, Generic

from simulator.links.fattest import Fattest, FlowLine
from simulator.links.queueing import Parcel

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.links.queueing import Flow
    from simulator.links.waiting import Waiting

__all__ = ["COUNTED_HEADER_BYTES", "DrrQueue"]

COUNTED_HEADER_BYTES = 28
"""What of a packet's header ns-3 counts in deficits besides its payload: that of UDP and IPv4."""

_NO_LIMIT = 1 << 62


class _Turns(FlowLine[Parcel]):
    """One flow's packets and what it may still send this round."""

    __slots__ = ("deficit", "name", "quantum")

    def __init__(self, name: Flow, quantum: int) -> None:
        super().__init__()
        self.name = name
        self.quantum = self.deficit = quantum


class DrrQueue(Generic[Parcel]):
    """Packets of several flows, by turns.

    Args:
        quantum: Bytes a flow of weight 1 gains a round.
        less_bytes: What of a packet's wire bytes does not count in deficits, as a link's own header
            in ns-3; below 0, so much counts besides. A packet counts as 1 byte at least.
        weights: How many quanta a flow gains a round; 1 for those left out.
        limit_bytes: Most wire bytes queued; None for no such limit.
        limit_packets: Most packets queued; None for no such limit.
        drop_head: What happens to a packet too many. False: it is dropped. True: it is queued, and
            the flow with most bytes queued (of several, the one that has been waiting longest
            without a break) loses its oldest packet until the limit holds, as in RFC 8290, section
            4.1, one packet at a time.

    Example:
        >>> from simulator.links.waiting import Waiting
        >>> queue = DrrQueue(quantum=1500)
        >>> for packet, flow in enumerate("aaab"):
        ...     _ = queue.push(Waiting(packet, flow, 0), 1000)
        >>> [queue.pop()[0].parcel for _ in range(4)]  # a sends 2, is in debt, and b is new
        [0, 1, 3, 2]
    """

    __slots__ = (
        "_drop_head",
        "_fattest",
        "_flows",
        "_less",
        "_limit_bytes",
        "_limit_packets",
        "_new",
        "_old",
        "_quantum",
        "_weights",
        "packets",
        "wire_bytes",
    )

    first = None
    """A flow that comes may go first, so there is no parcel that surely does."""

    def __init__(  # each is one thing of a router's configuration
        self,
        *,
        quantum: int,
        less_bytes: int = 0,
        weights: Mapping[Flow, int] = MappingProxyType({}),
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
        drop_head: bool = False,
    ) -> None:
        """Start without flows."""
        self._quantum = quantum
        self._less = less_bytes
        self._weights = weights
        self._limit_bytes = _NO_LIMIT if limit_bytes is None else limit_bytes
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        self._drop_head = drop_head
        self._flows: dict[Flow, _Turns[Parcel]] = {}  # those on a list
        self._fattest: Fattest[Parcel] = Fattest()  # kept up to date if heads are dropped
        self._new: deque[_Turns[Parcel]] = deque()
        self._old: deque[_Turns[Parcel]] = deque()
        self.packets = 0
        self.wire_bytes = 0

    def push(
        self, waiting: Waiting[Parcel], wire_bytes: int
    ) -> Sequence[tuple[Waiting[Parcel], int]]:
        """Queue a packet; its flow is new if it is on neither list. Return the packets dropped."""
        full = (
            self.wire_bytes + wire_bytes > self._limit_bytes or self.packets >= self._limit_packets
        )
        if full and not self._drop_head:
            return ((waiting, wire_bytes),)
        name = waiting.flow
        flow = self._flows.get(name)
        if flow is None:
            flow = self._flows[name] = _Turns(name, self._quantum * self._weights.get(name, 1))
            self._new.append(flow)
        flow.append(waiting, wire_bytes)
        self.packets += 1
        self.wire_bytes += wire_bytes
        if not self._drop_head:
            return ()
        self._fattest.grown(flow)
        dropped = []
        while self.wire_bytes > self._limit_bytes or self.packets > self._limit_packets:
            dropped.append(self._take(self._fattest.find()))
        return dropped

    def pop(self) -> tuple[Waiting[Parcel], int] | None:
        """Remove the packet whose turn it is; return its parcel and its wire bytes, or None.

        To ask in vain has an effect, as in ns-3: all flows are found empty and forgotten. When that
        happens is the link's affair, see `PacketLink`.
        """
        if not self.packets:
            self._new.clear()
            self._old.clear()
            self._flows.clear()
            return None
        while True:
            turns = self._new or self._old
            flow = turns[0]
            if flow.deficit <= 0:
                flow.deficit += flow.quantum
            elif flow.packets:
                item = self._take(flow)
                flow.deficit -= item[1] - self._less if item[1] > self._less else 1
                return item
            elif turns is self._old:
                turns.popleft()
                del self._flows[flow.name]
                continue
            turns.popleft()
            self._old.append(flow)

    def remove(self, waiting: Waiting[Parcel]) -> int:
        """Remove all packets of a parcel; return how many. Its flow keeps its turn."""
        flow = self._flows.get(waiting.flow)
        if flow is None:
            return 0
        before = flow.wire_bytes
        removed = flow.remove(waiting)
        self.packets -= removed
        self.wire_bytes -= before - flow.wire_bytes
        return removed

    def _take(self, flow: FlowLine[Parcel]) -> tuple[Waiting[Parcel], int]:
        item = flow.take()
        self.packets -= 1
        self.wire_bytes -= item[1]
        return item

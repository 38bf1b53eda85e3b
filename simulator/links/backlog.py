"""What one flow of a fair link has to send, and how far it has been served."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from itertools import accumulate
from typing import TYPE_CHECKING, Generic

from simulator.links.queueing import NEVER_NS, Parcel, Settled

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["TIE", "Backlog", "Sent"]

TIE = 1 << 40
"""Fine units of capacity by which rounding may miss what is exactly due."""


class Sent(Generic[Parcel]):
    """A parcel on a fair link.

    Attributes:
        parcel: Its name.
        backlog: Of its flow.
        number: In the order of sending.
        sent_ns: When it was sent.
        sizes: Wire bytes of its packets that got in and were not cancelled.
        wire_bytes: Of these together.
        lost: How many did not get in.
        cancelled: How many were cancelled.
    """

    __slots__ = (
        "backlog",
        "cancelled",
        "lost",
        "number",
        "parcel",
        "sent_ns",
        "sizes",
        "wire_bytes",
    )

    def __init__(
        self,
        parcel: Parcel,
        backlog: Backlog[Parcel],
        number: int,
        sent_ns: int,
        sizes: Sequence[int],
        wire_bytes: int,
        lost: int,
    ) -> None:
        """Start with all that got in."""
        self.parcel = parcel
        self.backlog = backlog
        self.number = number
        self.sent_ns = sent_ns
        self.sizes = sizes
        self.wire_bytes = wire_bytes
        self.lost = lost
        self.cancelled = 0

    def settled(self, begin_ns: int, end_ns: int) -> Settled[Parcel]:
        """Return what became of it. What does not get in is lost when it is sent."""
        lost_ns = self.sent_ns if self.lost else NEVER_NS
        return Settled(self.parcel, begin_ns, end_ns, self.lost, self.cancelled, lost_ns)


class Backlog(Generic[Parcel]):
    """What a flow has to send; the first parcel of the line is being served.

    Args:
        weight: Of the flow.
        byte: Fine units of capacity to the byte, a multiple of the weight.
        by_packet: Whether it matters when each packet leaves.

    Attributes:
        weight: Of the flow.
        begin: Virtual time at which the service of the first parcel began.
        free_ns: When the parcel carried before it had left; -1 before.
        line: The parcels, in the order of sending.
    """

    __slots__ = (
        "_by_packet",
        "_byte",
        "_gone",
        "_gone_bytes",
        "_pace",
        "begin",
        "free_ns",
        "line",
        "weight",
    )

    def __init__(self, weight: int, byte: int, *, by_packet: bool) -> None:
        """Start without parcels."""
        self._by_packet = by_packet
        self._gone = self._gone_bytes = 0  # of the first parcel, if it matters
        self._byte = byte
        self._pace = byte // weight  # virtual time that a byte takes
        self.weight = weight
        self.begin = 0
        self.free_ns = NEVER_NS
        self.line: deque[Sent[Parcel]] = deque()

    def due(self) -> tuple[int, int, Backlog[Parcel]]:
        """Return the virtual time at which the next thing leaves, its number, and this."""
        first = self.line[0]
        wire_bytes = first.wire_bytes
        if self._by_packet and self._gone < len(first.sizes):  # else the others were cancelled
            wire_bytes = self._gone_bytes + first.sizes[self._gone]
        return self.begin + wire_bytes * self._pace, first.number, self

    def leave(self) -> tuple[int, bool]:
        """Let the packets that are due leave: how many, and if the first parcel is through."""
        sizes = self.line[0].sizes
        if self._gone + 1 < len(sizes):
            self._gone_bytes += sizes[self._gone]
            self._gone += 1
            return 1, False
        last = len(sizes) - self._gone
        self._gone = self._gone_bytes = 0
        return last, True

    def begun(self, sent: Sent[Parcel], virtual: int) -> int:
        """Return how many packets of a parcel have begun to leave."""
        served = (virtual - self.begin) * self.weight
        if sent is not self.line[0] or served <= TIE:
            return 0
        starts = accumulate(sent.sizes[:-1], initial=0)
        return bisect_left(list(starts), -((TIE - served) // self._byte))

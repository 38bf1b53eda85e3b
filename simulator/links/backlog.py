"""What one flow of a fair link has to send, and how far it has been served."""

from __future__ import annotations

from bisect import bisect_left
from collections import OrderedDict
from itertools import accumulate
from typing import TYPE_CHECKING, Generic

from simulator.links.queueing import NEVER_NS, Parcel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.links.queueing import Flow

__all__ = ["TIE", "Backlog", "Sent"]

TIE = 1 << 40
"""Fine units of capacity by which rounding may miss what is exactly due."""


class Sent:
    """A parcel on a fair link.

    Attributes:
        number: In the order of sending.
        sent_ns: When it was sent.
        sizes: Wire bytes of its packets that got in and were not cancelled.
        lost: How many did not get in.
        cancelled: How many were cancelled.
    """

    __slots__ = ("cancelled", "lost", "number", "sent_ns", "sizes")

    def __init__(self, number: int, sent_ns: int, sizes: Sequence[int], lost: int) -> None:
        """Start with all that got in."""
        self.number = number
        self.sent_ns = sent_ns
        self.sizes = sizes
        self.lost = lost
        self.cancelled = 0


class Backlog(Generic[Parcel]):
    """The parcels of a flow that has something to send; the first one is being served.

    Args:
        flow: Whose they are.
        weight: Its weight.
        byte: Fine units of capacity to the byte, a multiple of the weight.
        begin: Virtual time now, in fine units.
        by_packet: Whether it matters when each packet leaves.

    Attributes:
        begin: Virtual time at which the service of the first parcel began.
        free_ns: When the parcel carried before it had left; -1 before.
        parcels: By name, in the order of sending.
    """

    __slots__ = (
        "_by_packet",
        "_gone",
        "_gone_bytes",
        "begin",
        "byte",
        "flow",
        "free_ns",
        "parcels",
        "weight",
    )

    def __init__(self, flow: Flow, weight: int, byte: int, begin: int, *, by_packet: bool) -> None:
        """Start without parcels."""
        self._by_packet = by_packet
        self._gone = self._gone_bytes = 0  # of the first parcel, if it matters
        self.flow = flow
        self.weight = weight
        self.byte = byte
        self.begin = begin
        self.free_ns = NEVER_NS
        self.parcels: OrderedDict[Parcel, Sent] = OrderedDict()

    def due(self) -> tuple[int, int, Backlog[Parcel]]:
        """Return the virtual time at which the next thing leaves, its number, and this."""
        first = next(iter(self.parcels.values()))
        sizes = first.sizes
        if not self._by_packet:
            wire_bytes = sum(sizes)
        elif self._gone < len(sizes):
            wire_bytes = self._gone_bytes + sizes[self._gone]
        else:
            wire_bytes = self._gone_bytes  # the others were cancelled
        return self.begin + wire_bytes * self.byte // self.weight, first.number, self

    def leave(self) -> tuple[int, bool]:
        """Let what is due leave: how many packets it is, and if the first parcel is through."""
        sizes = next(iter(self.parcels.values())).sizes
        if not self._by_packet:
            return len(sizes), True
        if self._gone + 1 < len(sizes):
            self._gone_bytes += sizes[self._gone]
            self._gone += 1
            return 1, False
        last = len(sizes) - self._gone
        self._gone = self._gone_bytes = 0
        return last, True

    def begun(self, parcel: Parcel, virtual: int) -> int:
        """Return how many packets of a parcel have begun to leave."""
        name, first = next(iter(self.parcels.items()))
        served = (virtual - self.begin) * self.weight
        if name != parcel or served <= TIE:
            return 0
        starts = accumulate(first.sizes[:-1], initial=0)
        return bisect_left(list(starts), -((TIE - served) // self.byte))

"""Parcels that wait in order, packet by packet."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Generic

from simulator.links.queueing import NEVER_NS, Parcel, Settled

if TYPE_CHECKING:
    from simulator.links.queueing import Flow

__all__ = ["Line", "Waiting"]


class Waiting(Generic[Parcel]):
    """A parcel on a link that follows packets.

    Attributes:
        parcel: Its name.
        flow: Whose it is.
        sent_ns: When it was sent.
        unsettled: How many of its packets have neither left nor were dropped or cancelled.
        unbegun_bytes: Wire bytes of those that have not begun to leave either.
        begin_ns: When its turn came; -1 before.
        end_ns: When the last of its packets that have left had done so; -1 before.
        lost: How many were dropped.
        lost_ns: When the first of these was; -1 before.
        cancelled: How many were cancelled.
        sizes: Wire bytes of the packets that were ever queued.
        first: How many of these have gone.
    """

    __slots__ = (
        "begin_ns",
        "cancelled",
        "end_ns",
        "first",
        "flow",
        "lost",
        "lost_ns",
        "parcel",
        "sent_ns",
        "sizes",
        "unbegun_bytes",
        "unsettled",
    )

    def __init__(
        self, parcel: Parcel, flow: Flow, sent_ns: int, packets: int = 1, wire_bytes: int = 0
    ) -> None:
        """Start with nothing queued of that many packets and bytes."""
        self.parcel = parcel
        self.flow = flow
        self.sent_ns = sent_ns
        self.unsettled = packets
        self.unbegun_bytes = wire_bytes
        self.begin_ns = self.end_ns = self.lost_ns = NEVER_NS
        self.lost = self.cancelled = 0
        self.sizes: list[int] = []
        self.first = 0

    def settled(self) -> Settled[Parcel]:
        """Return what became of it."""
        return Settled(
            self.parcel, self.begin_ns, self.end_ns, self.lost, self.cancelled, self.lost_ns
        )


class Line(Generic[Parcel]):
    """Parcels one behind another; each is in at most one line.

    Attributes:
        packets: How many packets wait.
        wire_bytes: And their bytes.
    """

    __slots__ = ("_parcels", "packets", "wire_bytes")

    def __init__(self) -> None:
        """Start empty."""
        self._parcels: OrderedDict[Waiting[Parcel], None] = OrderedDict()
        self.packets = 0
        self.wire_bytes = 0

    @property
    def first(self) -> Waiting[Parcel] | None:
        """The parcel whose packets go before all others."""
        return next(iter(self._parcels), None)

    def append(self, waiting: Waiting[Parcel], wire_bytes: int) -> None:
        """Queue a packet behind all others."""
        sizes = waiting.sizes
        if waiting.first == len(sizes):
            self._parcels[waiting] = None
        sizes.append(wire_bytes)
        self.packets += 1
        self.wire_bytes += wire_bytes

    def take(self) -> tuple[Waiting[Parcel], int]:
        """Remove the first packet; return its parcel and its wire bytes. There must be one."""
        waiting = next(iter(self._parcels))
        sizes, at = waiting.sizes, waiting.first
        wire_bytes = sizes[at]
        waiting.first = at = at + 1
        if at == len(sizes):
            del self._parcels[waiting]
        self.packets -= 1
        self.wire_bytes -= wire_bytes
        return waiting, wire_bytes

    def remove(self, waiting: Waiting[Parcel]) -> int:
        """Remove all packets of a parcel that are in this line; return how many."""
        sizes = waiting.sizes
        count = len(sizes) - waiting.first
        if count:
            del self._parcels[waiting]
            self.packets -= count
            self.wire_bytes -= sum(sizes[waiting.first :])
            waiting.first = len(sizes)
        return count

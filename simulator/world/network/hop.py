"""A place on the path where parcels queue, and the kind whose word is final when they are sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simulator.foundation.instants import FOREVER_NS
from simulator.framelog import Reason

if TYPE_CHECKING:
    from simulator.links.fifo import Link
    from simulator.world.network.flight import Flight
    from simulator.world.network.parcel import Parcel

__all__ = ["Hop", "OrderlyHop", "RevocableHop"]


class Hop(Protocol):
    """One link on the path of some streams."""

    def take(self, parcel: Parcel, now_ns: int) -> None:
        """Take a parcel over, which arrives at the next place, or of which its owner hears."""


class RevocableHop(Hop, Protocol):
    """One that gives back what has not begun."""

    def cancel(self, parcel: Parcel, now_ns: int) -> int:
        """Remove a parcel's packets that have not begun, and return how many."""


class OrderlyHop:
    """A link that serves first in, first out: what it does to a parcel is known at once.

    So it needs no event of its own. Where streams cancel, wait for grants, or where the oldest
    packets are dropped, a `QueueingHop` stands in its place.

    Args:
        link: The arithmetic.
        flight: What lies behind it.
        starts: Where a frame's turn is noted, on the first link of the way to the server.
    """

    __slots__ = ("_depart", "_link", "_starts")

    def __init__(
        self,
        link: Link,
        flight: Flight,
        starts: memoryview[int] | None = None,
    ) -> None:
        """Start with an empty link."""
        self._link = link
        self._depart = flight.depart
        self._starts = starts

    def take(self, parcel: Parcel, now_ns: int) -> None:
        """Send a parcel, and see it off if it gets through."""
        link = self._link
        end_ns = link.send(now_ns, parcel.wire_bytes)
        if self._starts is not None:
            begin_ns, row = link.begin_ns, parcel.job.row
            if begin_ns is not None and self._starts[row] < 0:
                self._starts[row] = begin_ns
        if end_ns is None:
            parcel.owner.lost(parcel, now_ns, now_ns, Reason.OVERFLOW)
        elif end_ns < FOREVER_NS:  # otherwise it waits for ever
            self._depart(parcel, end_ns, now_ns)

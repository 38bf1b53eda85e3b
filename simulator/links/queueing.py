"""What every queueing link offers: parcels go in, and what became of them comes out later.

A parcel is one or more packets of a frame, handed over at one instant and followed as one thing.
On a queueing link later sendings may still change what becomes of it, so nothing is said before it
has happened. Instants of successive calls must not decrease, whichever the calls.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Generic, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NEVER_NS", "Flow", "Parcel", "QueueingLink", "Settled"]

NEVER_NS = -1
"""When a parcel began, or ended, of which nothing was carried."""

Flow = int | str
"""Who sends; packets of one flow keep their order."""

Parcel = TypeVar("Parcel", bound=Hashable)


class Settled(NamedTuple, Generic[Parcel]):
    """What became of a parcel, once all its packets have left, were dropped or cancelled.

    Attributes:
        parcel: As it was sent.
        begin_ns: When its turn came: it had been sent, and what the link carried before it (a fair
            link: what it carried of its flow) had left. -1 if nothing of it was carried.
        end_ns: When the last of its packets that were carried had left; -1 if there was none.
        lost: How many packets were dropped.
        cancelled: How many packets were cancelled.
        lost_ns: When the first of those dropped was; -1 if none was.
    """

    parcel: Parcel
    begin_ns: int
    end_ns: int
    lost: int
    cancelled: int
    lost_ns: int = NEVER_NS


class QueueingLink(Protocol[Parcel]):
    """A link whose parcels settle as time passes."""

    @property
    def next_ns(self) -> int:
        """Return an instant before which nothing settles unless something is sent or cancelled.

        `settle` at this instant returns something, or this instant has grown after it.
        ``FOREVER_NS`` if nothing will happen any more.
        """

    def send(self, now_ns: int, flow: Flow, parcel: Parcel, sizes: Sequence[int]) -> None:
        """Hand over a parcel now.

        Args:
            now_ns: The instant. What leaves at the same one has left before.
            flow: Whose it is.
            parcel: Its name, which no other parcel on the link has.
            sizes: Wire bytes of its packets, at least one, each above 0; sent back to back.
        """

    def settle(self, now_ns: int) -> list[Settled[Parcel]]:
        """Return what has settled by now and was not returned yet, in the order it happened."""

    def cancel(self, now_ns: int, parcel: Parcel) -> int:
        """Remove a parcel's packets that have not begun to leave, and return how many.

        What leaves at the same instant has left before. 0 for a parcel that is not on the link.
        """

    def stranded(self) -> list[Settled[Parcel]]:
        """Return how far those came that will never settle, in the order of sending.

        Asked when nothing is sent or cancelled any more: the link has ended before them.
        """

"""What waits for a link in the order it came, with a limit that drops the newest or the oldest.

Both rules are mahimahi's and ns-3's: **droptail** admits a packet iff what is queued and this
packet stay within the limit; **drophead** queues it and then removes heads until the limit holds.
A packet in transmission has left the queue and is not counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from simulator.links.queueing import Parcel
from simulator.links.waiting import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.links.waiting import Waiting

__all__ = ["UNLIMITED", "FifoQueue", "PacketQueue", "QueueLimit"]

_NO_LIMIT = 1 << 62


class QueueLimit(NamedTuple):
    """What may wait before a link, in wire bytes, in packets, or both; None for no such limit."""

    whole_bytes: int | None = None
    packets: int | None = None

    @property
    def is_limited(self) -> bool:
        """Whether there is any limit."""
        return self.whole_bytes is not None or self.packets is not None


UNLIMITED = QueueLimit()


class PacketQueue(Protocol[Parcel]):
    """Where packets wait, each named by its parcel."""

    @property
    def packets(self) -> int:
        """How many packets wait."""

    @property
    def first(self) -> Waiting[Parcel] | None:
        """The parcel whose packets all go before any other's, if there is one that surely does."""

    def push(
        self, waiting: Waiting[Parcel], wire_bytes: int
    ) -> Sequence[tuple[Waiting[Parcel], int]]:
        """Queue a packet; return the packets dropped for it, which may be this one."""

    def pop(self) -> tuple[Waiting[Parcel], int] | None:
        """Remove the packet whose turn it is; return its parcel and its wire bytes, or None."""

    def remove(self, waiting: Waiting[Parcel]) -> int:
        """Remove all packets of a parcel; return how many."""


class FifoQueue(Line[Parcel]):
    """First in, first out.

    Args:
        limit_bytes: Most wire bytes queued; None for no such limit.
        limit_packets: Most packets queued; None for no such limit.
        drop_head: Whether the oldest make place for a packet too many.

    Example:
        >>> from simulator.links.waiting import Waiting
        >>> tail, head = FifoQueue(limit_packets=2), FifoQueue(limit_packets=2, drop_head=True)
        >>> for queue in (tail, head):
        ...     for name in "abc":
        ...         for dropped, _ in queue.push(Waiting(name, "flow", 0), 100):
        ...             print("dropped", dropped.parcel)
        dropped c
        dropped a
        >>> tail.pop()[0].parcel, head.pop()[0].parcel
        ('a', 'b')
    """

    __slots__ = ("_drop_head", "_limit_bytes", "_limit_packets")

    def __init__(
        self,
        *,
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
        drop_head: bool = False,
    ) -> None:
        """Start empty."""
        super().__init__()
        self._limit_bytes = _NO_LIMIT if limit_bytes is None else limit_bytes
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        self._drop_head = drop_head

    def push(
        self, waiting: Waiting[Parcel], wire_bytes: int
    ) -> Sequence[tuple[Waiting[Parcel], int]]:
        """Queue a packet, whichever flow it is of; return the packets dropped for it."""
        if self.wire_bytes + wire_bytes <= self._limit_bytes and self.packets < self._limit_packets:
            self.append(waiting, wire_bytes)
            return ()
        if not self._drop_head:
            return ((waiting, wire_bytes),)
        self.append(waiting, wire_bytes)
        dropped = []
        while self.wire_bytes > self._limit_bytes or self.packets > self._limit_packets:
            dropped.append(self.take())
        return dropped

    def pop(self) -> tuple[Waiting[Parcel], int] | None:
        """Remove the oldest packet; return its parcel and its wire bytes, or None."""
        return self.take() if self.packets else None

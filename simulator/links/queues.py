"""What waits for a link in the order it came, with a limit that drops the newest or the oldest.

Both rules are mahimahi's and ns-3's: **droptail** admits a packet iff what is queued and this
packet stay within the limit; **drophead** queues it and then removes heads until the limit holds.
A packet in transmission has left the queue and is not counted.
"""

from __future__ import annotations

from collections import deque
from typing import Protocol

__all__ = ["FifoQueue", "PacketQueue"]

_NO_LIMIT = 1 << 62


class PacketQueue(Protocol):
    """Where packets wait, named by their numbers."""

    waiting: int
    """How many packets wait."""

    def push(self, flow: str, packet: int, wire_bytes: int) -> None:
        """Queue a packet. The queue may drop this one or others, and forgets what it drops."""

    def pop(self) -> tuple[int, int] | None:
        """Remove the packet whose turn it is; return it and its wire bytes, or None."""


class FifoQueue:
    """First in, first out.

    Args:
        limit_bytes: Most wire bytes queued; None for no such limit.
        limit_packets: Most packets queued; None for no such limit.
        drop_head: Whether the oldest make place for a packet too many.

    Example:
        >>> tail, head = FifoQueue(limit_packets=2), FifoQueue(limit_packets=2, drop_head=True)
        >>> for queue in (tail, head):
        ...     for packet in range(3):
        ...         queue.push("a", packet, 100)
        >>> tail.pop(), tail.pop(), head.pop(), head.pop(), head.pop()
        ((0, 100), (1, 100), (1, 100), (2, 100), None)
    """

    __slots__ = ("_bytes", "_drop_head", "_items", "_limit_bytes", "_limit_packets", "waiting")

    def __init__(
        self,
        *,
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
        drop_head: bool = False,
    ) -> None:
        """Start empty."""
        self._limit_bytes = _NO_LIMIT if limit_bytes is None else limit_bytes
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        self._drop_head = drop_head
        self._items: deque[tuple[int, int]] = deque()
        self._bytes = 0
        self.waiting = 0

    def push(self, flow: str, packet: int, wire_bytes: int) -> None:  # noqa: ARG002  # the interface
        """Queue a packet, whichever flow it is of."""
        if not self._drop_head and (
            self._bytes + wire_bytes > self._limit_bytes or self.waiting >= self._limit_packets
        ):
            return
        self._items.append((packet, wire_bytes))
        self._bytes += wire_bytes
        self.waiting += 1
        while self._bytes > self._limit_bytes or self.waiting > self._limit_packets:
            self.pop()

    def pop(self) -> tuple[int, int] | None:
        """Remove and return the oldest packet and its wire bytes, or None."""
        if not self._items:
            return None
        item = self._items.popleft()
        self._bytes -= item[1]
        self.waiting -= 1
        return item

"""Deficit round robin in FQ-CoDel's form: flows take turns, and new ones come before old ones.

The rules are ns-3's (src/traffic-control/model/fq-codel-queue-disc.cc) and RFC 8290's, section 4,
without CoDel: a flow that has nothing queued is new when a packet of it comes, and begins with one
quantum. The head flow of the new list, or else of the old one, sends while its deficit is above 0,
which may leave it below. At 0 or below it gains a quantum and goes to the old list's tail. A new
flow found empty goes there too, and an old flow found empty is forgotten.
"""

from __future__ import annotations

from collections import deque

__all__ = ["DrrQueue"]


class _Flow:
    """One flow's packets and what it may still send this round."""

    __slots__ = ("deficit", "items")

    def __init__(self) -> None:
        self.items: deque[tuple[int, int]] = deque()
        self.deficit = 0


class DrrQueue:
    """Packets of several flows, by turns.

    Args:
        quantum: Bytes a flow gains a round.
        less_bytes: What of a packet's wire bytes does not count in deficits: ns-3's link headers.

    Example:
        >>> queue = DrrQueue(quantum=1500)
        >>> for packet, flow in enumerate("aaab"):
        ...     queue.push(flow, packet, 1000)
        >>> [queue.pop()[0] for _ in range(4)]  # a sends 2, is in debt, and b is new
        [0, 1, 3, 2]
    """

    __slots__ = ("_flows", "_less", "_new", "_old", "_quantum", "waiting")

    def __init__(self, *, quantum: int, less_bytes: int = 0) -> None:
        """Start without flows."""
        self._quantum = quantum
        self._less = less_bytes
        self._flows: dict[str, _Flow] = {}  # those on a list
        self._new: deque[str] = deque()
        self._old: deque[str] = deque()
        self.waiting = 0

    def push(self, flow: str, packet: int, wire_bytes: int) -> None:
        """Queue a packet; its flow is new if it is on neither list."""
        known = self._flows.get(flow)
        if known is None:
            known = self._flows[flow] = _Flow()
            known.deficit = self._quantum
            self._new.append(flow)
        known.items.append((packet, wire_bytes))
        self.waiting += 1

    def pop(self) -> tuple[int, int] | None:
        """Remove and return the packet whose turn it is and its wire bytes, or None.

        To ask in vain has an effect, as in ns-3: all flows are found empty and forgotten.
        """
        if not self.waiting:
            self._new.clear()
            self._old.clear()
            self._flows.clear()
            return None
        while True:
            turns = self._new or self._old
            name = turns[0]
            flow = self._flows[name]
            if flow.deficit <= 0:
                flow.deficit += self._quantum
            elif flow.items:
                item = flow.items.popleft()
                flow.deficit -= item[1] - self._less
                self.waiting -= 1
                return item
            elif turns is self._old:
                turns.popleft()
                del self._flows[name]
                continue
            turns.popleft()
            self._old.append(name)

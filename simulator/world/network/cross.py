"""Traffic of others on a link, in the order in which it comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.instants import FOREVER_NS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.links.fifo import Link
    from simulator.world.plan import CrossPlan

__all__ = ["Cross", "CrossedLink"]


class Cross:
    """Packets of several others, merged; at one instant in the order of the plans.

    Packets of others come before anything else that comes at the same instant.

    Args:
        plans: At least one.

    Attributes:
        next_ns: When the next packet comes; `FOREVER_NS` after the last.
    """

    __slots__ = ("_flow", "_names", "_next", "_sent_ns", "_wire_bytes", "next_ns")

    def __init__(self, plans: Sequence[CrossPlan]) -> None:
        """Merge the plans."""
        sent_ns = np.concatenate([plan.sent_ns for plan in plans])
        order = np.argsort(sent_ns, kind="stable")
        flow = np.repeat(np.arange(len(plans)), [len(plan.sent_ns) for plan in plans])
        wire_bytes = np.concatenate([plan.wire_bytes for plan in plans])
        self._names = [plan.name for plan in plans]
        self._sent_ns: list[int] = [*sent_ns[order].tolist(), FOREVER_NS]
        self._flow: list[int] = flow[order].tolist()
        self._wire_bytes: list[int] = wire_bytes[order].tolist()
        self._next = 0
        self.next_ns = self._sent_ns[0]

    def until(self, now_ns: int) -> Iterator[tuple[str, int, int]]:
        """Yield the packets that have come by now and were not yielded: flow, instant, bytes."""
        while self.next_ns <= now_ns:
            k = self._next
            self._next = k + 1
            self.next_ns = self._sent_ns[k + 1]
            yield self._names[self._flow[k]], self._sent_ns[k], self._wire_bytes[k]


class CrossedLink:
    """An orderly link that others use too: what came from them is sent just before our own.

    Args:
        link: The arithmetic.
        cross: The traffic of others.
    """

    __slots__ = ("_cross", "_link", "begin_ns", "free_ns")

    def __init__(self, link: Link, cross: Cross) -> None:
        """Start with an empty link."""
        self._link = link
        self._cross = cross
        self.begin_ns: int | None = None
        self.free_ns = 0

    def send(self, now_ns: int, wire_bytes: int) -> int | None:
        """Return when a frame handed over now has left the link whole; see `Link`."""
        link = self._link
        for _, sent_ns, others_bytes in self._cross.until(now_ns):
            link.send(sent_ns, others_bytes)
        end_ns = link.send(now_ns, wire_bytes)
        self.begin_ns = link.begin_ns
        self.free_ns = link.free_ns
        return end_ns

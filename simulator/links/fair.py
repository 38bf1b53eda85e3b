"""A fluid link that its flows share fairly: generalised processor sharing by virtual time.

With W(t) the capacity offered and n flows that have something to send, virtual time V grows by
dW / n. A frame sent at V gets the stamp F = max(V, stamp of the flow's frame before) + size and
has left when V reaches F (Parekh and Gallager, "A generalized processor sharing approach to flow
control", 1993). A frame is O(log n), and nothing happens between sendings.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.links.packets import NEVER_NS

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["FairLink"]

_FINER = 24
"""Virtual time is counted in 2**-24 of a unit of capacity, so that its rounding never adds up."""


class FairLink:
    """Carries frames of several flows at once, each backlogged flow at the same rate.

    Args:
        trace: Capacity over time.

    Attributes:
        left_ns: When each frame has left whole, in the order of sending; `NEVER_NS` until then.

    Example:
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> link = FairLink(RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about))
        >>> link.send(0, "a", 3000)
        >>> link.send(1_000_000, "b", 1000)  # a has 2 ms left; b's 1 ms takes 2
        >>> link.finish()
        >>> link.left_ns
        [4000000, 3000000]
    """

    __slots__ = ("_heap", "_last", "_position", "_trace", "_virtual", "left_ns")

    def __init__(self, trace: BandwidthTrace) -> None:
        """Start idle at instant 0."""
        self._trace = trace
        self._position = 0  # W up to which virtual time was advanced
        self._virtual = 0
        self._heap: list[tuple[int, int, str]] = []  # stamp, frame, flow
        self._last: dict[str, int] = {}  # of the flows that have something to send
        self.left_ns: list[int] = []

    def send(self, now_ns: int, flow: str, wire_bytes: int) -> None:
        """Hand a frame over now. Instants of successive calls must not decrease."""
        offered = self._trace.capacity(now_ns)
        self._depart(offered)
        flows = len(self._last)
        if flows:
            self._virtual += ((offered - self._position) << _FINER) // flows
        self._position = offered
        size = wire_bytes * self._trace.units_per_byte << _FINER
        stamp = max(self._virtual, self._last.get(flow, 0)) + size
        self._last[flow] = stamp
        heappush(self._heap, (stamp, len(self.left_ns), flow))
        self.left_ns.append(NEVER_NS)

    def finish(self) -> None:
        """Let everything leave that ever will."""
        self._depart(None)

    def _depart(self, offered: int | None) -> None:
        """Let frames leave until that much capacity was offered; None for all there will be."""
        heap = self._heap
        while heap:
            stamp, frame, flow = heap[0]
            # Rounded up: no frame leaves before its last byte.
            needed = -((self._virtual - stamp) * len(self._last) >> _FINER)
            if offered is not None and self._position + needed > offered:
                return
            heappop(heap)
            self._position += needed
            self._virtual = stamp
            end_ns = self._trace.instant(self._position)
            self.left_ns[frame] = NEVER_NS if end_ns is None else end_ns
            if self._last[flow] == stamp:
                del self._last[flow]

"""A first-in first-out link with an infinite queue, as arithmetic on frames.

With W(t) the trace's cumulative capacity and ``position`` the capacity that all bytes sent so far
will have used up, a frame sent at t takes

    position = max(position, W(t)) + size        end = W^-1(position)

whatever the number of its packets: they are sent back to back, and the last one's end is the
frame's. On opportunity traces this is mahimahi's infinite queue, frame by frame.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simulator.foundation.instants import FOREVER_NS

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["FifoLink", "Link", "is_carried"]


class Link(Protocol):
    """What carries frames. Instants of successive calls must not decrease."""

    begin_ns: int | None
    """When the turn of the frame last sent came, or comes; None if no byte of it is carried."""
    free_ns: int
    """When all that is carried has left; `FOREVER_NS` if it never does."""

    def send(self, now_ns: int, wire_bytes: int) -> int | None:
        """Return when the last byte of a frame handed over now leaves the link.

        ``FOREVER_NS`` if it waits for ever, because the link ends before; None if the frame, or a
        packet of it, found the queue full.
        """


def is_carried(trace: BandwidthTrace, position: int) -> bool:
    """Return whether any of what begins at a position of the capacity is ever carried."""
    first_ns = trace.instant(position + 1)
    return first_ns is not None and first_ns < FOREVER_NS


class FifoLink:
    """Carries frames in order, however long they have to wait.

    Args:
        trace: Capacity over time.

    Example:
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> link = FifoLink(RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about))
        >>> link.send(0, 1000), link.send(0, 1000), link.send(5_000_000, 1000)  # 1 ms each
        (1000000, 2000000, 6000000)
    """

    __slots__ = ("_capacity", "_instant", "_position", "_trace", "_units", "begin_ns", "free_ns")

    def __init__(self, trace: BandwidthTrace) -> None:
        """Start with an empty link at instant 0."""
        self._trace = trace
        self._capacity = trace.capacity
        self._instant = trace.instant
        self._units = trace.units_per_byte
        self._position = 0
        self.free_ns = 0
        self.begin_ns: int | None = None

    def send(self, now_ns: int, wire_bytes: int) -> int:
        """Return when a frame handed over now has left the link; ``FOREVER_NS`` for never."""
        free_ns = self.free_ns
        if now_ns >= free_ns:
            # Idle, so W(now) >= position by the definition of the inverse.
            self._position = self._capacity(now_ns)
            self.begin_ns = now_ns
        else:
            self.begin_ns = free_ns if free_ns < FOREVER_NS else None
        start = self._position
        self._position = position = start + wire_bytes * self._units
        end_ns = self._instant(position)
        if end_ns is None or end_ns >= FOREVER_NS:
            if not is_carried(self._trace, start):
                self.begin_ns = None
            self.free_ns = FOREVER_NS
            return FOREVER_NS
        self.free_ns = end_ns
        return end_ns

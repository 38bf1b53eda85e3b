"""Two estimates of a link's rate from transfers, in bytes per nanosecond.

Both divide a sum of bytes by a sum of busy times, so that a payload weighs by its size: one of one
or two packets reads anything between 9 % and 107 % of the capacity.
"""

from __future__ import annotations

from collections import deque
from math import exp

__all__ = ["DecayingRate", "HarmonicRate"]


class HarmonicRate:
    """The mean over the last transfers, weighted by bytes: their harmonic mean.

    Robust against single fast transfers, as in FESTIVE (Jiang, Sekar, Zhang, CoNEXT 2012).

    Args:
        window: How many transfers.

    Example:
        >>> rate = HarmonicRate()
        >>> rate.learn(1000, 1_000_000, 0)
        >>> rate.learn(1000, 3_000_000, 9_000_000)
        >>> rate.value  # 2000 B in 4 ms
        0.0005
    """

    __slots__ = ("_busy_ns", "_bytes", "_transfers", "_window", "value")

    def __init__(self, window: int = 5) -> None:
        """Start without an estimate: ``value`` is None."""
        self._window = window
        self._transfers: deque[list[int]] = deque()
        self._bytes = self._busy_ns = 0  # of these transfers together
        self.value: float | None = None

    def learn(self, size_bytes: int, busy_ns: int, arrived_ns: int) -> None:
        """Take a transfer in."""
        del arrived_ns  # the last ones count, however old
        transfers = self._transfers
        if busy_ns or not transfers:
            transfers.append([size_bytes, busy_ns or 1])
            self._busy_ns += busy_ns or 1
        else:
            transfers[-1][0] += size_bytes
        self._bytes += size_bytes
        if len(transfers) > self._window:
            old_bytes, old_ns = transfers.popleft()
            self._bytes -= old_bytes
            self._busy_ns -= old_ns
        self.value = self._bytes / self._busy_ns


class DecayingRate:
    """The mean over all transfers, weighted by bytes and by age.

    Args:
        memory_ns: Time in which a transfer's weight falls to 1/e.

    Example:
        >>> rate = DecayingRate(memory_ns=1_000_000_000)
        >>> rate.learn(1000, 1_000_000, 0)
        >>> rate.learn(1000, 3_000_000, 1_000_000_000)
        >>> round(rate.value * 1e6)  # nearer to the later one's 333 B/ms than to 1000
        406
    """

    __slots__ = ("_busy_ns", "_bytes", "_last_ns", "_memory_ns", "value")

    def __init__(self, memory_ns: int) -> None:
        """Start without an estimate: ``value`` is None."""
        self._memory_ns = memory_ns
        self._bytes = self._busy_ns = 0.0
        self._last_ns = 0
        self.value: float | None = None

    def learn(self, size_bytes: int, busy_ns: int, arrived_ns: int) -> None:
        """Take a transfer in."""
        age_ns = arrived_ns - self._last_ns
        if age_ns > 0:
            self._last_ns = arrived_ns
            kept = exp(-age_ns / self._memory_ns)
            self._bytes *= kept
            self._busy_ns *= kept
        self._bytes += size_bytes
        self._busy_ns += busy_ns or 1
        self.value = self._bytes / self._busy_ns

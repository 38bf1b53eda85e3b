"""Two estimates of a link's rate from transfers, in bytes per nanosecond.

Both divide a sum of bytes by a sum of busy times, so that a payload weighs by its size: one of one
or two packets reads anything between 9 % and 107 % of the capacity.
"""

from __future__ import annotations

from collections import deque
from math import exp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.transfers import Transfer

__all__ = ["DecayingRate", "HarmonicRate"]


class HarmonicRate:
    """The mean over the last transfers, weighted by bytes: their harmonic mean.

    Robust against single fast transfers, as in FESTIVE (Jiang, Sekar, Zhang, CoNEXT 2012).

    Args:
        window: How many transfers.

    Example:
        >>> from policies.transfers import Transfer
        >>> rate = HarmonicRate()
        >>> rate.learn([Transfer(1000, 1_000_000, 0), Transfer(1000, 3_000_000, 0)])
        >>> rate.value  # 2000 B in 4 ms
        0.0005
    """

    __slots__ = ("_transfers", "value")

    def __init__(self, window: int = 5) -> None:
        """Start without an estimate: ``value`` is None."""
        self._transfers: deque[tuple[int, int]] = deque(maxlen=window)
        self.value: float | None = None

    def learn(self, new: Iterable[Transfer]) -> None:
        """Take new transfers in."""
        transfers = self._transfers
        for size_bytes, busy_ns, _ in new:
            if not busy_ns and transfers:
                before, long_ns = transfers.pop()
                transfers.append((before + size_bytes, long_ns))
            else:
                transfers.append((size_bytes, max(busy_ns, 1)))
            total_bytes = sum(size for size, _ in transfers)
            self.value = total_bytes / sum(busy for _, busy in transfers)


class DecayingRate:
    """The mean over all transfers, weighted by bytes and by age.

    Args:
        memory_ns: Time in which a transfer's weight falls to 1/e.

    Example:
        >>> from policies.transfers import Transfer
        >>> rate = DecayingRate(memory_ns=1_000_000_000)
        >>> rate.learn([Transfer(1000, 1_000_000, 0), Transfer(1000, 3_000_000, 1_000_000_000)])
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

    def learn(self, new: Iterable[Transfer]) -> None:
        """Take new transfers in."""
        for size_bytes, busy_ns, arrived_ns in new:
            kept = exp(-max(0, arrived_ns - self._last_ns) / self._memory_ns)
            self._last_ns = arrived_ns
            self._bytes = self._bytes * kept + size_bytes
            self._busy_ns = self._busy_ns * kept + busy_ns
            self.value = self._bytes / max(self._busy_ns, 1.0)

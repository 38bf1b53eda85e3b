"""The best unit that fits the measured throughput: the rule of adaptive bitrate players."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.feasibility import first_feasible
from policies.ladder import best_first, smallest_sent
from policies.rates import HarmonicRate
from policies.transfers import Transfers

if TYPE_CHECKING:
    from policies.interface import Observation

__all__ = ["Throughput"]


class Throughput:
    """Sends the best unit that is feasible at a share of the measured throughput, else skips.

    The throughput is the harmonic mean of the last transfers' bytes over their busy times (FESTIVE,
    Jiang et al., CoNEXT 2012; dash.js). Before the first delivery the smallest unit is sent.

    Args:
        share: Part of the measured throughput that is counted upon, > 0.
        window: How many transfers are averaged.

    Example:
        >>> from policies.snapshot import Snapshot, UnitSnapshot
        >>> units = (UnitSnapshot(name="s", utility=0.7, size_bytes=300.0),
        ...          UnitSnapshot(name="l", utility=0.9, size_bytes=3000.0))
        >>> seen = Snapshot(units=units, deadline_ns=150_000_000)
        >>> Throughput().choose(seen)  # nothing known yet
        0
    """

    __slots__ = ("_order", "_rate", "_share", "_transfers")

    def __init__(self, *, share: float = 0.9, window: int = 5) -> None:
        """Start without an estimate.

        Raises:
            ValueError: If ``share`` or ``window`` is not positive.
        """
        if not share > 0 or window < 1:
            raise ValueError(f"share {share} must be > 0 and window {window} at least 1")
        self._share = share
        self._rate = HarmonicRate(window)
        self._transfers = Transfers(self._rate)
        self._order: tuple[int, ...] = ()

    def choose(self, seen: Observation) -> int | None:
        """Return the best feasible unit, or None if none is."""
        self._transfers.read(seen)
        self._order = self._order or best_first(seen.units)
        if self._rate.value is None:
            return smallest_sent(seen.units)
        rate = self._share * self._rate.value
        return first_feasible(
            seen, self._order, self._transfers, rate=rate, budget_ns=seen.deadline_ns
        )

"""Intervals of known length and rate laid end to end: what most measurement logs come down to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import LONGEST_S, refuse
from traces.formats.quality import Quality
from traces.rate import RateTrace

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import After, TraceAbout
    from traces.formats.interface import ReadOptions

__all__ = ["FASTEST_BPS", "Intervals", "capped", "peculiarities"]

FASTEST_BPS = 10**12
"""Fastest rate a reader takes; more is a wrong unit."""

_SPIKE = 300
_FEW = 0.02
_SILENCE_NS = 300 * 10**9


def whole_file(_: int) -> int:
    """Place any interval on line 1, for files whose lines do not matter."""
    return 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Intervals:
    """The intervals of a file, in order.

    Attributes:
        lengths_s: [n] lengths, 0 or more; an interval of length 0 vanishes.
        rates_bps: [n] rates.
        quality: [n] losses and delays, where the file gives any.
        line: From interval to its line in the file, called only where something is wrong.
        length_name: What the file calls the length, for messages.
        rate_name: What it calls the rate.
        unit_bps: Unit in which messages give rates, bit/s.
    """

    lengths_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    quality: Quality = field(default_factory=Quality)
    line: Callable[[int], int] = whole_file
    length_name: str = "duration"
    rate_name: str = "rate"
    unit_bps: float = 1.0

    def trace(
        self, name: str, options: ReadOptions, about: TraceAbout, after: After = "loop"
    ) -> RateTrace:
        """Return the trace, with what is doubtful about its rates.

        Args:
            name: The file as the user named it.
            options: ``after`` and ``ceiling_bps``.
            about: What the trace measures.
            after: What follows the end unless the options say.

        Raises:
            InputError: With the line, for lengths or rates that are negative, absurd or all 0.

        Example:
            >>> from traces.about import TraceAbout
            >>> two = Intervals(lengths_s=np.array([1.0, 3.0]), rates_bps=np.array([8e6, 4e6]))
            >>> two.trace("x", {}, TraceAbout(name="x")).mean_bps
            5000000.0
        """
        self._check(name)
        edges = np.rint(np.concatenate([[0.0], np.cumsum(self.lengths_s)]) * 1e9).astype(np.int64)
        kept = np.diff(edges) > 0
        rates = np.rint(capped(self.rates_bps, options))[kept].astype(np.int64)
        period = int(edges[-1])
        if not 0 < period <= LONGEST_S * 10**9 or not rates.any():
            rule, remedy = "must be above 0 somewhere", "a link that never delivers is no link"
            what, value = self.rate_name, "0 throughout"
            if not rates.size or period > LONGEST_S * 10**9:
                rule, remedy = f"must be above 0 and at most {LONGEST_S} s", "check the times"
                what, value = f"sum of {self.length_name}", f"{period / 1e9:g} s"
            raise refuse(name, None, what, value, rule=rule, remedy=remedy)
        doubts = peculiarities(np.diff(edges)[kept], rates)
        starts, after = edges[:-1][kept], options.get("after", after)
        return RateTrace.from_steps(
            starts,
            rates,
            period_ns=period,
            after=after,
            about=replace(about, doubts=(*about.doubts, *doubts)),
            conditions=self.quality.mapped(lambda c: c[kept]).conditions(starts, period, after),
        )

    def _check(self, name: str) -> None:
        def first(wrong: NDArray[np.bool_]) -> int | None:
            return int(np.argmax(wrong)) if wrong.any() else None

        k = first(~((self.lengths_s >= 0) & (self.lengths_s <= LONGEST_S)))
        if k is not None:
            raise refuse(
                name,
                self.line(k),
                self.length_name,
                f"{self.lengths_s[k]:.9g} s",
                rule=f"must be from 0 to {LONGEST_S} s",
                remedy="correct or remove the entry",
            )
        k = first(~((self.rates_bps >= 0) & (self.rates_bps <= FASTEST_BPS)))
        if k is not None:
            raise refuse(
                name,
                self.line(k),
                self.rate_name,
                f"{self.rates_bps[k] / self.unit_bps:.9g}",
                rule=f"must be from 0 to {FASTEST_BPS / self.unit_bps:g}",
                remedy="correct or remove the entry",
            )


def capped(rates_bps: NDArray[np.float64], options: ReadOptions) -> NDArray[np.float64]:
    """Return rates with those above the option ``ceiling_bps`` lowered to it."""
    ceiling = options.get("ceiling_bps")
    return rates_bps if ceiling is None else np.minimum(rates_bps, ceiling)


def peculiarities(lengths_ns: NDArray[np.int64], rates_bps: NDArray[np.int64]) -> tuple[str, ...]:
    """Return what makes a trace look corrupt or interrupted: spikes and very long silences.

    Published files hold rates a thousand times the median, and gaps of the measurement written
    down as rates of 0.

    Example:
        >>> peculiarities(np.array([10**9] * 4), np.array([1, 1, 1, 1000]) * 10**6)
        ('has 1 rate above 300 times its median, the highest 1000 Mbit/s: give a `ceiling` if ...',)
    """
    found = []
    positive = rates_bps[rates_bps > 0]
    median = float(np.median(positive)) if positive.size else 0.0
    spikes = int((positive > _SPIKE * median).sum())
    if 0 < spikes <= max(1, _FEW * len(positive)):
        number = "1 rate" if spikes == 1 else f"{spikes} rates"
        found.append(
            f"has {number} above {_SPIKE} times its median, the highest "
            f"{positive.max() / 1e6:g} Mbit/s: give a `ceiling` if that is an error of measurement"
        )
    edges = np.flatnonzero(np.diff(np.concatenate([[1], rates_bps != 0, [1]])))
    ends = np.concatenate([[0], np.cumsum(lengths_ns)])
    silences = ends[edges[1::2]] - ends[edges[::2]]
    longest = int(silences.max()) if silences.size else 0
    if longest >= _SILENCE_NS:
        found.append(f"is silent for {longest / 1e9:.0f} s: did the link stop, or the measurement?")
    return tuple(found)

"""Samples of a rate at given times, each of which holds until the next."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import refuse
from traces.formats.intervals import Intervals
from traces.formats.order import averaged, in_order
from traces.formats.quality import Quality

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import TraceAbout
    from traces.formats.interface import ReadOptions
    from traces.rate import RateTrace

__all__ = ["Samples"]

_LONG_GAP_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The samples of a log.

    Attributes:
        clock_s: [n] times; they may begin anywhere. Rates of one instant are averaged.
        rates_bps: [n] rates; NaN where the log has none, and then the previous one lasts on.
        last_s: How long the last sample holds.
        quality: [n] losses and delays, where the log gives any; averaged as the rates are.
        line: From sample to its line in the file.
        rate_name: What the file calls the rate.
        unit_bps: Unit in which messages give rates, bit/s.
    """

    clock_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    last_s: float
    line: Callable[[int], int]
    rate_name: str
    unit_bps: float
    quality: Quality = field(default_factory=Quality)

    def trace(self, name: str, options: ReadOptions, about: TraceAbout) -> RateTrace:
        """Return the trace.

        Args:
            name: The file as the user named it.
            options: ``after``, ``backwards``, ``ceiling_bps``.
            about: What the trace measures.

        Raises:
            InputError: With the line, for a clock that goes back, rates that are negative, absurd
                or all 0, and where no sample has a rate.
        """
        taken = in_order(self.clock_s, name, self.line, options.get("backwards", "refuse"))
        known = taken[np.isfinite(self.rates_bps[taken])]
        if not known.size:
            remedy = "give a log with at least one rate"
            raise refuse(
                name, None, self.rate_name, "none", rule="must be in the file", remedy=remedy
            )
        negative = np.flatnonzero(self.rates_bps[known] < 0)
        if negative.size:
            k = int(known[negative[0]])
            raise refuse(
                name,
                self.line(k),
                self.rate_name,
                f"{self.rates_bps[k] / self.unit_bps:g}",
                rule="must be >= 0",
                remedy="correct the line, or leave the cell empty",
            )
        clock = self.clock_s[known]
        times, rates, first = averaged(clock, self.rates_bps[known])
        end = float(self.clock_s[taken[-1]]) + self.last_s
        gaps = np.diff(np.append(times, end))
        doubts = list(about.doubts)
        if missing := len(taken) - len(known):
            doubts.append(f"has {missing} of {len(taken)} samples without a rate")
        if (longest := float(gaps.max())) > _LONG_GAP_S:
            doubts.append(f"has no sample for {longest:.0f} s, over which the last rate is held")
        return Intervals(
            lengths_s=gaps,
            rates_bps=rates,
            quality=self.quality.mapped(lambda column: averaged(clock, column[known])[1]),
            line=lambda k: self.line(int(known[first[k]])),
            length_name="time to the next sample",
            rate_name=self.rate_name,
            unit_bps=self.unit_bps,
        ).trace(name, options, replace(about, doubts=tuple(doubts)))

"""Samples of a rate at given times, each of which holds until the next, and holes between them.

Where nothing was measured, nothing is known, and no rate is made up: a hole is left out of the
trace and said. A sample that states its end covers the time until then; another one covers the time
to the next sample, but where that comes five times later than usual, and more than 5 s, only as
long as is usual.
"""

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

__all__ = ["LONG_GAP_S", "Samples"]

LONG_GAP_S = 30.0
"""How long a rate can be held without a doubt being said."""

_HOLE_S = 5.0
_HOLE_STEPS = 5.0
_SLACK_S = 0.05
""" Ends and starts are rounded: intervals this near to each other touch."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """The samples of a log.

    Attributes:
        clock_s: [n] times; they may begin anywhere. Rates of one instant are averaged.
        rates_bps: [n] rates; NaN where the log has none, and then the previous one lasts on.
        last_s: How long the last sample holds, where samples have no ends.
        ends_s: [n] ends of what the samples cover, where the log states them.
        quality: [n] losses and delays, where the log gives any; averaged as the rates are.
        line: From sample to its line in the file.
        rate_name: What the file calls the rate.
        unit_bps: Unit in which messages give rates, bit/s.
    """

    clock_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    line: Callable[[int], int]
    rate_name: str
    unit_bps: float
    last_s: float = 0.0
    ends_s: NDArray[np.float64] | None = None
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
        lengths, hole_s = self._covered(times, taken, known)
        doubts = list(about.doubts)
        if missing := len(taken) - len(known):
            doubts.append(f"has {missing} of {len(taken)} samples without a rate")
        if (hole_s > 0).any():
            doubts.append(_left_out(hole_s[hole_s > 0], lengths))
        return Intervals(
            lengths_s=lengths,
            rates_bps=rates,
            quality=self.quality.mapped(lambda column: averaged(clock, column[known])[1]),
            line=lambda k: self.line(int(known[first[k]])),
            length_name="time to the next sample",
            rate_name=self.rate_name,
            unit_bps=self.unit_bps,
        ).trace(name, options, replace(about, doubts=tuple(doubts)))

    def _covered(
        self, times: NDArray[np.float64], taken: NDArray[np.int64], known: NDArray[np.int64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return how long each rate holds, and how long nothing is known after it."""
        if self.ends_s is None:
            gaps = np.diff(np.append(times, self.clock_s[taken[-1]] + self.last_s))
            usual = float(np.median(gaps))
            hole = (gaps > _HOLE_S) & (gaps > _HOLE_STEPS * usual)
            lengths = np.where(hole, usual, gaps)
        else:
            place = np.searchsorted(times, self.clock_s[known])
            ends = np.full(len(times), -np.inf)
            np.maximum.at(ends, place, self.ends_s[known])
            own = ends - times
            gaps = np.append(np.diff(times), own[-1])
            slack = max(_SLACK_S, float(np.median(own)) / 2)
            hole = gaps - own > slack
            lengths = np.where(hole, own, gaps)
        return lengths, gaps - lengths


def _left_out(holes_s: NDArray[np.float64], lengths_s: NDArray[np.float64]) -> str:
    """Say how much of a log's time nobody measured."""
    number = "a hole" if len(holes_s) == 1 else f"{len(holes_s)} holes"
    missing, covered = float(holes_s.sum()), float(lengths_s.sum())
    return (
        f"has {number} of {missing:g} s in which nothing was measured: left out, so that "
        f"{covered:g} s of {missing + covered:g} s are covered"
    )

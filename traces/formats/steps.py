"""Rows of time and rate turned into a rate trace, whichever way the rates hold."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import LONGEST_S, refuse
from traces.formats.intervals import FASTEST_BPS, capped, peculiarities
from traces.formats.order import in_order
from traces.formats.quality import Quality
from traces.rate import RateTrace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.about import TraceAbout
    from traces.formats.interface import Hold, ReadOptions
    from traces.formats.rows import Rows

__all__ = ["UNITS", "steps"]

UNITS = {
    "bit/s": 1,
    "kbit/s": 10**3,
    "Mbit/s": 10**6,
    "Gbit/s": 10**9,
    "B/s": 8,
    "kB/s": 8000,
    "MB/s": 8 * 10**6,
    "KiB/s": 8 * 2**10,
    "MiB/s": 8 * 2**20,
}
"""Rate units in bit/s."""

_LARGEST_CLOCK_S = 1e12  # an epoch in milliseconds is still below


def steps(
    rows: Rows,
    name: str,
    options: ReadOptions,
    about: TraceAbout,
    *,
    hold: Hold,
    unit_bps: float = 10**6,
    quality: Quality | None = None,
) -> RateTrace:
    """Return the trace of rows of time and rate.

    Without the option ``period_ns`` the last row ends the trace: period = last time - first time.
    With it, the row that had no interval (the last one held until the next, the first one held
    since the previous) fills what is missing. Rows of equal times have no length and vanish.

    Args:
        rows: Column 1 is the time in seconds; it may begin anywhere and must not decrease. Column
            2 is the rate.
        name: The file as the user named it.
        options: ``period_ns``: at least last - first. ``after``: ``hold`` gives the last row a
            length, as it is to last. ``backwards``, ``ceiling_bps``.
        about: What the trace measures.
        hold: Which interval a row's rate describes.
        unit_bps: Unit of the rates in bit/s.
        quality: [rows] losses and delays, where the file gives any; they hold as the rates do.

    Raises:
        InputError: With the line, for decreasing times, negative or absurd rates, no capacity, a
            period that is 0, too short or absurd.
    """
    taken = in_order(
        rows.values[:, 0],
        name,
        lambda k: int(rows.lines[k]),
        options.get("backwards", "refuse"),
    )
    t_s, rates, lines = (
        rows.values[taken, 0],
        rows.values[taken, 1],
        rows.lines[taken],
    )
    _check_values(t_s, rates, lines, name, unit_bps)
    after = options.get("after", "loop")
    at_ns = np.rint((t_s - t_s[0]) * 1e9).astype(np.int64)
    span = int(at_ns[-1])
    shortest = 1 if after == "hold" and hold == "until-next" else 0
    period = options.get("period_ns", span + shortest)
    if not max(span, 1) <= period <= LONGEST_S * 10**9:
        raise refuse(
            name,
            int(lines[-1]),
            "period",
            f"{period / 1e9:g} s",
            rule=f"must be above 0, at least last - first time, at most {LONGEST_S} s",
            remedy="give the length of the trace as `period`; a single line needs it",
        )
    gaps = np.diff(at_ns)
    rest = np.array([period - span])
    lengths = np.concatenate([gaps, rest] if hold == "until-next" else [rest, gaps])
    ends = np.cumsum(lengths)
    kept = lengths > 0
    rates_bps = np.rint(capped(rates * unit_bps, options)).astype(np.int64)[kept]
    if not rates_bps.any():
        raise refuse(
            name,
            int(lines[0]),
            "rate",
            "0 bit/s throughout",
            rule="must be above 0 somewhere",
            remedy="a link that never delivers cannot be simulated",
        )
    starts = (ends - lengths)[kept]
    beside = (quality or Quality()).mapped(lambda column: column[taken][kept])
    return RateTrace.from_steps(
        starts,
        rates_bps,
        period_ns=period,
        after=after,
        about=replace(
            about,
            end=_end(options, hold),
            doubts=(*about.doubts, *peculiarities(lengths[kept], rates_bps)),
        ),
        conditions=beside.conditions(starts, period, after),
    )


def _end(options: ReadOptions, hold: Hold) -> str:
    """Return what ends the trace, and whether the last row's rate counts."""
    if hold == "since-previous":
        return ""
    if "period_ns" in options:
        return "lasts until the period given, and its last row's rate until then"
    if options.get("after") == "hold":
        return "ends with its last row, whose rate holds for ever after"
    return "ends with its last row, whose own rate would count only with `after` hold"


def _check_values(
    t_s: NDArray[np.float64],
    rates: NDArray[np.float64],
    lines: NDArray[np.int64],
    name: str,
    unit_bps: float,
) -> None:
    """Refuse clocks in a wrong unit, and rates that are negative or absurd."""
    if abs(t_s[0]) > _LARGEST_CLOCK_S or t_s[-1] - t_s[0] > LONGEST_S:
        raise refuse(
            name,
            int(lines[-1]),
            "time",
            f"{t_s[-1]:.9g} s",
            rule=f"must be within {LONGEST_S} s of the first",
            remedy="give times in seconds",
        )
    wrong = np.flatnonzero((rates < 0) | (rates * unit_bps > FASTEST_BPS))
    if wrong.size:
        raise refuse(
            name,
            int(lines[wrong[0]]),
            "rate",
            f"{rates[wrong[0]]:g}",
            rule=f"must be from 0 to {FASTEST_BPS / unit_bps:g}",
            remedy="correct the line, or give the `unit` of the rates",
        )

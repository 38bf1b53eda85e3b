"""Rows of time and rate turned into steps of a rate trace, whichever way the rates hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import LONGEST_S, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.about import After
    from traces.formats.interface import Hold
    from traces.formats.rows import Rows

__all__ = ["UNITS", "steps"]

UNITS = {"bit/s": 1, "kbit/s": 10**3, "Mbit/s": 10**6, "B/s": 8, "kB/s": 8000, "MB/s": 8 * 10**6}
"""Rate units in bit/s."""

_FASTEST_BPS = 10**12
_LARGEST_CLOCK_S = 1e12  # an epoch in milliseconds is still below


def steps(
    rows: Rows,
    name: str,
    *,
    hold: Hold,
    rate_column: int = 2,
    unit_bps: int = 10**6,
    period_ns: int | None = None,
    after: After = "loop",
) -> tuple[NDArray[np.int64], NDArray[np.int64], int]:
    """Return starts (ns from the first row), rates (bit/s) and period of rows of time and rate.

    Without ``period_ns`` the last row ends the trace: period = last time - first time. With it,
    the row that had no interval (the last one held until the next, the first one held since the
    previous) fills what is missing. Rows of equal times have no length and vanish.

    Args:
        rows: Column 1 is the time in seconds; it may begin anywhere and must not decrease.
        name: The file as the user named it.
        hold: Which interval a row's rate describes.
        rate_column: The column with the rate, from 2.
        unit_bps: Unit of the rates in bit/s.
        period_ns: Length of the trace, at least last - first.
        after: What follows the end. ``hold`` gives the last row a length, as it is to last.

    Raises:
        InputError: With the line, for decreasing times, negative or absurd rates, no capacity, a
            period that is 0, too short or absurd.
    """
    t_s = rows.values[:, 0]
    rates = rows.values[:, rate_column - 1]
    _check_order(t_s, rows.lines, name)
    wrong = np.flatnonzero((rates < 0) | (rates * unit_bps > _FASTEST_BPS))
    if wrong.size:
        raise refuse(
            name,
            int(rows.lines[wrong[0]]),
            "rate",
            f"{rates[wrong[0]]:g}",
            rule=f"must be from 0 to {_FASTEST_BPS / unit_bps:g}",
            remedy="correct the line, or give the `unit` of the rates",
        )
    at_ns = np.rint((t_s - t_s[0]) * 1e9).astype(np.int64)
    span = int(at_ns[-1])
    shortest = 1 if after == "hold" and hold == "until-next" else 0
    period = span + shortest if period_ns is None else period_ns
    if not max(span, 1) <= period <= LONGEST_S * 10**9:
        raise refuse(
            name,
            int(rows.lines[-1]),
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
    rates_bps = np.rint(rates * unit_bps).astype(np.int64)[kept]
    if not rates_bps.any():
        raise refuse(
            name,
            int(rows.lines[0]),
            "rate",
            "0 bit/s throughout",
            rule="must be above 0 somewhere",
            remedy="a link that never delivers cannot be simulated",
        )
    return (ends - lengths)[kept], rates_bps, period


def _check_order(t_s: NDArray[np.float64], lines: NDArray[np.int64], name: str) -> None:
    falls = np.flatnonzero(np.diff(t_s) < 0)
    if falls.size:
        k = int(falls[0]) + 1
        raise refuse(
            name,
            int(lines[k]),
            "time",
            f"{t_s[k]:.9g} after {t_s[k - 1]:.9g}",
            rule="must not decrease",
            remedy="sort the lines, or cut the file where its clock went back",
        )
    if abs(t_s[0]) > _LARGEST_CLOCK_S or t_s[-1] - t_s[0] > LONGEST_S:
        raise refuse(
            name,
            int(lines[-1]),
            "time",
            f"{t_s[-1]:.9g} s",
            rule=f"must be within {LONGEST_S} s of the first",
            remedy="give times in seconds",
        )

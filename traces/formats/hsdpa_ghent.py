"""Readers for two raw logs of one syntax: HSDPA in Norway, and 4G in Ghent.

Six columns separated by blanks: unix time, a clock in ms, latitude, longitude, the bytes received
since the previous line, and the ms since then. The unix time is in seconds in the Norwegian logs
(Riiser et al., "Commute path bandwidth traces from 3G networks", MMSys 2013) and in milliseconds
in those of Ghent (van der Hooft et al., IEEE Communications Letters 2016)::

    1289406399 549692 59.851754 10.781778 248069 1008
    1453121790686 39287 51.0386528885778 3.73220785642186 2493100 1000

A line's rate is that of the interval that ends at it, so the trace is the last two columns laid end
to end; the clock only tells whether lines are in order.
"""

from __future__ import annotations

from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.intervals import Intervals
from traces.formats.order import in_order
from traces.formats.rows import numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.formats.rows import Rows
    from traces.rate import RateTrace

__all__ = ["EPOCH_MS", "GHENT", "HSDPA", "read"]

EPOCH_MS = 1e11
"""Unix times in seconds stay below this until the year 5138; those in ms passed it in 1973."""

_COLUMNS = 6
_DRIFT_MS = 1000


def read(data: bytes, name: str, options: ReadOptions, *, place: str) -> RateTrace:
    r"""Read a raw log.

    Args:
        data: The file's content; numbers may be padded with zeros (``0999``).
        name: The file as the user named it.
        options: ``after``; ``backwards``: ``cut`` ends the trace where the clock goes back, as
            Pensieve's converter does; ``ceiling_bps``.
        place: ``hsdpa`` or ``ghent``, which the unit of the unix time must bear out.

    Raises:
        InputError: With the line, for a clock that goes back, bytes in no time, negative or absurd
            numbers, no capacity, and unix times of the other log.

    Example:
        >>> lines = b"1289406399 549692 59.8 10.7 125000 1000\n1289406400 550692 59.8 10.7 0 0999\n"
        >>> trace = read(lines, "x", {}, place="hsdpa")
        >>> trace.period_ns, trace.capacity(10**9) // trace.units_per_byte
        (1999000000, 125000)
    """
    rows = numbers(data, name, columns=(_COLUMNS,))
    _check_epoch(rows, name, place)
    clock = rows.values[:, 1]

    def line(k: int) -> int:
        return int(rows.lines[k])

    taken = in_order(clock, name, line, options.get("backwards", "refuse"))
    received, spent_ms = rows.values[taken, 4], rows.values[taken, 5]
    wrong = np.flatnonzero((received < 0) | (spent_ms < 0) | ((spent_ms == 0) & (received > 0)))
    if wrong.size:
        k = int(wrong[0])
        raise refuse(
            name,
            line(k),
            "bytes and ms",
            f"{received[k]:g} in {spent_ms[k]:g}",
            rule="must be >= 0, and no bytes come in no time",
            remedy="correct or remove the line",
        )
    lengths_s = spent_ms / 1e3
    with np.errstate(over="ignore"):  # a rate without end is refused as absurd
        rates = np.divide(received * 8, lengths_s, out=np.zeros(len(taken)), where=spent_ms > 0)
    about = TraceAbout(
        name=PurePath(name).name,
        measures="capacity",
        direction="downlink",
        source="HSDPA log, saturating download" if place == "hsdpa" else "Ghent 4G log, likewise",
        doubts=_unlogged(clock[taken], spent_ms),
    )
    intervals = Intervals(lengths_s=lengths_s, rates_bps=rates, line=line, length_name="ms")
    return intervals.trace(name, options, about)


def _check_epoch(rows: Rows, name: str, place: str) -> None:
    """Refuse the unix times of the other log: a wrong unit of time elsewhere would go unseen."""
    in_ms = rows.values[:, 0] >= EPOCH_MS
    other = {"hsdpa": "ghent", "ghent": "hsdpa"}[place]
    wrong = np.flatnonzero(in_ms != (place == "ghent"))
    if wrong.size:
        k = int(wrong[0])
        raise refuse(
            name,
            int(rows.lines[k]),
            "unix time",
            f"{rows.values[k, 0]:.13g}",
            rule=f"must be in {'s' if place == 'hsdpa' else 'ms'} throughout",
            remedy=f"say `format: {other}` if all are in the other unit",
        )


def _unlogged(clock_ms: NDArray[np.float64], spent_ms: NDArray[np.float64]) -> tuple[str, ...]:
    """Tell of time that passed on the clock and is in no line's interval."""
    missing = np.diff(clock_ms) - spent_ms[1:]
    gaps = missing[missing > _DRIFT_MS]
    if not gaps.size:
        return ()
    return (f"leaves out {gaps.sum() / 1e3:.0f} s that its clock counted and no line measured",)


def _reader(place: str, title: str) -> Reader:
    return Reader(
        name=place,
        title=title,
        options={
            "after": ("loop", "hold", "stop"),
            "backwards": ("refuse", "cut"),
            "ceiling_bps": (),
        },
        read=partial(read, place=place),
    )


HSDPA = _reader("hsdpa", "raw HSDPA log of Norway: unix time in s, bytes and ms a line")
GHENT = _reader("ghent", "raw 4G log of Ghent: unix time in ms, bytes and ms a line")

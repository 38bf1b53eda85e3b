"""Lines of numbers, read fast and in bounded memory, with the line of whatever is wrong."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import LONGEST_S, refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import After
    from traces.formats.interface import Hold

__all__ = ["UNITS", "Rows", "numbers", "steps"]

UNITS = {"bit/s": 1, "kbit/s": 10**3, "Mbit/s": 10**6, "B/s": 8, "kB/s": 8000, "MB/s": 8 * 10**6}
"""Rate units in bit/s."""

_BOM = b"\xef\xbb\xbf"
_CHUNK = 100_000
_FASTEST_BPS = 10**12


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The numbers of a file.

    Attributes:
        values: [rows, columns] finite float64.
        lines: [rows] line number of each row, from 1.
    """

    values: NDArray[np.float64]
    lines: NDArray[np.int64]


def numbers(
    data: bytes, name: str, *, columns: tuple[int, ...], comma: bool = False, header: int = 0
) -> Rows:
    r"""Return the numbers of a text whose lines all have as many columns.

    Args:
        data: The file's content: LF or CRLF, with or without a byte-order mark or a last newline.
        name: The file as the user named it.
        columns: The numbers of columns allowed.
        comma: Whether commas separate them; otherwise blanks and tabs do.
        header: Lines to leave out at the top. Blank lines are left out everywhere.

    Raises:
        InputError: With the line, for anything but finite numbers in as many columns.

    Example:
        >>> numbers(b"0 1\r\n\r\n1.5 2", "x", columns=(2,)).values.tolist()
        [[0.0, 1.0], [1.5, 2.0]]
    """
    stream = io.BytesIO(data.removeprefix(_BOM))
    split: Callable[[bytes], list[bytes]] = _commas if comma else bytes.split
    list(islice(stream, header))
    line = header + 1
    underscored = b"_" in data  # Python would read 1_000 as a number
    parts: list[NDArray[np.float64]] = []
    places: list[NDArray[np.int64]] = []
    width = 0
    while chunk := list(islice(stream, _CHUNK)):
        at = np.arange(line, line + len(chunk))
        line += len(chunk)
        rows = list(map(split, chunk))
        if not all(rows):
            at = at[np.array([bool(row) for row in rows])]
            rows = [row for row in rows if row]
        if not rows:
            continue
        width = width or len(rows[0])
        if width not in columns or any(len(row) != width for row in rows):
            raise _wrong_width(rows, at, name, columns if width not in columns else (width,))
        try:
            flat = np.fromiter(map(float, chain.from_iterable(rows)), dtype=np.float64)
        except ValueError:
            raise _not_a_number(rows, at, name) from None
        if not np.isfinite(flat).all() or (underscored and any(b"_" in x for r in rows for x in r)):
            raise _not_a_number(rows, at, name)
        parts.append(flat.reshape(-1, width))
        places.append(at)
    if not parts:
        raise refuse(
            name,
            None,
            "content",
            "no numbers",
            rule="must have at least one line of numbers",
            remedy="give a trace that is not empty",
        )
    return Rows(values=np.concatenate(parts), lines=np.concatenate(places))


def _commas(line: bytes) -> list[bytes]:
    return line.split(b",") if line.strip() else []


def _wrong_width(
    rows: list[list[bytes]], at: NDArray[np.int64], name: str, columns: tuple[int, ...]
) -> Exception:
    row, line = next((r, k) for r, k in zip(rows, at, strict=True) if len(r) not in columns)
    return refuse(
        name,
        int(line),
        "columns",
        len(row),
        rule=f"must be {' or '.join(map(str, columns))}, the same on every line",
        remedy="correct the line, or name the file's `format`",
    )


def _not_a_number(rows: list[list[bytes]], at: NDArray[np.int64], name: str) -> Exception:
    for row, line in zip(rows, at, strict=True):
        for k, field in enumerate(row, start=1):
            if not _is_number(field):
                return refuse(
                    name,
                    int(line),
                    f"column {k}",
                    field.decode("utf-8", "replace").strip() or "(empty)",
                    rule="must be a finite number",
                    remedy="correct or remove the line",
                )
    raise AssertionError  # pragma: no cover  # called only where one field is wrong


def _is_number(field: bytes) -> bool:
    try:
        return bool(np.isfinite(float(field))) and b"_" not in field
    except ValueError:
        return False


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
    if abs(t_s[0]) > 1e12 or t_s[-1] - t_s[0] > LONGEST_S:  # noqa: PLR2004  # beyond any clock
        raise refuse(
            name,
            int(lines[-1]),
            "time",
            f"{t_s[-1]:.9g} s",
            rule=f"must be within {LONGEST_S} s of the first",
            remedy="give times in seconds",
        )

"""Reader for NYU-METS (Mei et al., 2020): LTE on buses and trains of New York, a row a second.

Two forms, neither with a time or a header. In the first every row has a unit of its own, and to
leave it out turns 791 kbit/s into 791 Mbit/s; in the second the first of eight columns is the rate
in Mbit/s, and the others tell of signal and speed::

    3.97,Mbits/sec        9.41,4,0,-91,-19,1,0,2100
    791,Kbits/sec         3.21,4,0,-91,-19,1,0,2100
"""

from __future__ import annotations

import io
from itertools import islice
from math import inf
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.intervals import Intervals
from traces.formats.rows import check_width, numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError
    from traces.rate import RateTrace

__all__ = ["READER", "UNITS", "read"]

UNITS = {b"bits/sec": 1.0, b"Kbits/sec": 1e3, b"Mbits/sec": 1e6, b"Gbits/sec": 1e9}
"""Units as iperf writes them, bit/s."""

_CHUNK = 100_000
_MULTIVARIATE = 8


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read an NYU-METS trace, of either form.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``after``, ``ceiling_bps``.

    Raises:
        InputError: With the line, for unknown units, other numbers of columns, rates that are
            negative, absurd or all 0.

    Example:
        >>> read(b"3,Mbits/sec\r\n500,Kbits/sec\r\n", "x", {}).mean_bps
        1750000.0
        >>> read(b"3,4,0,-91,-19,1,0,2100\n", "x", {}).mean_bps
        3000000.0
    """
    head = next((line for line in io.BytesIO(data) if line.strip(b"\xef\xbb\xbf\r\n\t ")), b"")
    if head.count(b",") == _MULTIVARIATE - 1:
        rows = numbers(data, name, columns=(_MULTIVARIATE,), comma=True)
        rates, lines = rows.values[:, 0] * 1e6, rows.lines
    else:
        rates, lines = _with_units(data, name)
    return Intervals(
        lengths_s=np.ones(len(rates)),
        rates_bps=rates,
        line=lambda k: int(lines[k]),
        unit_bps=1e6,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            measures="capacity",
            direction="downlink",
            source="NYU-METS: iperf over LTE in New York",
        ),
    )


def _with_units(data: bytes, name: str) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return rates in bit/s and the lines they stand on."""
    check_width(data, name)
    stream = io.BytesIO(data.removeprefix(b"\xef\xbb\xbf"))
    suspicious = b"_" in data  # Python would read 1_000 as a number
    rates: list[float] = []
    lines: list[int] = []
    above = 0
    while chunk := list(islice(stream, _CHUNK)):
        for k, raw in enumerate(chunk, start=above + 1):
            number, _, unit = raw.partition(b",")
            rate = _rate(number, unit.strip())
            if rate is not None and not (suspicious and b"_" in number):
                rates.append(rate)
                lines.append(k)
            elif raw.strip():
                raise _no_rate(name, k, raw)
        above += len(chunk)
    if not rates:
        raise _no_rate(name, 1, b"")
    return np.array(rates), np.array(lines)


def _rate(number: bytes, unit: bytes) -> float | None:
    try:
        rate = float(number) * UNITS[unit]
    except (ValueError, KeyError):
        return None
    return rate if rate < inf else None


def _no_rate(name: str, line: int, found: bytes) -> InputError:
    return refuse(
        name,
        line,
        "rate",
        found.decode("utf-8", "replace").strip() or "(blank)",
        rule="must be a number, a comma and [K|M|G]bits/sec",
        remedy="correct or remove the line",
    )


READER = Reader(
    name="nyu-mets",
    title="NYU-METS: a row a second, with its unit, or eight columns",
    options={"after": ("loop", "hold", "stop"), "ceiling_bps": ()},
    read=read,
)

"""Reader for splitcast's own format, the one to convert anything else into.

A text file with the header ``t_s,mbps`` and a row per change of rate: the time in seconds from
any origin, never decreasing, and the rate in Mbit/s from then until the next row. The last row
ends the trace; its rate counts only if a period is given or the trace is to hold its last value.
Two more columns may follow, either or both: ``loss``, the probability from 0 to 1 that a packet is
lost, and ``delay_ms``, the one-way propagation. They hold as long as the rate does::

    t_s,mbps              t_s,mbps,loss,delay_ms
    0,12.5                0,12.5,0,20
    2.4,0                 2.4,3,0.05,20
    3,8                   3,8,0,35.5
    10,0                  10,0,0,35.5
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.quality import Quality, delays_ns, losses
from traces.formats.rows import numbers
from traces.formats.steps import steps

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from traces.rate import RateTrace

__all__ = ["HEADER", "READER", "read"]

HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*t_s\s*,\s*mbps\s*(?:,.*)?", re.IGNORECASE)
"""A first line that makes a file one of these, even if another column is wrong."""

_FIRST = ["t_s", "mbps"]
_MORE = ("loss", "delay_ms")
_MOST_COLUMNS = 4


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read a ``t_s,mbps`` trace.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``after``; ``period_ns``, which lets the last row last until the period's end;
            ``backwards``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for a wrong header, decreasing times, negative or absurd rates,
            losses and delays, no capacity.

    Example:
        >>> trace = read(b"t_s,mbps\n0,12.5\n2.5,0\n5,1\n", "tiny.csv", {})
        >>> trace.period_ns, trace.mean_bps
        (5000000000, 6250000.0)
        >>> read(b"t_s,mbps\n0,12\n", "constant.csv", {"after": "hold"}).mean_bps
        12000000.0
        >>> read(b"t_s,mbps,delay_ms\n0,12,20\n5,1,20\n", "x", {}).conditions.delay_ns_at(0)
        20000000
    """
    columns = _columns(data, name)
    rows = numbers(data, name, columns=(len(columns),), comma=True, header=1)

    def column(what: str) -> NDArray[np.float64] | None:
        return rows.values[:, columns.index(what)] if what in columns else None

    def line(k: int) -> int:
        return int(rows.lines[k])

    quality = Quality(
        loss=losses(column("loss"), name, "loss", line),
        delay_ns=delays_ns(column("delay_ms"), name, "delay_ms", line),
    )
    about = TraceAbout(name=PurePath(name).name, source="t_s,mbps table")
    return steps(rows, name, options, about, hold="until-next", quality=quality)


def _columns(data: bytes, name: str) -> list[str]:
    """Return the names in the header."""
    first = data.split(b"\n", 1)[0].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace").strip()
    columns = [cell.strip().lower() for cell in first.split(",", _MOST_COLUMNS)]
    more = columns[2:]
    if columns[:2] != _FIRST or not set(more) <= set(_MORE) or len(set(more)) < len(more):
        raise refuse(
            name,
            1,
            "header",
            first[:80] or "(blank)",
            rule="must be t_s,mbps, and after it may come loss and delay_ms",
            remedy="name the columns so: seconds, Mbit/s, a share from 0 to 1, ms one way",
        )
    return columns


READER = Reader(
    name="csv",
    title="plain CSV with the header t_s,mbps, perhaps loss and delay_ms",
    options={
        "after": ("loop", "hold", "stop"),
        "period_ns": (),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

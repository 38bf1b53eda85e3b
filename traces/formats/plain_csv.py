"""Reader for splitcast's own format, the one to convert anything else into.

A text file with the header ``t_s,mbps`` and a row per change of rate: the time in seconds from
any origin, never decreasing, and the rate in Mbit/s from then until the next row. The last row
ends the trace; its rate counts only if a period is given or the trace is to hold its last value::

    t_s,mbps
    0,12.5
    2.4,0
    3,8
    10,0
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.rows import numbers
from traces.formats.steps import steps

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["HEADER", "READER", "read"]

HEADER = re.compile(rb"(?:\xef\xbb\xbf)?\s*t_s\s*,\s*mbps\s*", re.IGNORECASE)


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read a ``t_s,mbps`` trace.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``after``; ``period_ns``, which lets the last row last until the period's end;
            ``backwards``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for a wrong header, decreasing times, negative or absurd rates,
            no capacity.

    Example:
        >>> trace = read(b"t_s,mbps\n0,12.5\n2.5,0\n5,1\n", "tiny.csv", {})
        >>> trace.period_ns, trace.mean_bps
        (5000000000, 6250000.0)
        >>> read(b"t_s,mbps\n0,12\n", "constant.csv", {"after": "hold"}).mean_bps
        12000000.0
    """
    first = data.split(b"\n", 1)[0]
    if not HEADER.fullmatch(first):
        raise refuse(
            name,
            1,
            "header",
            first[:80].decode("utf-8", "replace").strip() or "(blank)",
            rule="must be t_s,mbps",
            remedy="name the two columns so: seconds and Mbit/s",
        )
    rows = numbers(data, name, columns=(2,), comma=True, header=1)
    about = TraceAbout(name=PurePath(name).name, source="t_s,mbps table")
    return steps(rows, name, options, about, hold="until-next")


READER = Reader(
    name="csv",
    title="plain CSV with the header t_s,mbps",
    options={
        "after": ("loop", "hold", "stop"),
        "period_ns": (),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

"""Reader for Pensieve's "cooked" traces: a time in seconds and a rate in Mbit/s a line.

Which interval a rate describes is disputed. Pensieve's simulator (Mao et al., SIGCOMM 2017;
sim/env.py) applies line i to the time from line i-1 to line i, and so were the logs measured that
these files are cooked from: bytes received since the previous line. Its author once answered the
opposite in the project's forum. The default follows the simulator, ``hold: since-previous``.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.rows import Rows, numbers
from traces.formats.steps import UNITS, steps

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_UNIT = "Mbit/s"


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read a "time rate" trace.

    Args:
        data: Two columns (three in multipath traces, then ``column`` says which) separated by
            blanks or tabs. The first time may be anything; the period is last - first.
        name: The file as the user named it.
        options: ``after``; ``hold`` (default ``since-previous``); ``period_ns``; ``unit`` (default
            ``Mbit/s``; some published Puffer traces are in ``MB/s`` whatever they say); ``column``;
            ``backwards``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for decreasing times, negative or absurd rates, no capacity.

    Example:
        >>> trace = read(b"5\t9\n6\t1\n8\t4\n", "tiny", {})
        >>> trace.period_ns, trace.mean_bps  # 1 s of 1 Mbit/s, then 2 s of 4
        (3000000000, 3000000.0)
        >>> read(b"5\t9\n6\t1\n8\t4\n", "tiny", {"hold": "until-next"}).mean_bps
        3666666.6666666665
    """
    rows = numbers(data, name, columns=(2, 3))
    rate = _rate_column(rows, name, options) - 1
    return steps(
        Rows(values=rows.values[:, [0, rate]], lines=rows.lines),
        name,
        options,
        TraceAbout(name=PurePath(name).name, source='"time rate" trace'),
        hold=options.get("hold", "since-previous"),
        unit_bps=UNITS[options.get("unit", _UNIT)],
    )


def _rate_column(rows: Rows, name: str, options: ReadOptions) -> int:
    width = rows.values.shape[1]
    column = options.get("column")
    assert not isinstance(column, str)  # noqa: S101  # 2 or 3, as its options say
    if column is None and width > 2:  # noqa: PLR2004  # time and one rate
        raise refuse(
            name,
            int(rows.lines[0]),
            "columns",
            width,
            rule="hold more than one rate",
            remedy="say `column: 2` or `column: 3`",
        )
    if column is not None and column > width:
        raise refuse(
            name,
            int(rows.lines[0]),
            "column",
            column,
            rule=f"must be one of the file's {width} columns",
            remedy="leave `column` out",
        )
    return column or 2


READER = Reader(
    name="pensieve",
    title='Pensieve "time rate": seconds and Mbit/s a line',
    options={
        "after": ("loop", "hold", "stop"),
        "hold": ("until-next", "since-previous"),
        "period_ns": (),
        "unit": tuple(UNITS),
        "column": (2, 3),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
    unit=_UNIT,
)

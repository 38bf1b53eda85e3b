"""Reader for tables with a header: times or durations, rates, and perhaps losses and delays.

splitcast's own format, the one to convert anything else into, is the table ``t_s,mbps``: a row per
change of rate, the time in seconds from any origin, never decreasing, and the rate in Mbit/s from
then until the next row. The last row ends the trace; its rate counts only if a period is given or
the trace is to hold its last value. ``loss`` (a probability from 0 to 1) and ``delay_ms`` (one
way) may follow and hold as long as the rate does::

    t_s,mbps              t_s,mbps,loss,delay_ms
    0,12.5                0,12.5,0,20
    2.4,0                 2.4,3,0.05,20
    3,8                   3,8,0,35.5
    10,0                  10,0,0,35.5

Other tables are read likewise if their names say what they hold: ``timestamp_ms;bandwidth_kbps``,
``Time (s),Throughput (Mbps)``, ``duration_s,rate_mbps``, ``start,end,bits_per_second``. Times may
be unix times or ISO 8601. Columns are separated by commas, semicolons, tabs or blanks; where by no
comma, ``1,5`` is a number. What a name leaves open is asked for, never guessed.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.chosen_columns import AMOUNTS, choose
from traces.formats.clocks import Clock, clock_of
from traces.formats.column_names import TIME_UNITS, column_name
from traces.formats.header import find_header
from traces.formats.interface import COLUMN, Reader, ReadOptions, refuse
from traces.formats.lasting import of_spans, per_second
from traces.formats.named_columns import NamedColumns
from traces.formats.order import in_order
from traces.formats.quality import Quality, delays_ns, losses
from traces.formats.rows import Rows
from traces.formats.samples import LONG_GAP_S
from traces.formats.steps import UNITS, steps

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.formats.chosen_columns import Chosen
    from traces.formats.column_names import ColumnName
    from traces.formats.header import Header
    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_MOST_NAMED = 6
_LONGEST_NAME = 60


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read a table with a header.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``after``; ``hold`` (default ``until-next``); ``period_ns``, which lets the last
            row last until the period's end; ``unit``, ``column``, ``time_column``, ``time_unit``
            and ``direction``, where names leave them open; ``backwards``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for a header that leaves something open, decreasing times,
            negative or absurd rates, losses and delays, no capacity.

    Example:
        >>> trace = read(b"t_s,mbps\n0,12.5\n2.5,0\n5,1\n", "tiny.csv", {})
        >>> trace.period_ns, trace.mean_bps
        (5000000000, 6250000.0)
        >>> read(b"t_s,mbps\n0,12\n", "constant.csv", {"after": "hold"}).mean_bps
        12000000.0
        >>> read(b"t_s,mbps,delay_ms\n0,12,20\n5,1,20\n", "x", {}).conditions.delay_ns_at(0)
        20000000
        >>> read(b"duration_ms;rate_kbps\n500;1,5\n500;2,5\n", "x", {}).mean_bps
        2000.0
    """
    header = find_header(data)
    if header is None:
        first = data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0].strip()
        raise refuse(
            name,
            1,
            "header",
            first[:80].decode("utf-8", "replace") or "(blank)",
            rule="must name the columns",
            remedy="put their names on the first line, like t_s,mbps",
        )
    chosen = choose(header, name, options)
    table = NamedColumns.of(data, name, tuple(c.text for c in chosen.all), header)
    rates = _known(table, chosen.rate.text)
    clock = None
    if chosen.time is not None:
        clock = clock_of(table, chosen.time, options.get("time_unit"))
    about = _about(PurePath(name).name, header, chosen, clock)
    loss, delay = chosen.loss, chosen.delay
    quality = Quality(
        loss=losses(_scaled(table, loss, 1.0), name, loss.text if loss else "", table.line),
        delay_ns=delays_ns(
            _scaled(table, delay, 1e3), name, delay.text if delay else "", table.line
        ),
    )
    if clock is None or chosen.duration is not None or chosen.end is not None:
        return of_spans(table, chosen, clock, rates, quality, options, about)
    hold = options.get("hold", "until-next")
    taken = in_order(clock.seconds, name, table.line, options.get("backwards", "refuse"))
    at_s, rates, unit = clock.seconds[taken], rates[taken], chosen.unit_bps
    gaps = np.diff(at_s)
    if chosen.amounts:
        rates = per_second(rates, gaps, hold, options, lambda k: table.line(int(taken[k])), name)
    if (clock.wall or chosen.rate.obtained) and gaps.size and gaps.max() > LONG_GAP_S:
        doubt = f"has no sample for {gaps.max():.0f} s, over which the last rate is held"
        about = replace(about, doubts=(*about.doubts, doubt))
    return steps(
        Rows(values=np.stack([at_s, rates], axis=1), lines=table.lines[taken]),
        name,
        options,
        about,
        hold=hold,
        unit_bps=unit,
        quality=quality.mapped(lambda column: column[taken]),
    )


def _known(table: NamedColumns, column: str) -> NDArray[np.float64]:
    """Return the numbers of a column that has one in each row."""
    values = table.numbers(column)
    unknown = np.flatnonzero(np.isnan(values))
    if unknown.size:
        raise table.refuse(int(unknown[0]), column, "must be a finite number")
    return values


def _scaled(
    table: NamedColumns, column: ColumnName | None, factor: float
) -> NDArray[np.float64] | None:
    """Return a column in the unit that messages use: delays in ms, losses as shares."""
    if column is None or column.unit is None:
        return None
    values = _known(table, column.text)
    return values if column.unit * factor == 1 else values * (column.unit * factor)


def _about(name: str, header: Header, chosen: Chosen, clock: Clock | None) -> TraceAbout:
    """Return what the table measures, with the names of what was read and what was not."""
    read_ = [column.text for column in chosen.all]
    unread = [cell for cell in header.cells if cell and cell not in read_]
    doubts = list(clock.doubts if clock is not None else ())
    for cell in unread:
        column = column_name(cell)
        if column.role == "delay" and column.unit is None:
            doubts.append(
                f"has a column `{_clean(cell)}` without a unit: name it delay_ms to use it"
            )
    source = f"table of {', '.join(map(_clean, read_))}"
    if unread:
        more = f" and {len(unread) - _MOST_NAMED} more" if len(unread) > _MOST_NAMED else ""
        source += f" (not read: {', '.join(map(_clean, unread[:_MOST_NAMED]))}{more})"
    return TraceAbout(
        name=name,
        measures="flow-rate" if chosen.rate.obtained else "unknown",
        direction=chosen.rate.direction,
        source=source,
        doubts=tuple(doubts),
    )


def _clean(cell: str) -> str:
    """Return a name that a terminal can show."""
    shown = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in cell)
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 3]}..."


READER = Reader(
    name="csv",
    title="table with a header: t_s,mbps, perhaps loss and delay_ms, or names with units",
    options={
        "after": ("loop", "hold", "stop"),
        "hold": ("until-next", "since-previous"),
        "period_ns": (),
        "unit": (*UNITS, *AMOUNTS),
        "column": COLUMN,
        "time_column": COLUMN,
        "time_unit": tuple(TIME_UNITS),
        "direction": ("uplink", "downlink"),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

"""Losses and delays from a table of their own, joined to the capacity of any trace.

The table has a time and ``loss`` (0 to 1, or ``loss_pct``), ``delay_ms`` (one way) or both; of a
round trip, as ``rtt_ms``, half is the delay. Times count from the trace's first instant; dates and
unix times from the table's first row. A row holds until the next, the first also before it, and the
last until the trace ends; they come round with the capacity.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from traces.conditions import Conditions
from traces.formats.clocks import clock_of
from traces.formats.column_names import column_name
from traces.formats.header import find_header
from traces.formats.interface import LONGEST_S, refuse
from traces.formats.named_columns import NamedColumns
from traces.formats.order import in_order
from traces.formats.quality import delays_ns, losses
from traces.opportunity import OpportunityTrace
from traces.rate import RateTrace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.bandwidth import BandwidthTrace
    from traces.formats.column_names import ColumnName, Role

__all__ = ["BesideTable", "beside_table", "joined"]

_LIKE = "name its columns like t_s,delay_ms or t_s,loss or t_s,loss,delay_ms"


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideTable:
    """Losses and delays over time.

    Attributes:
        name: The file as the user named it.
        starts_ns: [n] when each row begins, increasing.
        loss: [n] probabilities; None where the table has none.
        delay_ns: [n] one-way delays; None likewise.
        doubts: What was assumed, as predicates.
    """

    name: str
    starts_ns: NDArray[np.int64]
    loss: NDArray[np.float64] | None
    delay_ns: NDArray[np.float64] | None
    doubts: tuple[str, ...]


def beside_table(data: bytes, name: str) -> BesideTable:
    r"""Return the losses and delays of a table.

    Args:
        data: The file's content.
        name: The file as the user named it.

    Raises:
        InputError: With the line, for a header without a time or without loss and delay, a clock
            that goes back, values that are none or out of range.

    Example:
        >>> beside_table(b"t_s,delay_ms\n0,20\n5,35.5\n", "x").delay_ns
        array([20000000., 35500000.])
    """
    header = find_header(data)
    columns = [column_name(cell) for cell in header.cells] if header is not None else []
    time = _first(columns, "time") or _first(columns, "start")
    loss, delay, trip = (_first(columns, role) for role in ("loss", "delay", "round trip"))
    delay = delay or trip
    if header is None or time is None or (loss is None and delay is None):
        shown = ",".join(header.cells) if header is not None else "(none)"
        rule, line = "names no time, or neither loss nor delay", header.line if header else 1
        raise refuse(name, line, "header", shown, rule=rule, remedy=_LIKE)
    if delay is not None and delay.unit is None:
        rule = f"states no unit of `{delay.text}`"
        raise refuse(name, header.line, "header", delay.text, rule=rule, remedy=_LIKE)
    chosen = [column for column in (time, loss, delay) if column is not None]
    table = NamedColumns.of(data, name, [column.text for column in chosen], header)
    clock = clock_of(table, time, None)
    in_order(clock.seconds, name, table.line)
    if clock.seconds[0] < 0:
        raise table.refuse(0, time.text, "must be 0 or more: times count from the trace's start")
    if not clock.seconds[-1] <= LONGEST_S:
        rule = f"must be within {LONGEST_S} s of the trace's start"
        raise table.refuse(len(table.lines) - 1, time.text, rule)
    at_ns = np.rint(clock.seconds * 1e9).astype(np.int64)
    last = np.append(np.diff(at_ns) > 0, True)  # of rows at one instant the last one counts
    doubts = list(clock.doubts)
    if delay is not None and delay.role == "round trip":
        doubts.append(f"has half of `{delay.text}` as its delay")

    def column(of: ColumnName | None, factor: float) -> NDArray[np.float64] | None:
        if of is None or of.unit is None:
            return None
        values = table.numbers(of.text)
        return values if of.unit * factor == 1 else values * (of.unit * factor)

    lost = losses(column(loss, 1.0), name, loss.text if loss else "", table.line)
    one_way = 0.5 if delay is not None and delay.role == "round trip" else 1.0
    late = delays_ns(
        column(delay, 1e3), name, delay.text if delay else "", table.line, one_way=one_way
    )
    if lost is None and late is None:
        rule, remedy = "must be a loss or a delay somewhere", "give a table with at least one"
        raise refuse(name, header.body_line + 1, "rows", "no number", rule=rule, remedy=remedy)
    return BesideTable(
        name=name,
        starts_ns=at_ns[last],
        loss=None if lost is None else lost[last],
        delay_ns=None if late is None else late[last],
        doubts=tuple(doubts),
    )


def _first(columns: list[ColumnName], role: Role) -> ColumnName | None:
    return next((column for column in columns if column.role == role), None)


def joined(trace: BandwidthTrace, table: BesideTable) -> BandwidthTrace:
    """Return a trace with a table's losses and delays.

    Args:
        trace: From its own start: not yet shifted.
        table: What holds beside it.

    Raises:
        InputError: If the trace's own file says what the table says.
    """
    assert isinstance(trace, RateTrace | OpportunityTrace)  # noqa: S101  # the two kinds there are
    own = trace.conditions
    for what in ("loss", "delay_ns"):
        if own is not None and getattr(own, what) is not None and getattr(table, what) is not None:
            word = what.removesuffix("_ns")
            rule, remedy = f"also gives {word}, as {table.name} does", "take the column out of one"
            raise refuse(trace.about.name, None, "file", word, rule=rule, remedy=remedy)
    within = table.starts_ns < trace.period_ns
    within[0] = True
    doubts = [f"{doubt} ({table.name})" for doubt in table.doubts]
    if left := int((~within).sum() - (table.starts_ns == trace.period_ns).sum()):
        doubts.append(f"ends before {left} rows of {table.name}, which are not used")
    elif (span := int(table.starts_ns[-1])) and span < trace.period_ns - _slack_ns(table):
        doubts.append(
            f"goes on for {(trace.period_ns - span) / 1e9:g} s after the last row of "
            f"{table.name}, which holds until the end"
        )
    starts = table.starts_ns[within].copy()
    starts[0] = 0  # the first row also holds before its time
    loss = None if table.loss is None else table.loss[within]
    delay = None if table.delay_ns is None else np.rint(table.delay_ns[within])
    marks = starts
    if own is not None:
        marks = np.union1d(starts, np.array(own.starts_ns))
        ours = np.searchsorted(own.starts_ns, marks, side="right") - 1
        theirs = np.searchsorted(starts, marks, side="right") - 1
        loss = np.array(own.loss)[ours] if loss is None and own.loss else _at(loss, theirs)
        own_delay = None if own.delay_ns is None else np.array(own.delay_ns)[ours]
        delay = own_delay if delay is None else _at(delay, theirs)
    conditions = Conditions.from_steps(
        marks, loss=loss, delay_ns=delay, period_ns=trace.period_ns, after=trace.after
    )
    about = replace(trace.about, doubts=(*trace.about.doubts, *doubts))
    return replace(trace, conditions=conditions, about=about)


def _slack_ns(table: BesideTable) -> int:
    """Return how much earlier than the trace a table may end: a step is usual."""
    gaps = np.diff(table.starts_ns)
    return 2 * int(np.median(gaps)) if len(gaps) else 0


def _at(values: NDArray[np.float64] | None, rows: NDArray[np.int64]) -> NDArray[np.float64] | None:
    return None if values is None else values[rows]

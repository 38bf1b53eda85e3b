"""Times in a table's cells turned into seconds: numbers in a unit, unix times, and ISO 8601.

A unix time tells its unit by its size: in seconds it has ten digits for centuries to come, in ms
thirteen. Nothing else about a bare number tells its unit. Times without any are taken to be seconds
where they are 10 ms to 10 s apart, as in every published table of such a column, and that is said;
otherwise the user is asked.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np

from traces.formats.column_names import TIME_UNITS
from traces.formats.interface import option, refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.formats.column_names import ColumnName
    from traces.formats.named_columns import NamedColumns

__all__ = ["Clock", "clock_of", "spans_of"]

_EPOCHS: Final = {1.0: "s", 1e-3: "ms", 1e-6: "us", 1e-9: "ns"}
_FROM_S, _TO_S = 1e9, 4.2e9  # the years 2001 to 2103
_STEPS_S = (0.01, 10.0)
_LARGEST_S = 1e11
_DAY_S = 86_400
_OF_DAY = re.compile(r"(\d\d?):(\d\d):(\d\d(?:[.,]\d{1,9})?)", re.ASCII)
_ORIGIN = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """The times of a table's rows.

    Attributes:
        seconds: [rows] seconds from any origin.
        wall: Whether they are dates: somebody measured then.
        doubts: What was assumed about them, as predicates.
        one_s: One of their unit in seconds.
        origin: What counts as 0, in their unit.
    """

    seconds: NDArray[np.float64]
    wall: bool
    doubts: tuple[str, ...] = ()
    one_s: float
    origin: float


def clock_of(
    table: NamedColumns, column: ColumnName, unit: str | None, like: Clock | None = None
) -> Clock:
    r"""Return the times of a column.

    Args:
        table: The table.
        column: Its column of times.
        unit: Their unit where the user gave it.
        like: The clock whose unit and origin these times share.

    Raises:
        InputError: With the line, for cells that are no time, and times whose unit nobody knows.

    Example:
        >>> from traces.formats.column_names import column_name
        >>> from traces.formats.named_columns import NamedColumns
        >>> rows = b"time,mbps\n1700000000500,8\n1700000001500,9\n"
        >>> cells = NamedColumns.of(rows, "x", ("time",))
        >>> clock_of(cells, column_name("time"), None).seconds
        array([0., 1.])
    """
    if column.text in table.cells:
        at_us = _dates(table, column.text)
        first = at_us[0] if like is None else like.origin
        return Clock(seconds=(at_us - first) / 1e6, wall=True, one_s=1e-6, origin=first)
    values = table.numbers(column.text)
    unknown = np.flatnonzero(np.isnan(values))
    if unknown.size:
        raise table.refuse(int(unknown[0]), column.text, "must be a time")
    if like is not None:
        return replace(like, seconds=_since(values, like.origin, like.one_s))
    one_s = column.unit if unit is None else TIME_UNITS[unit]
    doubts: tuple[str, ...] = ()
    epoch = next((u for u in _EPOCHS if _FROM_S <= values[0] * u < _TO_S), None)
    if unit is None and epoch is not None and (one_s is None or values[0] * one_s > _LARGEST_S):
        if one_s is not None:
            doubts = (f"has unix times in {_EPOCHS[epoch]}, whatever `{column.text}` says",)
        one_s = epoch
    if one_s is None:
        one_s, doubts = _assumed(values, table, column.text)
    origin = values[0] if epoch is not None else 0.0
    return Clock(
        seconds=_since(values, origin, one_s),
        wall=epoch is not None,
        doubts=doubts,
        one_s=one_s,
        origin=origin,
    )


def _since(values: NDArray[np.float64], origin: float, one_s: float) -> NDArray[np.float64]:
    """Return times as seconds since an origin, as fine as a float holds a unix time."""
    seconds = (values - origin) * one_s
    return np.round(seconds, 6) if origin else seconds


def spans_of(table: NamedColumns, column: ColumnName, unit: str | None) -> NDArray[np.float64]:
    """Return a column of durations in seconds.

    Raises:
        InputError: With the line, for cells that are no number, and durations without a unit.
    """
    one_s = column.unit if unit is None else TIME_UNITS[unit]
    if one_s is None:
        raise _no_unit(table.name, column.text, "has no unit in its name")
    values = table.numbers(column.text)
    unknown = np.flatnonzero(np.isnan(values))
    if unknown.size:
        raise table.refuse(int(unknown[0]), column.text, "must be a number")
    return values * one_s


def _assumed(
    values: NDArray[np.float64], table: NamedColumns, name: str
) -> tuple[float, tuple[str, ...]]:
    """Take times without a unit to be seconds, if they are as far apart as such times are."""
    steps = np.diff(values)
    typical = float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0
    least, most = _STEPS_S
    if not least <= typical <= most:
        raise _no_unit(
            table.name,
            name,
            f"has no unit in its name, and steps of {typical:g} are hardly seconds",
        )
    return 1.0, (
        f"has times without a unit, taken to be seconds: else {option('time_unit', 'ms')}",
    )


def _no_unit(name: str, column: str, rule: str) -> Exception:
    remedy = f"{option('time_unit', 'ms')}, or whichever of {', '.join(TIME_UNITS)} it is"
    return refuse(name, None, "time", column, rule=rule, remedy=remedy)


def _dates(table: NamedColumns, column: str) -> NDArray[np.int64]:
    """Return dates, or times of a day, in microseconds."""
    cells = table.texts(column, "must be a time")
    of_day = bool(_OF_DAY.fullmatch(cells[0]))
    found: list[int] = []
    days = 0
    for row, cell in enumerate(cells):
        at_us = _of_day_us(cell) if of_day else _date_us(cell)
        if at_us is None:
            like = "12:00:00.5" if of_day else "2024-01-02T12:00:00.5Z"
            raise table.refuse(row, column, f"must be a time like {like}")
        if of_day:
            at_us += days * _DAY_S * 10**6
            if found and found[-1] - at_us > _DAY_S * 10**6 // 2:  # past midnight
                days += 1
                at_us += _DAY_S * 10**6
        found.append(at_us)
    return np.array(found, dtype=np.int64)


def _date_us(cell: str) -> int | None:
    """Return the microseconds since 1970 of an ISO 8601 time, without a zone as if in UTC."""
    try:
        at = datetime.fromisoformat(cell.removesuffix(" UTC").replace("/", "-"))
    except ValueError:
        return None
    passed = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _ORIGIN
    return (passed.days * _DAY_S + passed.seconds) * 10**6 + passed.microseconds


def _of_day_us(cell: str) -> int | None:
    match = _OF_DAY.fullmatch(cell)
    if match is None:
        return None
    hours, minutes, seconds = match.groups()
    whole = int(hours) * 3600 + int(minutes) * 60
    return whole * 10**6 + round(float(seconds.replace(",", ".")) * 10**6)

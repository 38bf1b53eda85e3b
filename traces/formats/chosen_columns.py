"""Which columns of a table are its time, its rate, its losses and delays; what is missing is asked.

Columns are found by their names, and the options ``column``, ``time_column``, ``unit``,
``time_unit`` and ``direction`` say what names leave open. A message shows the header as it stands
in the file, and the option to give.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from traces.formats.column_names import ColumnName, Role, column_name
from traces.formats.interface import option, refuse
from traces.formats.steps import UNITS

if TYPE_CHECKING:
    from simulator.foundation.errors import InputError
    from traces.formats.header import Header
    from traces.formats.interface import ReadOptions

__all__ = ["AMOUNTS", "Chosen", "choose", "named"]

AMOUNTS: Final = {"B/interval": 8, "bit/interval": 1}
"""Units of what crossed in each interval, in bits."""

_INDEX = frozenset({"", "index", "unnamed: 0"})
_SHOWN = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The columns of a table that are read.

    Attributes:
        time: When a row is, or begins; None where durations alone are given.
        end: When it ends.
        duration: How long it lasts.
        rate: Its rate or amount, with its unit.
        amounts: Whether that is an amount in each interval.
        loss: Its loss.
        delay: Its one-way delay.
    """

    time: ColumnName | None
    end: ColumnName | None
    duration: ColumnName | None
    rate: ColumnName
    amounts: bool
    loss: ColumnName | None
    delay: ColumnName | None

    @property
    def unit_bps(self) -> float:
        """One of the rate's unit in bit/s, or of the amount's in bits."""
        assert self.rate.unit is not None  # noqa: S101  # or it was asked for
        return self.rate.unit

    @property
    def all(self) -> tuple[ColumnName, ...]:
        """Every column that is read."""
        found = (self.time, self.end, self.duration, self.rate, self.loss, self.delay)
        return tuple(column for column in found if column is not None)


def choose(header: Header, name: str, options: ReadOptions) -> Chosen:
    r"""Return the columns to read.

    Args:
        header: The table's.
        name: The file as the user named it.
        options: ``column``, ``time_column``, ``unit``, ``direction``.

    Raises:
        InputError: With the header, for what it leaves open and no option says.

    Example:
        >>> from traces.formats.header import find_header
        >>> chosen = choose(find_header(b"Time (s),Throughput (Mbps)\\n"), "x", {})
        >>> chosen.time.text, chosen.rate.unit
        ('Time (s)', 1000000.0)
    """
    columns = [column_name(cell) for cell in header.cells]
    time = _time(columns, header, name, options)
    end, duration = (one(columns, header, name, role) for role in ("end", "duration"))
    if time is None and duration is None:
        remedy = "name it like t_s or timestamp_ms, or "
        raise _refuse(header, name, "names no time", remedy + option("time_column", _any(header)))
    if time is None or time.role != "start":
        end = None  # the end of what?
    if end is not None:
        duration = None
    rate = _rate(columns, header, name, options, {time, end, duration})
    unit = options.get("unit")
    if unit is not None:
        rate = replace(rate, unit=float({**UNITS, **AMOUNTS}[unit]))
    if rate.unit is None:
        each = "an amount or a rate, and " if rate.role == "amount" else ""
        rule = f"leaves it open whether `{rate.text}` is {each}in bits or bytes, kilo or mega"
        if rate.role != "amount" and not rate.text.isupper():
            rule = f"states no unit of `{rate.text}`"
        units = ", ".join([*UNITS, *AMOUNTS])
        first = "B/interval" if rate.role in {"amount", "other"} else "Mbit/s"
        raise _refuse(header, name, rule, f"{option('unit', first)}, or whichever of {units} it is")
    loss, delay = (one(columns, header, name, role) for role in ("loss", "delay"))
    return Chosen(
        time=time,
        end=end,
        duration=duration,
        rate=rate,
        amounts=unit in AMOUNTS,
        loss=loss,
        delay=None if delay is None or delay.unit is None else delay,
    )


def named(columns: list[ColumnName], wanted: int | str, header: Header, name: str) -> ColumnName:
    """Return a column by its number from 1 or its name.

    Raises:
        InputError: If there is none, or two of that name.
    """
    if isinstance(wanted, int):
        if wanted > len(columns):
            rule = f"has {len(columns)} columns, and no column {wanted}"
            raise _refuse(header, name, rule, "give a name or a number of these")
        wanted = header.cells[wanted - 1]
    found = [column for column in columns if column.text == wanted]
    found = found or [c for c in columns if c.text.lower() == wanted.lower()]
    if len(found) != 1:
        rule = f"has {len(found) or 'no'} columns {wanted!r}"
        raise _refuse(header, name, rule, "give a name of these, each there once")
    return found[0]


def one(columns: list[ColumnName], header: Header, name: str, role: Role) -> ColumnName | None:
    """Return the column of a role, if there is one.

    Raises:
        InputError: If there are several of one name.
    """
    found = [column for column in columns if column.role == role]
    if len({column.text for column in found}) < len(found):
        raise _refuse(header, name, f"must name each {role} once", "rename or remove a column")
    return found[0] if found else None


def _time(
    columns: list[ColumnName], header: Header, name: str, options: ReadOptions
) -> ColumnName | None:
    wanted = options.get("time_column")
    if wanted is not None:
        column = named(columns, wanted, header, name)
        return column if column.role in {"time", "start"} else replace(column, role="time")
    starts = [column for column in columns if column.role == "start"]
    times = [column for column in columns if column.role == "time"]
    found = starts or times
    if len({column.text for column in found}) < len(found):
        raise _refuse(header, name, "must name each time once", "rename or remove a column")
    if len(found) > 1:
        rule = f"names {len(found)} times"
        raise _refuse(header, name, rule, option("time_column", found[0].text))
    if not found:
        return None
    time = found[0]
    if time.role == "start" and time.unit is None and "interval" in time.text.lower():
        return replace(time, unit=1.0)  # Wireshark's, always in seconds
    return time


def _rate(
    columns: list[ColumnName],
    header: Header,
    name: str,
    options: ReadOptions,
    taken: set[ColumnName | None],
) -> ColumnName:
    """Return the column of the rate: by option, by name, by direction, or the only one left."""
    wanted = options.get("direction")
    if "column" in options:
        column = named(columns, options["column"], header, name)
    else:
        found = [c for c in columns if c.role == "rate" and c not in taken]
        found = found or [c for c in columns if c.role == "amount" and c not in taken]
        rest = [c for c in columns if c.role == "other" and c.text.lower() not in _INDEX]
        if not found and len(rest) == 1:
            found = rest
        directions = [c.direction for c in found]
        if len(found) > 1 and wanted in directions:
            found = [c for c in found if c.direction == wanted]
        elif len(found) > 1 and set(directions) == {"uplink", "downlink"} and len(found) == 2:  # noqa: PLR2004
            remedy = f"{option('direction', 'uplink')}, or downlink"
            raise _refuse(header, name, "has rates of both directions", remedy)
        if len(found) > 1:
            remedy = option("column", found[0].text)
            raise _refuse(header, name, f"names {len(found)} rates", remedy)
        if not found:
            remedy = f"name it like mbps or rate_kbps, or {option('column', _any(header))}"
            raise _refuse(header, name, "names no rate", f"{remedy} with its `unit`")
        column = found[0]
    if wanted is not None and column.direction not in {wanted, "unknown"}:
        rule = f"names a rate of the {column.direction}, `{column.text}`"
        raise _refuse(header, name, rule, f"leave out `direction: {wanted}`")
    return column if wanted is None else replace(column, direction=wanted)


def _any(header: Header) -> str:
    """Return the name of some column that could be meant, for an example."""
    return next((cell for cell in header.cells if cell.lower() not in _INDEX), "2")


def _refuse(header: Header, name: str, rule: str, remedy: str) -> InputError:
    shown = (header.separator or " ").join(header.cells)[:_SHOWN] or "(blank)"
    return refuse(name, header.line, "header", shown, rule=rule, remedy=remedy)

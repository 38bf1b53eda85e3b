"""What a reader is: a name, the options it understands, and one function from bytes to a trace."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, TypedDict

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from traces.about import After, Direction
    from traces.bandwidth import BandwidthTrace

__all__ = [
    "COLUMN",
    "LONGEST_S",
    "Backwards",
    "Hold",
    "ReadOptions",
    "Reader",
    "TimeUnit",
    "option",
    "refuse",
]

LONGEST_S = 366 * 86400
"""Longest trace a reader takes. More is a wrong time unit, or an epoch among seconds."""

Hold = Literal["until-next", "since-previous"]
"""Which interval a line's rate describes: the one it begins, or the one it ends."""

Backwards = Literal["refuse", "cut", "sort"]
"""What to do where a file's clock goes back: refuse it, end the trace there, or sort the rows."""


TimeUnit = Literal["s", "ms", "us", "ns", "min"]
"""Unit of a table's times."""

COLUMN: Final = (int, str)
"""The values of an option that names a column: its number from 1, or its name."""


class ReadOptions(TypedDict, total=False):
    """How to read a file where its bytes do not say. Each reader names those it understands.

    Attributes:
        after: What follows the end: ``loop`` (default), ``hold`` or ``stop``.
        hold: ``until-next`` or ``since-previous``.
        period_ns: Length of the trace where the last line does not say it.
        unit: Unit of the rates, of ``traces.formats.steps.UNITS``; of a table's amounts in each
            interval ``B/interval`` or ``bit/interval``.
        column: Which column holds the rate: its number from 1, or in a table with a header its
            name.
        time_column: Which column of a table holds the time, likewise.
        time_unit: Unit of a table's times or durations.
        opportunity_bytes: What one delivery opportunity carries.
        run: Which of several runs in one file.
        direction: Which of a file's two directions, ``uplink`` or ``downlink``.
        backwards: What to do where the clock goes back: ``refuse`` (default), ``cut`` or ``sort``.
        ceiling_bps: Rates above this are lowered to it: published files hold corrupt spikes.
    """

    after: After
    hold: Hold
    period_ns: int
    unit: str
    column: int | str
    time_column: int | str
    time_unit: TimeUnit
    opportunity_bytes: int
    run: int
    direction: Direction
    backwards: Backwards
    ceiling_bps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """One format.

    Attributes:
        name: What ``format:`` says.
        title: The format in words.
        options: The options it understands, and for each the values it may take; an empty
            tuple stands for any positive integer, `COLUMN` for any name or number of a column.
        read: From (content, name shown in messages, options) to a trace.
        unit: The unit of its rates by convention, where nothing in a file says so. Such a file is
            read only if the user names the format or the unit.
    """

    name: str
    title: str
    options: dict[str, tuple[str | int | type, ...]]
    read: Callable[[bytes, str, ReadOptions], BandwidthTrace]
    unit: str | None = None


def refuse(
    name: str, line: int | None, what: str, value: object, *, rule: str, remedy: str
) -> InputError:
    """Return the error for one line of a trace file.

    Args:
        name: The file as the user named it.
        line: Line number from 1, or None for the whole file.
        what: What is wrong there.
        value: What was found.
        rule: What it must be.
        remedy: What to do about it.
    """
    where = name if line is None else f"{name}:{line}"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))


def option(name: str, value: str) -> str:
    """Return how a user gives an option, in a scenario and on the command line.

    Example:
        >>> option("time_unit", "ms")
        'say `time_unit: ms` (`--time-unit ms`)'
    """
    return f"say `{name}: {value}` (`--{name.replace('_', '-')} {shlex.quote(value)}`)"

"""The options with which the `traces` commands read a file, and the trace they then have."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from simulator.cli.option_values import option_name
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.quantities import duration_ns, rate_bps, size_bytes

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from simulator.cli.interface import Arguments
    from traces import BandwidthTrace, ReadOptions

__all__ = [
    "add_content_options",
    "add_reading_options",
    "content_options",
    "family_trace",
    "quantity",
    "read_trace",
]

_WORDS = {
    "hold": (("until-next", "since-previous"), "which interval a line's rate describes"),
    "direction": (("uplink", "downlink"), "which of its two directions"),
    "backwards": (("refuse", "cut", "sort"), "what to do where its clock goes back"),
    "time_unit": (("s", "ms", "us", "ns", "min"), "unit of a table's times or durations"),
}
_COLUMNS = {
    "column": "which column holds the rate, where there are several: its number or its name",
    "time_column": "which column of a table holds the time, likewise",
}
_QUANTITIES: dict[str, tuple[str, Callable[[str], int], str]] = {
    "period": ("period_ns", duration_ns, "its length, where the last line does not say it: '60 s'"),
    "ceiling": ("ceiling_bps", rate_bps, "lower rates above this to it: '100 Mbit/s'"),
}


def add_reading_options(parser: argparse.ArgumentParser) -> None:
    """Add all that a scenario, too, can say about a trace file."""
    parser.add_argument("--format", help="its format; recognised from its content if left out")
    parser.add_argument("--after", choices=("loop", "hold", "stop"), help="what follows its end")
    parser.add_argument(
        "--conditions", metavar="FILE", type=Path, help="table of t_s,loss,delay_ms to join to it"
    )
    about = "what one opportunity carries: '1504 B'"
    parser.add_argument("--opportunity", metavar="QUANTITY", help=about)
    add_content_options(parser)


def add_content_options(parser: argparse.ArgumentParser) -> None:
    """Add what must be said where a file's content leaves something open."""
    group = parser.add_argument_group("how to read the trace file")
    group.add_argument("--unit", help="unit of its rates, where the format leaves it open: Mbit/s")
    for name, (values, about) in _WORDS.items():
        group.add_argument(option_name(name), choices=values, help=about)
    for name, about in _COLUMNS.items():
        group.add_argument(option_name(name), type=_column, metavar="COLUMN", help=about)
    group.add_argument("--run", type=int, metavar="N", help="which of several runs or tests in it")
    for name, (_, _, about) in _QUANTITIES.items():
        group.add_argument(f"--{name}", metavar="QUANTITY", help=about)


def read_trace(arguments: Arguments, file: Path) -> BandwidthTrace:
    """Return the trace of a file, read as the arguments say.

    Raises:
        InputError: For quantities that are none, and whatever `traces.read` refuses.
    """
    from traces import read

    options = content_options(arguments)
    if arguments.after is not None:
        options["after"] = arguments.after
    if arguments.opportunity is not None:
        size = quantity("--opportunity", arguments.opportunity, size_bytes)
        options["opportunity_bytes"] = size
    return read(file, arguments.format, conditions=arguments.conditions, **options)


def content_options(arguments: Arguments) -> ReadOptions:
    """Return what the arguments of `add_content_options` say.

    Raises:
        InputError: For quantities that are none.
    """
    names = (*_WORDS, *_COLUMNS, "run", "unit")
    options: dict[str, Any] = {name: getattr(arguments, name) for name in names}
    for name, (key, parse, _) in _QUANTITIES.items():
        text = getattr(arguments, name)
        options[key] = None if text is None else quantity(f"--{name}", text, parse)
    return cast("ReadOptions", {key: value for key, value in options.items() if value is not None})


def _column(text: str) -> int | str:
    return int(text) if text.isascii() and text.isdecimal() else text


def quantity(name: str, text: str, parse: Callable[[str], int]) -> int:
    """Return the quantity an argument states.

    Raises:
        InputError: If it states none.
    """
    try:
        return parse(text)
    except ValueError as error:
        remedy = f"give {name} with its unit, in quotes"
        raise InputError(
            Problem(where="argument", what=name, value=text, rule=str(error), remedy=remedy)
        ) from None


def family_trace(family: str, seed: int, duration: str) -> BandwidthTrace:
    """Return a synthetic trace.

    Raises:
        InputError: For an unknown family, or a duration that is none or out of range.
    """
    from traces import synthesise

    return synthesise(family, seed, quantity("--duration", duration, duration_ns))

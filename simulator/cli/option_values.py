"""Values of options that argparse hands over as text, parsed or refused like all other input."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.places import check_output

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["option_name", "output_file", "parsed", "whole_number"]

T = TypeVar("T")


def option_name(name: str) -> str:
    """Return an argument's name as users type it.

    Example:
        >>> option_name("max_batch")
        '--max-batch'
    """
    return f"--{name.replace('_', '-')}"


def output_file(text: str) -> Path:
    """Return the path of a file to write, tried before the work.

    Raises:
        InputError: If no file can be written there.
    """
    check_output(Path(text))
    return Path(text)


def parsed(option: str, what: str, text: str, parse: Callable[[str], T], example: str) -> T:
    """Return an option's value.

    Args:
        option: As users type it.
        what: What its value is.
        text: As typed.
        parse: Raises a ValueError whose message is a predicate ("must be ...").
        example: A value that would do.

    Raises:
        InputError: With that message.
    """
    try:
        return parse(text)
    except ValueError as error:
        remedy = f"write {option} {example!r}"
        problem = Problem(where=option, what=what, value=text, rule=str(error), remedy=remedy)
        raise InputError(problem) from error


def whole_number(option: str, text: str, least: int, most: int, usual: int) -> int:
    """Return a whole number from ``least`` to ``most``.

    Raises:
        InputError: If it is something else.

    Example:
        >>> whole_number("--workers", "0", 1, 99, 1)
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: --workers value: 0 must be a whole number from 1 ...
    """

    def parse(text: str) -> int:
        if text.isascii() and text.isdecimal() and least <= int(text[:19]) <= most:
            return int(text)
        msg = f"must be a whole number from {least} to {most}"
        raise ValueError(msg)

    return parsed(option, "value", text, parse, str(usual))

"""Steps tried one after the other, with the problems of all of them told at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from simulator.foundation.errors import Problem

__all__ = ["every"]

T = TypeVar("T")


def every(steps: Iterable[Callable[[], T]]) -> list[T]:
    """Return what all steps return.

    Raises:
        InputError: With the problems of all steps that fail, each once.

    Example:
        >>> every([lambda: 1, lambda: 2])
        [1, 2]
    """
    found: list[T] = []
    problems: dict[Problem, None] = {}
    for step in steps:
        try:
            found.append(step())
        except InputError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise InputError(*problems)
    return found

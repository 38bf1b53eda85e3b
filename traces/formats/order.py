"""Clocks that go back, and rows that share an instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.formats.interface import Backwards

__all__ = ["averaged", "in_order"]


def in_order(
    clock: NDArray[np.float64],
    name: str,
    line: Callable[[int], int],
    backwards: Backwards = "refuse",
) -> NDArray[np.int64]:
    """Return which rows to take, in which order, so that a clock never goes back.

    Args:
        clock: [rows] times, in any unit.
        name: The file as the user named it.
        line: From row to line number.
        backwards: What to do where the clock goes back: ``refuse``; ``cut`` the rest off, as
            Pensieve's converters do; or ``sort`` the rows.

    Raises:
        InputError: With the line, if the clock goes back and is to be refused.

    Example:
        >>> in_order(np.array([0.0, 2.0, 1.0, 3.0]), "x", int, "sort")
        array([0, 2, 1, 3])
        >>> in_order(np.array([0.0, 2.0, 1.0, 3.0]), "x", int, "cut")
        array([0, 1])
    """
    falls = np.flatnonzero(np.diff(clock) < 0)
    if not falls.size:
        return np.arange(len(clock))
    k = int(falls[0]) + 1
    if backwards == "cut":
        return np.arange(k)
    if backwards == "sort":
        return np.argsort(clock, kind="stable")
    raise refuse(
        name,
        line(k),
        "time",
        f"{clock[k]:.13g} after {clock[k - 1]:.13g}",
        rule="must not decrease",
        remedy="say `backwards: cut` to end the trace there, or `backwards: sort`",
    )


def averaged(
    clock: NDArray[np.float64], rates: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return distinct times, the mean rate of the rows at each, and the first row at each.

    Args:
        clock: [rows] times that never decrease.
        rates: [rows] rates.

    Example:
        >>> averaged(np.array([1.0, 1.0, 3.0]), np.array([10.0, 20.0, 5.0]))[:2]
        (array([1., 3.]), array([15.,  5.]))
    """
    times, first, place, count = np.unique(
        clock, return_index=True, return_inverse=True, return_counts=True
    )
    return times, np.bincount(place, rates) / count, first

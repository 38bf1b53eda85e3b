"""Loss and delay that a file gives beside its rates: checked, filled up, laid over the trace.

A reader hands on what its file says, NaN where an entry says nothing: such an entry keeps what the
one before it said, and those before any take the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traces.conditions import LONGEST_DELAY_NS, Conditions
from traces.formats.interface import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import After

__all__ = ["Quality", "delays_ns", "losses"]

_NS_PER_MS = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """Loss and delay of the rows of a file.

    Attributes:
        loss: [rows] probabilities; None where the file has none.
        delay_ns: [rows] one-way delays; None where the file has none.
    """

    loss: NDArray[np.float64] | None = None
    delay_ns: NDArray[np.float64] | None = None

    def mapped(self, change: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> Quality:
        """Return the same of other rows: chosen, sorted or averaged by a function of a column."""
        return Quality(
            loss=None if self.loss is None else change(self.loss),
            delay_ns=None if self.delay_ns is None else change(self.delay_ns),
        )

    def conditions(
        self, starts_ns: NDArray[np.int64], period_ns: int, after: After
    ) -> Conditions | None:
        """Return what holds from each start to the next, or None where the file says neither.

        Example:
            >>> poor = Quality(loss=np.array([0, 0.5]))
            >>> poor.conditions(np.array([0, 600]), 1000, "loop").mean_loss
            0.2
            >>> Quality().conditions(np.array([0, 600]), 1000, "loop")
        """
        if self.loss is None and self.delay_ns is None:
            return None
        delays = None if self.delay_ns is None else np.rint(self.delay_ns)
        return Conditions.from_steps(
            starts_ns, loss=self.loss, delay_ns=delays, period_ns=period_ns, after=after
        )


def losses(
    values: NDArray[np.float64] | None, name: str, what: str, line: Callable[[int], int]
) -> NDArray[np.float64] | None:
    """Return a column of loss without gaps.

    Args:
        values: [rows] as the file gives them, NaN where it gives none; None for no such column.
        name: The file as the user named it.
        what: What the file calls the column.
        line: From row to its line in the file, called only where something is wrong.

    Raises:
        InputError: With the line, for values outside 0 to 1.

    Example:
        >>> losses(np.array([np.nan, 0.5, np.nan, 0]), "x", "loss", int)
        array([0.5, 0.5, 0.5, 0. ])
    """
    if values is None:
        return None
    rule, remedy = "must be a probability from 0 to 1", "give losses as a share: 0.02 for 2 %"
    _check(values, (values >= 0) & (values <= 1), name, what, line, rule, remedy)
    return _filled(values)


def delays_ns(
    values_ms: NDArray[np.float64] | None,
    name: str,
    what: str,
    line: Callable[[int], int],
    *,
    one_way: float = 1.0,
) -> NDArray[np.float64] | None:
    """Return a column of one-way delays without gaps, in ns.

    Args:
        values_ms: [rows] as the file gives them in ms, NaN where it gives none; None for no such
            column.
        name: The file as the user named it.
        what: What the file calls the column.
        line: From row to its line in the file, called only where something is wrong.
        one_way: How much of the file's figure is one way: 0.5 of a round-trip time.

    Raises:
        InputError: With the line, for values below 0 or above 60 s one way.

    Example:
        >>> delays_ns(np.array([20.0, np.nan]), "x", "rtt", int, one_way=0.5)
        array([10000000., 10000000.])
    """
    if values_ms is None:
        return None
    found = values_ms * (one_way * _NS_PER_MS)
    most = LONGEST_DELAY_NS / _NS_PER_MS / one_way
    rule, remedy = f"must be from 0 to {most:.0f} ms", "correct it, or give it in ms"
    within = (found >= 0) & (found <= LONGEST_DELAY_NS)
    _check(values_ms, within, name, what, line, rule, remedy)
    return _filled(found)


def _check(
    values: NDArray[np.float64],
    within: NDArray[np.bool_],
    name: str,
    what: str,
    line: Callable[[int], int],
    rule: str,
    remedy: str,
) -> None:
    wrong = np.flatnonzero(~within & ~np.isnan(values))
    if wrong.size:
        k = int(wrong[0])
        raise refuse(name, line(k), what, f"{values[k]:.9g}", rule=rule, remedy=remedy)


def _filled(values: NDArray[np.float64]) -> NDArray[np.float64] | None:
    """Return values with the last one known in each gap; None if none is known."""
    known = np.flatnonzero(~np.isnan(values))
    if not known.size:
        return None
    last = np.searchsorted(known, np.arange(len(values)), side="right") - 1
    return values[known[np.maximum(last, 0)]]

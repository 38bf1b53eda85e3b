"""What a link does to packets besides carrying them: loss and delay, constant between instants.

Some trace files say more than capacity. What they say holds over the same period as the capacity
and comes round, or ends, as that does. After the end of a trace that does not loop the last values
hold: a link that stops offering capacity delivers nothing that could be lost or late.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from traces.about import After

__all__ = ["LONGEST_DELAY_NS", "Conditions"]

LONGEST_DELAY_NS: Final = 60 * 10**9
"""Longest one-way propagation there may be; more is a wrong unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """Loss and delay that are constant between breakpoints. Build them with ``from_steps``.

    Attributes:
        after: What follows the end of the trace: ``loop``, or for ``hold`` and ``stop`` alike the
            last values for ever.
        period_ns: Length of the trace.
        starts_ns: [n] instants at which a value changes, the first 0.
        loss: [n] probability from 0 to 1 that a packet is lost; None where a file has none.
        delay_ns: [n] one-way propagation; None where a file has none.
        offset_ns: Where in the trace instant 0 lies.
    """

    after: After
    period_ns: int
    starts_ns: tuple[int, ...]
    loss: tuple[float, ...] | None
    delay_ns: tuple[int, ...] | None
    offset_ns: int = 0

    @classmethod
    def from_steps(
        cls,
        starts_ns: ArrayLike,
        *,
        loss: ArrayLike | None = None,
        delay_ns: ArrayLike | None = None,
        period_ns: int,
        after: After = "loop",
    ) -> Self:
        """Build conditions from steps; neighbours that say the same become one.

        Args:
            starts_ns: [n] integers, the first 0, strictly increasing, all below ``period_ns``.
            loss: [n] probabilities from 0 to 1.
            delay_ns: [n] integers from 0 to 60 s. One of the two columns must be there.
            period_ns: Where the last step ends.
            after: What follows the end.

        Raises:
            ValueError: If the steps break these rules. Readers tell users of lines before that.

        Example:
            >>> bad = Conditions.from_steps([0, 6], loss=[0, 0.5], delay_ns=[7, 7], period_ns=10)
            >>> bad.loss_at(5), bad.loss_at(6), bad.loss_at(10), bad.mean_loss
            (0.0, 0.5, 0.0, 0.2)
        """
        starts = np.asarray(starts_ns, dtype=np.int64)
        losses = None if loss is None else np.asarray(loss, dtype=np.float64)
        delays = None if delay_ns is None else np.asarray(delay_ns, dtype=np.int64)
        _check(starts, losses, delays, period_ns)
        changed = np.zeros(len(starts), dtype=np.bool_)
        changed[0] = True
        for column in (losses, delays):
            if column is not None:
                changed[1:] |= np.diff(column) != 0
        return cls(
            after=after,
            period_ns=int(period_ns),
            starts_ns=tuple(starts[changed].tolist()),
            loss=None if losses is None else tuple(losses[changed].tolist()),
            delay_ns=None if delays is None else tuple(delays[changed].tolist()),
        )

    def loss_at(self, t_ns: int) -> float:
        """Return the probability that a packet is lost at an instant.

        Raises:
            ValueError: If there is no such column.
        """
        if self.loss is None:
            raise ValueError("the trace says nothing of loss")
        return self.loss[self._step(t_ns)]

    def delay_ns_at(self, t_ns: int) -> int:
        """Return the one-way propagation at an instant.

        Raises:
            ValueError: If there is no such column.
        """
        if self.delay_ns is None:
            raise ValueError("the trace says nothing of delay")
        return self.delay_ns[self._step(t_ns)]

    def _step(self, t_ns: int) -> int:
        at = t_ns + self.offset_ns
        if self.after == "loop":
            at %= self.period_ns
        return max(0, bisect_right(self.starts_ns, at) - 1)

    @property
    def mean_loss(self) -> float | None:
        """Mean loss over one period, whatever the offset; None without the column."""
        return None if self.loss is None else self._mean(self.loss)

    @property
    def mean_delay_ns(self) -> int | None:
        """Mean delay over one period, rounded, whatever the offset; None without the column."""
        return None if self.delay_ns is None else round(self._mean(self.delay_ns))

    @property
    def least_delay_ns(self) -> int | None:
        """Shortest delay in the period, whatever the offset; None without the column."""
        return None if self.delay_ns is None else min(self.delay_ns)

    def _mean(self, values: Sequence[float]) -> float:
        ends = (*self.starts_ns[1:], self.period_ns)
        spans = zip(values, self.starts_ns, ends, strict=True)
        return sum(value * (end - start) for value, start, end in spans) / self.period_ns

    def means_on_grid(
        self, values: Sequence[float], step_ns: int, duration_ns: int
    ) -> NDArray[np.float64]:
        """Return the mean of a column in each cell of a regular grid, for plots.

        Args:
            values: ``loss`` or ``delay_ns``.
            step_ns: Width of a cell.
            duration_ns: Instant at which the last whole cell ends, at most.

        Example:
            >>> late = Conditions.from_steps([0, 5], delay_ns=[10, 30], period_ns=10)
            >>> late.means_on_grid(late.delay_ns, 4, 12)
            array([10., 25., 20.])
        """
        at = np.arange(duration_ns // step_ns + 1, dtype=np.int64) * step_ns + self.offset_ns
        marks = np.array([*self.starts_ns, self.period_ns], dtype=np.int64)
        sums = np.concatenate([[0.0], np.cumsum(np.multiply(values, np.diff(marks), dtype=float))])
        turns = at // self.period_ns if self.after == "loop" else np.zeros_like(at)
        passed = turns * sums[-1] + np.interp(at - turns * self.period_ns, marks, sums)
        if self.after != "loop":
            passed += np.maximum(at - self.period_ns, 0) * float(values[-1])
        return np.asarray(np.diff(passed) / step_ns, dtype=np.float64)

    def shifted(self, offset_ns: int) -> Self:
        """Return the conditions as met by someone who starts that far into the trace."""
        at = self.offset_ns + offset_ns
        return replace(self, offset_ns=at % self.period_ns if self.after == "loop" else at)


def _check(
    starts: NDArray[np.int64],
    losses: NDArray[np.float64] | None,
    delays: NDArray[np.int64] | None,
    period_ns: int,
) -> None:
    columns = [column for column in (losses, delays) if column is not None]
    if not columns or not len(starts) or any(column.shape != starts.shape for column in columns):
        raise ValueError("there must be loss or delay, one of each a start")
    if starts[0] != 0 or (np.diff(starts) <= 0).any() or not starts[-1] < period_ns:
        raise ValueError("starts must begin at 0 and increase to before the period")
    if losses is not None and not ((losses >= 0) & (losses <= 1)).all():
        raise ValueError("loss must be from 0 to 1")
    if delays is not None and not ((delays >= 0) & (delays <= LONGEST_DELAY_NS)).all():
        raise ValueError(f"delays must be from 0 to {LONGEST_DELAY_NS} ns")

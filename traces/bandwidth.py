"""The interface every trace offers a link: exact cumulative capacity and its inverse.

Instants are integer nanoseconds from the start of the run. Capacity is counted in integer units,
``units_per_byte`` to the byte, so that both kinds of trace and any exact scaling of them add up
without rounding: ``capacity(instant(u)) >= u`` and ``capacity(instant(u) - 1) < u`` for all u > 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from traces.about import After, TraceAbout
from traces.opportunity import OpportunityTrace
from traces.rate import RateTrace

if TYPE_CHECKING:
    from fractions import Fraction

    from numpy.typing import NDArray

    from traces.about import Direction
    from traces.conditions import Conditions

__all__ = [
    "BandwidthTrace",
    "OpportunityTrace",
    "RateTrace",
    "TraceAbout",
    "doubts",
    "rates_on_grid",
]

_SLOWEST_BPS = 50e3
_FASTEST_BPS = 5e9


class BandwidthTrace(Protocol):
    """Link capacity over time: a `RateTrace` or an `OpportunityTrace`."""

    @property
    def about(self) -> TraceAbout:
        """What the trace measures."""

    @property
    def after(self) -> After:
        """What follows the end."""

    @property
    def loops(self) -> bool:
        """Whether the trace begins again at its end."""

    @property
    def period_ns(self) -> int:
        """Length of the trace."""

    @property
    def offset_ns(self) -> int:
        """Where in the trace instant 0 lies."""

    @property
    def units_per_byte(self) -> int:
        """How many units of capacity are one byte."""

    @property
    def conditions(self) -> Conditions | None:
        """Loss and delay over the same period; None where the trace says nothing of either."""

    @property
    def pieces(self) -> int:
        """How many steps, or distinct instants of opportunities, one period has."""

    @property
    def mean_bps(self) -> float:
        """Mean rate over one period, bit/s."""

    def capacity(self, t_ns: int) -> int:
        """Return the units offered in (0, t_ns]."""

    def instant(self, units: int) -> int | None:
        """Return the first t_ns by which that many units were offered; None if they never are."""

    def offered_bytes(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the capacity of many instants in bytes, rounded to floats."""

    def scaled(self, factor: Fraction) -> Self:
        """Return the trace with its capacity multiplied by an exact ratio > 0, no more."""

    def shifted(self, offset_ns: int) -> Self:
        """Return the trace as seen by someone who starts that far into it."""


def rates_on_grid(
    trace: BandwidthTrace, step_ns: int, duration_ns: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return a trace's mean rate in each cell of a regular grid, for plots and statistics.

    Args:
        trace: Any trace.
        step_ns: Width of a cell.
        duration_ns: Instant at which the last whole cell ends, at most.

    Returns:
        Starts of the cells in seconds, and mean rates in bit/s; both [duration // step].

    Example:
        >>> about = TraceAbout(name="steps")
        >>> trace = RateTrace.from_steps([0, 10**9], [8, 0], period_ns=2 * 10**9, about=about)
        >>> rates_on_grid(trace, 10**9, 4 * 10**9)[1]
        array([8., 0., 8., 0.])
    """
    cells = duration_ns // step_ns
    marks = np.arange(cells + 1, dtype=np.int64) * step_ns
    rates = np.diff(trace.offered_bytes(marks)) * (8e9 / step_ns)
    return marks[:-1] / 1e9, rates


def doubts(trace: BandwidthTrace, use: Direction = "uplink") -> tuple[str, ...]:
    """Return what is doubtful about using a trace as the capacity of a link, to warn a user.

    Args:
        trace: Any trace.
        use: What the link is; ``unknown`` fits any direction.

    Example:
        >>> about = TraceAbout(name="odd", measures="flow-rate")
        >>> for doubt in doubts(RateTrace.from_steps([0], [9], period_ns=10**9, about=about)):
        ...     print(doubt)
        odd measures a flow rate: real uplink capacity may differ
        odd has a mean of 9e-06 Mbit/s: check the unit of its rates
    """
    about = trace.about
    found = [about.warning(use), *(f"{about.name} {doubt}" for doubt in about.doubts)]
    if not _SLOWEST_BPS <= trace.mean_bps <= _FASTEST_BPS:
        mean = f"{trace.mean_bps / 1e6:.3g} Mbit/s"
        found.append(f"{about.name} has a mean of {mean}: check the unit of its rates")
    return tuple(doubt for doubt in found if doubt)

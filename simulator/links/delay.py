"""How long a parcel takes behind a link: propagation over time, and jitter from a keyed uniform.

Jitter is added to the propagation. Whether a parcel may then overtake one sent before it is for
whoever delivers it to say.
"""

from __future__ import annotations

from math import log1p
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from traces.conditions import Conditions

__all__ = ["ConstantDelay", "DelayModel", "DelaySteps", "Distribution", "jitter_ns"]

Distribution = Literal["uniform", "exponential"]


class DelayModel(Protocol):
    """Propagation over time."""

    def delay_ns(self, t_ns: int) -> int:
        """Return the propagation of what leaves the link at an instant from 0 on."""


class ConstantDelay:
    """The same propagation at any time.

    Example:
        >>> ConstantDelay(20_000_000).delay_ns(5)
        20000000
    """

    __slots__ = ("_delay_ns",)

    def __init__(self, delay_ns: int) -> None:
        """Take the propagation."""
        self._delay_ns = delay_ns

    def delay_ns(self, t_ns: int) -> int:  # noqa: ARG002  # the interface
        """Return the propagation."""
        return self._delay_ns


class DelaySteps:
    """The propagation that a trace's column gives for the instant at which the link is left.

    Args:
        conditions: With a column of delays.

    Example:
        >>> from traces.conditions import Conditions
        >>> conditions = Conditions.from_steps([0, 10], delay_ns=[7, 9], period_ns=20)
        >>> [DelaySteps(conditions).delay_ns(t_ns) for t_ns in (9, 10, 20)]
        [7, 9, 7]
    """

    __slots__ = ("_conditions",)

    def __init__(self, conditions: Conditions) -> None:
        """Take the column."""
        self._conditions = conditions

    def delay_ns(self, t_ns: int) -> int:
        """Return the propagation of what leaves the link at an instant."""
        return self._conditions.delay_ns_at(t_ns)


def jitter_ns(distribution: Distribution, mean_ns: int, uniform: float) -> int:
    """Return a jitter of a given mean, rounded to the nanosecond.

    Args:
        distribution: ``uniform`` from 0 to twice the mean, or ``exponential``.
        mean_ns: At least 0.
        uniform: A draw in [0, 1), of which the jitter is the quantile.

    Example:
        >>> jitter_ns("uniform", 1_000_000, 0.75), jitter_ns("exponential", 1_000_000, 0.75)
        (1500000, 1386294)
    """
    if distribution == "uniform":
        return round(2 * mean_ns * uniform)
    return round(-mean_ns * log1p(-uniform))

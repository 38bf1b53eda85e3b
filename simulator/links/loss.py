"""How likely a packet is destroyed behind a link, at each instant.

A model gives the probability; whether a packet is destroyed is decided by comparing it with the
packet's own keyed uniform. So a packet's luck depends neither on what else is sent nor on when it
was asked for, and loss in bursts evolves in time, never by packet.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from math import ceil, log1p
from typing import TYPE_CHECKING, Protocol

from simulator.foundation.keyed import uniform_at

if TYPE_CHECKING:
    from traces.conditions import Conditions

__all__ = ["Bernoulli", "GilbertElliott", "LossModel", "LossSteps"]

_LONGEST_NS = 1 << 61


class LossModel(Protocol):
    """The probability of loss over time."""

    def probability(self, t_ns: int) -> float:
        """Return the probability that a packet is lost at an instant from 0 on."""


class Bernoulli:
    """The same probability at any time.

    Args:
        loss: From 0 to 1.

    Example:
        >>> Bernoulli(0.01).probability(5)
        0.01
    """

    __slots__ = ("_loss",)

    def __init__(self, loss: float) -> None:
        """Take the probability."""
        self._loss = loss

    def probability(self, t_ns: int) -> float:  # noqa: ARG002  # the interface
        """Return the probability that a packet is lost."""
        return self._loss


class GilbertElliott:
    """A chain of two states in continuous time, each with its own probability of loss.

    After Gilbert, "Capacity of a burst-noise channel", 1960, and Elliott, "Estimates of error
    rates for codes on burst-noise channels", 1963, in time instead of by symbol: sojourns are
    exponential and rounded up to the nanosecond, and the state at instant 0 is drawn from the
    stationary distribution, in which bad has the share mean bad / (mean good + mean bad).

    Sojourn k is drawn by uniform k of the key, so the state at an instant depends on nothing that
    was asked before. All sojourns up to the latest instant asked for are kept, 8 bytes each.

    Args:
        mean_good_ns: Mean sojourn in the good state, at least 1.
        mean_bad_ns: Mean sojourn in the bad state: the mean duration of a burst.
        loss_good: Probability of loss in the good state, from 0 to 1.
        loss_bad: Probability of loss in the bad state.
        key: From `simulator.foundation.keyed.key_of`.

    Example:
        >>> model = GilbertElliott(10**9, 10**8, 0.0, 0.5, key=b"uplink")
        >>> [tenth for tenth in range(40) if model.probability(tenth * 10**8)]
        [28, 29, 30, 36, 37, 38, 39]
    """

    __slots__ = ("_changes", "_first_bad", "_key", "_losses", "_means_ns")

    def __init__(
        self,
        mean_good_ns: int,
        mean_bad_ns: int,
        loss_good: float,
        loss_bad: float,
        key: bytes,
    ) -> None:
        """Draw the state at instant 0."""
        self._means_ns = mean_good_ns, mean_bad_ns
        self._losses = loss_good, loss_bad
        self._key = key
        bad_share = mean_bad_ns / (mean_good_ns + mean_bad_ns)
        self._first_bad = uniform_at(key, 0) < bad_share
        self._changes = array("q", [0])  # when each sojourn begins

    def probability(self, t_ns: int) -> float:
        """Return the probability that a packet is lost at an instant."""
        changes = self._changes
        while changes[-1] <= t_ns:
            k = len(changes)
            sojourn = -self._means_ns[self._bad(k - 1)] * log1p(-uniform_at(self._key, k))
            changes.append(changes[-1] + min(max(1, ceil(sojourn)), _LONGEST_NS))
        return self._losses[self._bad(bisect_right(changes, t_ns) - 1)]

    def _bad(self, sojourn: int) -> bool:
        """Return whether a sojourn, counted from 0, is in the bad state."""
        return self._first_bad ^ bool(sojourn % 2)


class LossSteps:
    """The probability that a trace's column gives.

    Args:
        conditions: With a column of loss.

    Example:
        >>> from traces.conditions import Conditions
        >>> conditions = Conditions.from_steps([0, 10], loss=[0, 0.2], period_ns=20)
        >>> [LossSteps(conditions).probability(t_ns) for t_ns in (9, 10, 20)]
        [0.0, 0.2, 0.0]
    """

    __slots__ = ("_conditions",)

    def __init__(self, conditions: Conditions) -> None:
        """Take the column."""
        self._conditions = conditions

    def probability(self, t_ns: int) -> float:
        """Return the probability that a packet is lost at an instant."""
        return self._conditions.loss_at(t_ns)

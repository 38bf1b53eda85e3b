"""A rate trace: link capacity as a piecewise-constant rate, integrated and inverted exactly.

Capacity is counted in bit/s x ns, an integer: 8e9 of these units are one byte. Summing whole
bits per second over whole nanoseconds never rounds, so neither does ``capacity``; its inverse is
rounded up to the next nanosecond.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import accumulate, chain
from operator import mul, sub
from typing import TYPE_CHECKING, Self

import numpy as np

from traces.checks import check_steps, late_offset
from traces.scaling import scaled_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from traces.about import After, TraceAbout
    from traces.conditions import Conditions

__all__ = ["RateTrace"]

_UNITS_PER_BYTE = 8 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class RateTrace:
    """Capacity that is constant between breakpoints. Build one with ``from_steps``.

    Attributes:
        about: What it measures.
        after: What follows the end: ``loop``, ``hold`` (the last rate for ever) or ``stop``.
        period_ns: Length of the trace.
        units_per_byte: How many units of ``capacity`` are one byte.
        offset_ns: Where in the trace instant 0 lies.
        conditions: Its loss and delay; None where it says nothing of either.
    """

    about: TraceAbout
    after: After
    period_ns: int
    units_per_byte: int
    offset_ns: int
    conditions: Conditions | None
    _starts: list[int]  # ns; one more entry, the period
    _rates: list[int]  # units per ns
    _sums: list[int]  # capacity up to each start; one more entry, the total
    _before: int  # capacity up to the offset

    @classmethod
    def from_steps(
        cls,
        starts_ns: ArrayLike,
        rates_bps: ArrayLike,
        *,
        period_ns: int,
        after: After = "loop",
        about: TraceAbout,
        conditions: Conditions | None = None,
    ) -> Self:
        """Build a trace from steps: ``rates_bps[i]`` holds from ``starts_ns[i]`` to the next start.

        Args:
            starts_ns: [n] integers, the first 0, strictly increasing, all below ``period_ns``.
            rates_bps: [n] integers >= 0, bit/s.
            period_ns: Where the last step ends.
            after: What follows the end.
            about: What the trace measures.
            conditions: Loss and delay, over the same period and with the same end.

        Raises:
            InputError: If the steps break these rules or deliver nothing at all.
            ValueError: If the conditions have another period or end.

        Example:
            >>> from traces.about import TraceAbout
            >>> steps = RateTrace.from_steps(
            ...     [0, 10**9], [8000, 0], period_ns=2 * 10**9, about=TraceAbout(name="steps"))
            >>> steps.capacity(5 * 10**9) // steps.units_per_byte  # bytes in 5 s
            3000
            >>> steps.instant(1001 * steps.units_per_byte)  # the next byte waits out the zero
            2001000000
        """
        starts = np.asarray(starts_ns)
        rates = np.asarray(rates_bps)
        check_steps(starts, rates, period_ns, about)
        if conditions and (conditions.period_ns, conditions.after) != (period_ns, after):
            raise ValueError("conditions must have the period and the end of the capacity")
        marks: list[int] = [*starts.tolist(), int(period_ns)]
        speeds: list[int] = rates.tolist()
        areas = map(mul, speeds, map(sub, marks[1:], marks))
        return cls(
            about=about,
            after=after,
            period_ns=int(period_ns),
            units_per_byte=_UNITS_PER_BYTE,
            offset_ns=0,
            conditions=conditions,
            _starts=marks,
            _rates=speeds,
            _sums=list(accumulate(chain((0,), areas))),
            _before=0,
        )

    @property
    def loops(self) -> bool:
        """Whether the trace begins again at its end."""
        return self.after == "loop"

    @property
    def mean_bps(self) -> float:
        """Mean rate over one period, whatever the offset."""
        return self._sums[-1] * _UNITS_PER_BYTE / (self.period_ns * self.units_per_byte)

    @property
    def pieces(self) -> int:
        """How many steps one period has."""
        return len(self._rates)

    def steps(self) -> Iterator[tuple[int, Fraction]]:
        """Yield the start of each step in ns, and its rate in bit/s, whatever the offset."""
        for start, rate in zip(self._starts, self._rates, strict=False):
            yield start, Fraction(rate * _UNITS_PER_BYTE, self.units_per_byte)

    def capacity(self, t_ns: int) -> int:
        """Return the units offered in (0, t_ns]; 0 for a negative instant."""
        if t_ns <= 0:
            return 0
        t_ns += self.offset_ns
        period = self.period_ns
        if t_ns < period:
            i = bisect_right(self._starts, t_ns) - 1
            return self._sums[i] + self._rates[i] * (t_ns - self._starts[i]) - self._before
        if self.after == "loop":
            turns, t_ns = divmod(t_ns, period)
            i = bisect_right(self._starts, t_ns) - 1
            total = self._sums[-1] * turns - self._before
            return total + self._sums[i] + self._rates[i] * (t_ns - self._starts[i])
        beyond = self._rates[-1] * (t_ns - period) if self.after == "hold" else 0
        return self._sums[-1] + beyond - self._before

    def instant(self, units: int) -> int | None:
        """Return the first t_ns with ``capacity(t_ns) >= units``, or None if there is none.

        None is only possible after the end of a trace that does not loop.
        """
        if units <= 0:
            return 0
        units += self._before
        sums = self._sums
        total = sums[-1]
        begin = -self.offset_ns
        if units > total:
            if self.after == "loop":
                turns, units = divmod(units - 1, total)
                units += 1
                begin += turns * self.period_ns
            elif self.after == "hold" and self._rates[-1]:
                return begin + self.period_ns - (total - units) // self._rates[-1]
            else:
                return None
        i = bisect_left(sums, units) - 1
        # Floor division of the negated shortfall rounds the time up.
        return begin + self._starts[i] - (sums[i] - units) // self._rates[i]

    def offered_bytes(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return ``capacity`` of many instants in bytes, rounded to floats."""
        at = np.maximum(t_ns, 0) + self.offset_ns
        turns = at // self.period_ns if self.loops else np.zeros_like(at)
        sums = np.array(self._sums, dtype=np.float64)
        offered = turns * sums[-1] + np.interp(at - turns * self.period_ns, self._starts, sums)
        if self.after == "hold":
            offered += np.maximum(at - self.period_ns, 0) * float(self._rates[-1])
        return np.asarray((offered - float(self._before)) / self.units_per_byte, dtype=np.float64)

    def scaled(self, factor: Fraction) -> Self:
        """Return this trace with every rate, and nothing else, multiplied by a ratio > 0."""
        times, units_per_byte = scaled_units(self.units_per_byte, factor)
        return replace(
            self,
            units_per_byte=units_per_byte,
            _rates=[times * rate for rate in self._rates],
            _sums=[times * total for total in self._sums],
            _before=times * self._before,
        )

    def shifted(self, offset_ns: int) -> Self:
        """Return this trace as seen by someone who starts ``offset_ns`` into it.

        Raises:
            InputError: If the trace does not loop and nothing is delivered from there on.
        """
        at = self.offset_ns + offset_ns
        if self.loops:
            at %= self.period_ns
        elif at < 0 or not self._delivers_after(at):
            raise late_offset(self.about, at, self.period_ns)
        unshifted = replace(self, offset_ns=0, _before=0)
        return replace(
            self,
            offset_ns=at,
            conditions=None if self.conditions is None else self.conditions.shifted(offset_ns),
            _before=unshifted.capacity(at),
        )

    def _delivers_after(self, at_ns: int) -> bool:
        held = self.after == "hold" and self._rates[-1] > 0
        return held or replace(self, offset_ns=0, _before=0).capacity(at_ns) < self._sums[-1]

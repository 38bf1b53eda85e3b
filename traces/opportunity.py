"""A delivery-opportunity trace: instants at which the link carries a fixed number of bytes.

The rule is mahimahi's (Netravali et al., USENIX ATC 2015; src/frontend/link_queue.cc): the period
is the last stamp, an opportunity serves only bytes that came strictly before it, what it does not
use is lost, and a packet may straddle opportunities. With ``capacity(t)`` counting stamps in
(0, t], a first-in first-out link is ``pos = max(pos, capacity(t)) + size; end = instant(pos)``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import numpy as np

from traces.checks import check_stamps, late_offset
from traces.scaling import scaled_units

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import ArrayLike, NDArray

    from traces.about import After, TraceAbout
    from traces.conditions import Conditions

__all__ = ["OPPORTUNITY_BYTES", "OpportunityTrace"]

OPPORTUNITY_BYTES = 1504
"""Bytes of one opportunity in mahimahi's source (its documentation says 1500)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpportunityTrace:
    """Capacity that comes in lumps at given instants. Build one with ``from_stamps``.

    Attributes:
        about: What it measures.
        after: What follows the end: ``loop`` or ``stop``.
        period_ns: Length of the trace; the last stamp unless said otherwise.
        units_per_byte: How many units of ``capacity`` are one byte: 1 until scaled.
        offset_ns: Where in the trace instant 0 lies.
        conditions: Loss and delay from a table beside it; None without one.
    """

    about: TraceAbout
    after: After
    period_ns: int
    units_per_byte: int
    offset_ns: int
    _stamps: list[int]  # ns, distinct, behind a first -1
    _sums: list[int]  # units offered up to and including each stamp, behind a first 0
    _before: int  # units offered up to the offset
    conditions: Conditions | None = None

    @classmethod
    def from_stamps(
        cls,
        stamps_ns: ArrayLike,
        *,
        period_ns: int | None = None,
        bytes_each: int = OPPORTUNITY_BYTES,
        after: After = "loop",
        about: TraceAbout,
    ) -> Self:
        """Build a trace from the instants of its opportunities.

        Args:
            stamps_ns: [n] integers >= 0, never decreasing; k equal stamps are k opportunities.
            period_ns: Length of the trace, at least the last stamp, which is the default.
            bytes_each: What one opportunity carries.
            after: ``loop`` or ``stop``.
            about: What the trace measures.

        Raises:
            InputError: If the stamps break these rules or there is none after instant 0.

        Example:
            >>> from traces.about import TraceAbout
            >>> one_a_ms = OpportunityTrace.from_stamps([10**6], about=TraceAbout(name="12 Mbit/s"))
            >>> one_a_ms.instant(one_a_ms.capacity(3 * 10**6) + 1)  # at 3 ms it waits for 4 ms
            4000000
        """
        stamps = np.asarray(stamps_ns)
        check_stamps(stamps, period_ns, bytes_each, after, about)
        ends = np.append(np.flatnonzero(np.diff(stamps)), len(stamps) - 1)  # of equal stamps
        distinct, sums = stamps[ends], (ends + 1) * bytes_each
        return cls(
            about=about,
            after=after,
            period_ns=int(distinct[-1]) if period_ns is None else period_ns,
            units_per_byte=1,
            offset_ns=0,
            _stamps=[-1, *distinct.tolist()],
            _sums=[0, *sums.tolist()],
            # A stamp at 0 precedes everything in the first turn; it counts in later ones.
            _before=int(sums[0]) if distinct[0] == 0 else 0,
        )

    @property
    def loops(self) -> bool:
        """Whether the trace begins again at its end."""
        return self.after == "loop"

    @property
    def mean_bps(self) -> float:
        """Mean rate over one period, whatever the offset."""
        return self._sums[-1] * 8 * 10**9 / (self.period_ns * self.units_per_byte)

    @property
    def pieces(self) -> int:
        """How many distinct instants one period has."""
        return len(self._stamps) - 1

    def lumps(self) -> Iterator[tuple[int, Fraction]]:
        """Yield each distinct instant in ns, and the bytes it offers, whatever the offset."""
        for stamp, (before, after) in zip(self._stamps[1:], pairwise(self._sums), strict=True):
            yield stamp, Fraction(after - before, self.units_per_byte)

    def capacity(self, t_ns: int) -> int:
        """Return the units offered in (0, t_ns]; 0 for a negative instant."""
        if t_ns <= 0:
            return 0
        t_ns += self.offset_ns
        if t_ns < self.period_ns:
            return self._sums[bisect_right(self._stamps, t_ns) - 1] - self._before
        total = self._sums[-1]
        if self.after == "loop":
            turns, t_ns = divmod(t_ns, self.period_ns)
            return total * turns + self._sums[bisect_right(self._stamps, t_ns) - 1] - self._before
        return total - self._before

    def instant(self, units: int) -> int | None:
        """Return the first t_ns with ``capacity(t_ns) >= units``, or None if there is none.

        None is only possible after the end of a trace that does not loop.
        """
        if units <= 0:
            return 0
        units += self._before
        total = self._sums[-1]
        if units <= total:
            return self._stamps[bisect_left(self._sums, units)] - self.offset_ns
        if self.after != "loop":
            return None
        turns, units = divmod(units - 1, total)
        at = self._stamps[bisect_right(self._sums, units)]
        return turns * self.period_ns + at - self.offset_ns

    def offered_bytes(self, t_ns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return ``capacity`` of many instants in bytes, rounded to floats."""
        at = np.maximum(t_ns, 0) + self.offset_ns
        turns = at // self.period_ns if self.loops else np.zeros_like(at)
        sums = np.array(self._sums, dtype=np.float64)
        passed = np.searchsorted(self._stamps, at - turns * self.period_ns, side="right") - 1
        offered = turns * sums[-1] + sums[passed] - float(self._before)
        return np.asarray(offered / self.units_per_byte, dtype=np.float64)

    def scaled(self, factor: Fraction) -> Self:
        """Return this trace with the bytes of every opportunity multiplied by a ratio > 0.

        The instants stay; scaling them instead would change how long silences last.
        """
        times, units_per_byte = scaled_units(self.units_per_byte, factor)
        return replace(
            self,
            units_per_byte=units_per_byte,
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
        before = self._sums[bisect_right(self._stamps, at) - 1] if at >= 0 else self._sums[-1]
        if not self.loops and before == self._sums[-1]:
            raise late_offset(self.about, at, self._stamps[-1])
        beside = None if self.conditions is None else self.conditions.shifted(offset_ns)
        return replace(self, offset_ns=at, _before=before, conditions=beside)

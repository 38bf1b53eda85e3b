"""Always the same unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from policies.feasibility import first_feasible
from policies.ladder import middle
from policies.rates import HarmonicRate
from policies.transfers import Transfers
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.foreign import index_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import Observation, UnitForecast

__all__ = ["Fixed"]


class Fixed:
    """Sends every frame with one unit, or every frame that it thinks will be in time.

    Args:
        unit: Name or index of the unit; None is the middle one of those that are sent.
        infeasible: ``send`` never skips; ``skip`` skips frames whose result would come too late
            by the harmonic mean rate of the last five transfers.

    Raises:
        InputError: If ``infeasible`` is neither; when first asked, if there is no such unit.

    Example:
        >>> from policies.snapshot import Snapshot, UnitSnapshot
        >>> units = tuple(UnitSnapshot(name=f"unit-{i}", utility=0.1 * i) for i in (1, 2, 3))
        >>> seen = Snapshot(units=units, deadline_ns=10**8)
        >>> Fixed().choose(seen), Fixed(unit="unit-3").choose(seen), Fixed(unit=0).choose(seen)
        (1, 2, 0)
    """

    def __init__(
        self, *, unit: str | int | None = None, infeasible: Literal["send", "skip"] = "send"
    ) -> None:
        """Keep the wish; the ladder is seen with the first frame."""
        if infeasible not in ("send", "skip"):
            raise _refusal("infeasible", infeasible, "must be 'send' or 'skip'", "")
        self._wish = unit
        self._index: int | None = None
        self._skips = infeasible == "skip"
        self._rate = HarmonicRate()
        self._transfers = Transfers(self._rate)

    def choose(self, seen: Observation) -> int | None:
        """Return the unit, or None if it is to skip and thinks the frame would be late."""
        if self._index is None:
            self._index = _find(self._wish, seen.units)
        if self._skips and not self._in_time(seen, self._index):
            return None
        return self._index

    def _in_time(self, seen: Observation, index: int) -> bool:
        self._transfers.read(seen)
        rate = self._rate.value
        if rate is None:
            return True
        feasible = first_feasible(
            seen, (index,), self._transfers, rate=rate, budget_ns=seen.deadline_ns
        )
        return feasible is not None


def _find(wish: str | int | None, units: Sequence[UnitForecast]) -> int:
    if wish is None:
        return middle(units)
    names = [unit.name for unit in units]
    if wish in names:
        return names.index(wish)
    index = index_of(wish)
    if index is not None and 0 <= index < len(units):
        return index
    rule = f"must be the name of a unit or an index from 0 to {len(units) - 1}"
    raise _refusal("unit", wish, rule, did_you_mean(str(wish), names))


def _refusal(what: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError(
        Problem(where="policy fixed", what=what, value=value, rule=rule, remedy=remedy)
    )

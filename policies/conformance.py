"""What every policy must keep to, as checks that any author can run on his own.

splitcast policies check ./my_policy.py:MyPolicy
"""

from __future__ import annotations

from copy import copy
from statistics import median
from time import perf_counter_ns
from typing import TYPE_CHECKING

from policies.rehearsal import LADDER, LADDER_WITH_DEVICE, rehearse
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.foreign import failure_of, index_of, shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from policies.interface import Observation, Policy
    from policies.rehearsal import Choice

__all__ = ["RULES", "check"]

_S = 1_000_000_000
_GOOD_BYTES_PER_MS = 1250.0  # 10 Mbit/s
_BUDGET_NS = 1_000_000
_RECOVERY_NS = 2 * _S
_OUTAGE_ENDS_NS = 15 * _S
_FRAMES = 300  # 20 s
_LADDERS = (LADDER, LADDER_WITH_DEVICE, LADDER[:1])


def check(
    make: Callable[[int], Policy], *, where: str, rules: Iterable[str] | None = None
) -> list[Problem]:
    """Return every rule that a policy breaks; an empty list if it keeps to all.

    Args:
        make: Returns a fresh policy built with a seed.
        where: What the problems begin with: the policy's name or ``file.py:Class``.
        rules: Names of the rules to check; all of `RULES` by default.

    Example:
        >>> from policies.fixed import Fixed
        >>> check(lambda seed: Fixed(unit=5), where="mine", rules=["leaves the observation alone"])
        [Problem(where='policy fixed', what='unit', value=5, ...)]
    """
    problems: list[Problem] = []
    for name in RULES if rules is None else rules:
        at = ""
        try:
            found = RULES[name](make)
        except BaseException as error:  # noqa: BLE001 - a user's policy may raise anything
            if isinstance(error, InputError) and error.problems:
                problems += error.problems
                break
            said, place = failure_of(error)
            found, at = f"raised {said}", f"at {place}" if place else ""
        if found:
            remedy = "see CONTRIBUTING.md, how to add a policy"
            problems.append(Problem(where=where, what=name, value=found, rule=at, remedy=remedy))
    return problems


def _varying(now_ns: int) -> float:
    """Return bytes a ms: good, poor, nothing, good again, in turns of 1.3 s."""
    return (_GOOD_BYTES_PER_MS, 20.0, 0.0, 300.0)[now_ns // 1_300_000_000 % 4]


def _ratio(frame: int) -> float:
    return 0.7 + 0.6 * (frame * 7 % 11) / 10


def _choices(policy: Policy) -> list[Choice]:
    return rehearse(policy, _varying, frames=_FRAMES, ratio=_ratio)


def _valid(make: Callable[[int], Policy]) -> str | None:
    for ladder in _LADDERS:
        for choice in rehearse(make(1), _varying, frames=_FRAMES, ladder=ladder, ratio=_ratio):
            unit = choice.unit
            if unit is not None and index_of(unit) not in range(len(ladder)):
                return f"returned {shown(unit)} for a ladder of {len(ladder)} units"
    return None


def _deterministic(make: Callable[[int], Policy]) -> str | None:
    first, second = _choices(make(1)), _choices(make(1))
    if first == second:
        return None
    at = next(i for i, (a, b) in enumerate(zip(first, second, strict=False)) if a != b)
    return f"chose {first[at].unit}, then {second[at].unit}, for frame {at} with the same seed"


def _leaves_alone(make: Callable[[int], Policy]) -> str | None:
    watched = _Watched(make(1))
    _choices(watched)
    return watched.changed


def _future(make: Callable[[int], Policy]) -> str | None:
    turn_ns = 6 * _S
    one = _choices(make(1))
    for other in (0.0, 5.0, 40.0, 10_000.0):

        def otherwise(now_ns: int, other: float = other) -> float:
            return _varying(now_ns) if now_ns < turn_ns else other

        two = rehearse(make(1), otherwise, frames=_FRAMES, ratio=_ratio)
        for a, b in zip(one, two, strict=False):
            if a.captured_ns < turn_ns and a.unit != b.unit:
                at = a.captured_ns / 1e9
                return f"chose {a.unit} or {b.unit} at {at:.2f} s by what happened after 6 s"
    return None


def _quick(make: Callable[[int], Policy]) -> str | None:
    watched = _Watched(make(1))
    _choices(watched)
    took_ns = median(watched.took_ns)
    if took_ns <= _BUDGET_NS:
        return None
    return f"took {took_ns / 1e6:.2f} ms for a decision, more than {_BUDGET_NS / 1e6:g} ms"


def _recovers(make: Callable[[int], Policy]) -> str | None:
    for ladder in _LADDERS:
        for outage_s in (1, 3, 10):
            begins_ns = _OUTAGE_ENDS_NS - outage_s * _S

            def link(now_ns: int, begins_ns: int = begins_ns) -> float:
                return 0.0 if begins_ns <= now_ns < _OUTAGE_ENDS_NS else _GOOD_BYTES_PER_MS

            choices = rehearse(make(1), link, frames=_FRAMES, ladder=ladder)
            later = [c for c in choices if c.captured_ns >= _OUTAGE_ENDS_NS + _RECOVERY_NS]
            share = sum(choice.on_time for choice in later) / len(later)
            if share < 0.5:  # noqa: PLR2004 - most frames
                return (
                    f"has {share:.0%} of frames on time from {_RECOVERY_NS / 1e9:g} s after "
                    f"an outage of {outage_s} s on a link that is good again"
                )
    return None


RULES: Mapping[str, Callable[[Callable[[int], Policy]], str | None]] = {
    "returns the index of a unit or None": _valid,
    "decides the same with the same seed": _deterministic,
    "leaves the observation alone": _leaves_alone,
    "knows nothing of the future": _future,
    "decides within its time budget": _quick,
    "does not starve after an outage": _recovers,
}
"""Name of each rule -> check that returns what is wrong, or None."""


class _Watched:
    """A policy that times another and compares what it was shown with what it leaves."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.changed: str | None = None
        self.took_ns: list[int] = []

    def choose(self, seen: Observation) -> int | None:
        # A frozen snapshot of immutable parts on the stage; but some will force their way.
        before = copy(seen), tuple(map(copy, seen.units))
        start_ns = perf_counter_ns()
        unit = self._policy.choose(seen)
        self.took_ns.append(perf_counter_ns() - start_ns)
        if (seen, tuple(seen.units)) != before:
            self.changed = f"changed what it was shown at frame {before[0].frame}"
        return unit

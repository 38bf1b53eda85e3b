"""Doubts about settings, each told once however many points of a sweep share it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from simulator.assembly.setting_doubts import Doubt
from simulator.foundation.quantities import format_rate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["Told", "Tried", "told"]

_MOST_NAMED = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What came to light when a case was tried.

    Attributes:
        spec: A run of the case.
        doubts: About its settings.
        offered: By path what links are scaled for, see `simulator.assembly.Assembly`.
    """

    spec: RunSpec
    doubts: tuple[Doubt, ...]
    offered: Mapping[str, float]


class Told(NamedTuple):
    """A doubt as people read it.

    Attributes:
        path: Of the setting.
        text: Where it stands, the value, what it means and what to do.
    """

    path: str
    text: str


def told(scenario: Scenario, tried: Sequence[Tried]) -> list[Told]:
    """Return every doubt in words, one for all points of a sweep that share it.

    Args:
        scenario: What was tried.
        tried: Its cases.
    """
    found: dict[tuple[str, str], list[tuple[RunSpec, Doubt]]] = {}
    for case in tried:
        for doubt in case.doubts:
            found.setdefault((doubt.path, doubt.remedy), []).append((case.spec, doubt))
    settings = {case.spec.setting for case in tried}
    lines = [_line(scenario, cases, len(settings)) for cases in found.values()]
    return lines + [
        _line(scenario, [(tried[0].spec, doubt)], 1) for doubt in _growing(scenario, tried)
    ]


def _line(scenario: Scenario, found: Sequence[tuple[RunSpec, Doubt]], settings: int) -> Told:
    spec, first = found[0]
    place = scenario.place_of(first.path, spec.point.settings)
    values = list(dict.fromkeys(doubt.value for _, doubt in found))
    said = values[0] if len(values) == 1 else f"each of {_all(values)}"
    text = f"{place} {first.path}: {said} {first.meaning}".lstrip()
    where = list(dict.fromkeys(spec.setting for spec, _ in found))
    if len(where) < settings:
        named = "; ".join(where[:_MOST_NAMED])
        more = f"; {len(where) - _MOST_NAMED} more" if len(where) > _MOST_NAMED else ""
        text += f" (at {len(where)} of {settings} settings: {named}{more})"
    return Told(first.path, f"{text}; {first.remedy}")


def _all(names: Sequence[str]) -> str:
    if len(names) > _MOST_NAMED + 1:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _growing(scenario: Scenario, tried: Sequence[Tried]) -> Iterator[Doubt]:
    """Yield loads that give points of a sweep over streams links of different sizes."""
    for path, hop in scenario.record.network.hops():
        cases = [case for case in tried if path in case.offered]
        offers = [case.offered[path] for case in cases]
        if not offers or min(offers) == max(offers):
            continue
        movers = _movers(path, cases)
        least, most = (format_rate(bps / (hop.rho or 1)) for bps in (min(offers), max(offers)))
        yield Doubt(
            path=f"{path}.load",
            value=f"{hop.rho:g}",
            meaning=f"scales the link with its streams: the sweep over {_all(movers)} changes its "
            f"mean, {least} to {most}, and so hides what more or fewer of them do to a given link",
            remedy="to keep the link write load: {rho: 1, for: 8} or trace: {rate: 20 Mbit/s}",
        )


def _movers(path: str, cases: Sequence[Tried]) -> list[str]:
    """Return the swept settings that change what a hop is offered, all others being equal."""
    swept = list(dict.fromkeys(key for case in cases for key in case.spec.settings))
    moving = []
    for key in swept:
        rest: dict[str, set[float]] = {}
        for case in cases:
            others = repr([(k, v) for k, v in case.spec.settings.items() if k != key])
            rest.setdefault(others, set()).add(case.offered[path])
        if any(len(offers) > 1 for offers in rest.values()):
            moving.append(key)
    return moving or swept

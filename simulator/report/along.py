"""The numbers that a sweep varies, and the policies' lines along them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.report import sweep_lines
from simulator.report.names import slug
from simulator.report.plate import ON_TIME, TIMELY, Plate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["number_and_unit", "of_sweep"]

_QUANTITY: Final = re.compile(r"([0-9.]+(?:e[+-]?[0-9]+)?)\s*([A-Za-zµ/%]*)")
_MOST_PLATES: Final = 6


def number_and_unit(value: object) -> tuple[float, str] | None:
    """Return a setting's number and unit, or None for what is none.

    Example:
        >>> number_and_unit("150 ms"), number_and_unit(0.25), number_and_unit("deadline")
        ((150.0, 'ms'), (0.25, ''), None)
    """
    if isinstance(value, bool):
        return None
    match = _QUANTITY.fullmatch(str(value))
    try:
        return (float(match[1]), match[2]) if match else None
    except ValueError:
        return None


def _dimensions(cases: Sequence[Case]) -> Iterator[tuple[str, str]]:
    """Yield path and unit of every setting that takes at least two numbers, all in one unit."""
    paths = dict.fromkeys(path for case in cases for path in case.settings)
    for path in paths:
        found = {number_and_unit(case.settings.get(path)) for case in cases}
        units = {pair[1] for pair in found if pair is not None}
        if None not in found and len(found) > 1 and len(units) == 1:
            yield path, units.pop()


def of_sweep(evidence: Evidence, look: Look) -> Iterator[Plate]:
    """Draw each metric along each number that the sweep varies; at most six plates.

    Where other settings vary too, each of their combinations gets a plate.
    """
    cases = evidence.summary.cases
    count = 0
    for path, unit in _dimensions(cases):
        others: dict[str, list[Case]] = {}
        for case in cases:
            others.setdefault(_others(case, path, cases), []).append(case)
        for rest, members in others.items():
            if len({case.setting for case in members}) > 1 and count < _MOST_PLATES:
                count += 1
                yield _plate(count, path, unit, rest, members, look)


def _said(path: str, cases: Sequence[Case]) -> str:
    """Return a path as the settings say it: ``load`` for ``network.uplink.0.load``."""
    words = {part.split("=")[0] for case in cases for part in case.setting.split(", ")}
    return min((word for word in words if path.endswith(word) and word), key=len, default=path)


def _others(case: Case, path: str, cases: Sequence[Case]) -> str:
    rest = {_said(key, cases): value for key, value in case.settings.items() if key != path}
    return ", ".join(f"{key}={value}" for key, value in rest.items())


def _plate(
    number: int, path: str, unit: str, rest: str, cases: Sequence[Case], look: Look
) -> Plate:
    def lines(metric: str) -> list[sweep_lines.Line]:
        drawn = []
        for policy in dict.fromkeys(case.policy for case in cases):
            at = {}
            for case in cases:
                pair = number_and_unit(case.settings[path])
                if case.policy == policy and pair is not None:
                    at[pair[0]] = case.metric(metric)
            label = look.labels[policy]
            xs = tuple(sorted(at))
            drawn.append(
                sweep_lines.Line(
                    policy=label, colour=look.colours[label], x=xs, y=tuple(at[x] for x in xs)
                )
            )
        return drawn

    said = _said(path, cases)
    return Plate(
        key=f"along-{number}-{slug(said)}",
        title=f"Along {said}" + (f", with {rest}" if rest else ""),
        caption="Means over traces; pale bands are their intervals.",
        figure=sweep_lines.draw(
            {ON_TIME: lines("on_time"), TIMELY: lines("timely_accuracy")},
            dimension=f"{said} [{unit}]" if unit else said,
        ),
    )

"""A sweep: lists of values for paths of the document, expanded into the points of a batch."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, TypeAlias

from simulator.foundation.errors import InputError, Problem
from simulator.scenario.settings import trail_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.scenario.yaml_reader import Document, Trail

__all__ = ["MOST_RUNS", "ROOTS", "Settings", "Step", "axes", "combinations"]

MOST_RUNS = 10_000
"""The most runs of one batch: points times replications."""

ROOTS = ("streams", "network", "server", "duration", "seed")

Settings: TypeAlias = "dict[str, Any]"
"""Path to value: what a point changes in the document."""


@dataclass(frozen=True, slots=True)
class Step:
    """One position on an axis.

    Attributes:
        settings: What it changes: one path, or all paths of a ``zip``.
        trail: Where in the document it stands.
    """

    settings: Settings
    trail: Trail


def axes(document: Document) -> tuple[list[list[Step]], list[Problem]]:
    """Return the axes of a document's sweep that are sound, and what is wrong with the others.

    Returns:
        Axes, each a list of at least one step; and problems.
    """
    swept = document.value.get("sweep") if isinstance(document.value, dict) else None
    if swept is None:
        return [], []
    problems: list[Problem] = []
    if not isinstance(swept, dict):
        problem = _problem(document, ("sweep",), swept, "must be a mapping of paths to lists")
        return [], [problem]
    found = []
    seen: list[str] = []
    for path, values in swept.items():
        trail: Trail = ("sweep", path)
        if path == "zip":
            steps, wrong = _lock_step(document, values, seen)
        else:
            wrong = list(_complaints(document, trail, path, values, seen))
            seen.append(path)
            listed = values if isinstance(values, list) else []
            steps = [Step({path: value}, (*trail, index)) for index, value in enumerate(listed)]
        problems += wrong
        if not wrong:
            found.append(steps)
    return found, problems


def combinations(steps: list[list[Step]], replications: int, document: Document) -> list[Settings]:
    """Return the settings of every point, the last axis varying fastest.

    Raises:
        InputError: If there would be more than `MOST_RUNS` runs.
    """
    points = math.prod(map(len, steps))
    if points * replications > MOST_RUNS:
        rule = f"must make at most {MOST_RUNS:,} runs"
        value = f"{points:,} points x {replications:,} replications"
        raise InputError(_problem(document, ("sweep",), value, rule))
    return [
        {path: value for step in chosen for path, value in step.settings.items()}
        for chosen in product(*steps)
    ]


def _lock_step(
    document: Document, lists: object, seen: list[str]
) -> tuple[list[Step], list[Problem]]:
    trail: Trail = ("sweep", "zip")
    if not isinstance(lists, dict) or not lists:
        return [], [_problem(document, trail, lists, "must be a mapping of paths to lists")]
    problems: list[Problem] = []
    for path, values in lists.items():
        problems.extend(_complaints(document, (*trail, path), path, values, seen))
        seen.append(path)
    lengths = {path: len(values) for path, values in lists.items() if isinstance(values, list)}
    if len(lengths) == len(lists) and len(set(lengths.values())) > 1:
        said = ", ".join(f"{path}: {length}" for path, length in lengths.items())
        problems.append(_problem(document, trail, said, "must be lists of equal length"))
    if problems:
        return [], problems
    steps = [
        Step({path: lists[path][i] for path in lists}, (*trail, next(iter(lists)), i))
        for i in range(min(lengths.values(), default=0))
    ]
    if _repeats([step.settings for step in steps]):
        problems.append(_problem(document, trail, "lists", "must not hold a combination twice"))
    return steps, problems


def _complaints(
    document: Document, trail: Trail, path: str, values: object, seen: list[str]
) -> Iterator[Problem]:
    if path.partition(".")[0] not in ROOTS:
        rule = f"must begin with one of {', '.join(ROOTS)}"
        yield _problem(document, trail, path, rule, of_key=True)
    else:
        try:
            trail_of(document.value, path)
        except ValueError as error:
            yield _problem(document, trail, path, str(error), of_key=True)
    for other in seen:
        if f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}."):
            rule = f"must not overlap with {other}"
            yield _problem(document, trail, path, rule, of_key=True)
    if not isinstance(values, list) or not values:
        yield _problem(document, trail, values, "must be a list of at least one value")
    elif len(values) > MOST_RUNS:
        yield _problem(document, trail, len(values), f"must hold at most {MOST_RUNS:,} values")
    elif trail[1] != "zip" and _repeats(values):
        yield _problem(document, trail, values, "must not hold a value twice")


def _repeats(values: list[Any]) -> bool:
    return len({_hashable(value) for value in values}) < len(values)


def _hashable(value: object) -> object:
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in value.items())
    return tuple(map(_hashable, value)) if isinstance(value, list) else value


def _problem(
    document: Document, trail: Trail, value: object, rule: str, *, of_key: bool = False
) -> Problem:
    where = document.place(trail, of_key=of_key)
    remedy = "write PATH: [VALUE, VALUE], like streams.cameras.fps: [10, 15]"
    what = ".".join(map(str, trail))
    return Problem(where=where, what=what, value=value, rule=rule, remedy=remedy)

"""Everything a scenario needs, tried before the first run: profiles, traces, policies, batches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulator.assembly import assemble
from simulator.assembly.sources import profile, trace
from simulator.foundation.errors import InputError, Problem
from simulator.world import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["check"]

_FRAMES_TRIED = 2
_MOST_PROBLEMS = 50


def check(scenario: Scenario, specs: Sequence[RunSpec]) -> None:
    """Load every profile and trace, and try every case on its first frames.

    Args:
        scenario: Valid as a document.
        specs: Its runs.

    Raises:
        InputError: With everything that was found wrong.
    """
    problems: dict[str, Problem] = {}

    def attempt(step: Callable[[], object], path: str) -> bool:
        try:
            step()
        except InputError as error:
            for problem in error.problems:
                placed = _placed(problem, scenario, path)
                problems.setdefault(str(placed), placed)
            return False
        return True

    tried: set[object] = set()
    for spec in specs:
        record, sound = spec.point.record, True
        source = record.network.uplink[0].trace
        if source not in tried:
            tried.add(source)
            sound &= attempt(
                lambda s=source, r=record: trace(s, scenario.folder, r.duration_ns),  # type: ignore[misc]
                "network.uplink.0.trace",
            )
        for name, group in record.streams.items():
            if group.profile not in tried:
                tried.add(group.profile)
                sound &= attempt(
                    lambda g=group: profile(g.profile, scenario.folder),  # type: ignore[misc]
                    f"streams.{name}.profile",
                )
        if sound and spec.case not in tried:
            tried.add(spec.case)
            attempt(lambda s=spec: _try(s, scenario), "streams")  # type: ignore[misc]
    if problems:
        raise InputError(*list(problems.values())[:_MOST_PROBLEMS])


def _try(spec: RunSpec, scenario: Scenario) -> None:
    """Simulate a case's first frames: a policy that cannot cope with them fails here."""
    record = spec.point.record
    longest_ns = max(group.interval_ns for group in record.streams.values())
    short_ns = min(record.duration_ns, _FRAMES_TRIED * longest_ns)
    shortened = record.model_copy(update={"duration_ns": short_ns})
    simulate(assemble(shortened, spec.seed, scenario.folder).plan)


def _placed(problem: Problem, scenario: Scenario, path: str) -> Problem:
    """Say where in the scenario's file the setting stands that led to a problem."""
    word = problem.what.partition(" ")[0]
    for candidate in (problem.what, f"{problem.where}.{word}"):
        if place := scenario.place(candidate):
            return replace(problem, where=place, what=candidate)
    if place := scenario.place(path):
        return replace(problem, where=place, what=f"{path}: {problem.where} {problem.what}")
    return problem

"""Everything a scenario needs, tried before the first run: profiles, traces, policies, batches."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from simulator.assembly import assemble
from simulator.assembly.setting_doubts import setting_doubts
from simulator.assembly.sources import profile, trace, workload
from simulator.batch.one_run import named
from simulator.batch.setting_doubts import Told, Tried, told
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.streams import ProfileGroup
from simulator.world import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from models.profile import Profile
    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario
    from simulator.scenario.streams import Group
    from simulator.workload import Workload

__all__ = ["check", "placed"]

_Load: TypeAlias = "partial[Profile] | partial[Workload]"

_FRAMES_TRIED = 2
_MOST_PROBLEMS = 50


def check(scenario: Scenario, specs: Sequence[RunSpec]) -> list[Told]:
    """Load every profile and trace, and try every case on its first frames.

    Args:
        scenario: Valid as a document.
        specs: Its runs.

    Returns:
        What is doubtful about its settings.

    Raises:
        InputError: With everything that was found wrong.
    """
    tried: list[Tried] = []
    problems: dict[str, Problem] = {}
    usable: dict[object, bool] = {}

    def attempt(key: object, step: Callable[[], object], spec: RunSpec, path: str) -> bool:
        """Try a step once for each key; return whether it went well."""
        if key not in usable:
            usable[key] = True
            try:
                step()
            except InputError as error:
                usable[key] = False
                found = [placed(problem, scenario, spec, path) for problem in error.problems]
                problems.update({str(problem): problem for problem in found})
        return usable[key]

    for spec in specs:
        record = spec.point.record
        sound = True
        for path, hop in record.network.hops():
            load_trace = partial(trace, hop.trace, scenario.folder, record.duration_ns)
            sound &= attempt(hop.trace, load_trace, spec, f"{path}.trace")
        for name, group in record.streams.items():
            for key, load in _files(group, scenario.folder):
                sound &= attempt((key, load.args), load, spec, f"streams.{name}.{key}")
        if sound:
            path = "streams" if len(record.streams) > 1 else f"streams.{next(iter(record.streams))}"
            attempt(spec.case, partial(_try, spec, scenario, tried), spec, f"{path}.policy")
    if problems:
        raise InputError(*list(problems.values())[:_MOST_PROBLEMS])
    return told(scenario, tried)


def _try(spec: RunSpec, scenario: Scenario, tried: list[Tried]) -> None:
    """Simulate a case's first frames: a policy that cannot cope with them fails here."""
    record = spec.point.record
    needed_ns = max(_first_frames_ns(group, scenario.folder) for group in record.streams.values())
    short_ns = min(record.duration_ns, needed_ns)
    at_once = {"start_ns": 0, "stop_ns": None}
    streams = {name: group.model_copy(update=at_once) for name, group in record.streams.items()}
    shortened = record.model_copy(update={"duration_ns": short_ns, "streams": streams})
    built = assemble(shortened, spec.seed, scenario.folder)
    doubts = tuple(setting_doubts(record, built.plan, scenario.folder))
    tried.append(Tried(spec=spec, doubts=doubts, offered=built.offered))
    with named(f"run {spec.name}, trace {built.trace}"):
        simulate(built.plan)


def _first_frames_ns(group: Group, folder: Path) -> int:
    """Return how long a stream that begins at once takes to capture its first frames."""
    if isinstance(group, ProfileGroup):
        return _FRAMES_TRIED * group.interval_ns
    logs = workload(group.workload, folder).streams
    return min(int(log.captured_ns[1]) + log.interval_ns + 1 for log in logs)


def _files(group: Group, folder: Path) -> Iterator[tuple[str, _Load]]:
    """Yield what a group loads: the key that names it, and the step that loads it."""
    if isinstance(group, ProfileGroup):
        yield "profile", partial(profile, group.profile, folder)
        return
    yield "workload", partial(workload, group.workload, folder)
    if group.calibration is not None:
        yield "calibration", partial(workload, group.calibration, folder)


def placed(problem: Problem, scenario: Scenario, spec: RunSpec, path: str) -> Problem:
    """Say where in the scenario's file the setting stands that led to a problem."""
    word = problem.what.partition(" ")[0]
    for candidate in (problem.what, f"{problem.where}.{word}"):
        if found := _found(candidate, scenario, spec):
            return replace(problem, where=found[1], what=found[0])
    if found := _found(path, scenario, spec):
        what = f"{found[0]}: {problem.where} {problem.what}"
        return replace(problem, where=found[1], what=what)
    return problem


def _found(path: str, scenario: Scenario, spec: RunSpec) -> tuple[str, str] | None:
    """Return a path as the file has it, and where it stands there."""
    # A way back of one hop may be written without a list.
    for written in (path, path.replace("network.downlink.0.", "network.downlink.")):
        if place := scenario.place(written, spec.point.settings):
            return written, place
    return None

"""One run: assembled, simulated, measured, and written as one file."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.assembly import assemble
from simulator.assembly.inputs import check_unchanged
from simulator.batch.path_table import path_key
from simulator.foundation.errors import InputError
from simulator.metrics import measure
from simulator.metrics.judged import judged
from simulator.metrics.selection import groups
from simulator.results.own_files import FRAMES
from simulator.results.tables import write_frames
from simulator.world import simulate

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from simulator.assembly import Assembly
    from simulator.assembly.inputs import Inputs
    from simulator.batch.cases import RunSpec
    from simulator.framelog import FrameLog
    from simulator.metrics import Measured
    from simulator.world.plan import StreamPlan

__all__ = ["execute", "frames_path", "is_of", "named"]

_MOST_OUTAGES = 500


def frames_path(folder: Path, name: str) -> Path:
    """Return where a run's file goes."""
    return folder / FRAMES / f"{name}.parquet"


def execute(spec: RunSpec, scenario_folder: Path, out: Path, inputs: Inputs) -> None:
    """Simulate a run and write its file.

    Args:
        spec: The run.
        scenario_folder: What relative paths in the scenario are relative to.
        out: The results folder.
        inputs: What its files held when the batch began.

    Raises:
        InputError: If one of them has changed since, or a policy misbehaves.
    """
    with named(f"run {spec.name}"):
        built = assemble(spec.point.record, spec.seed, scenario_folder)
    check_unchanged(spec.point.record, scenario_folder, inputs)
    with named(f"run {spec.name}, trace {built.trace}"):
        log = simulate(built.plan)
    found = measure(log, built.plan)
    facts = _facts(spec, built, found) | {"judged": _judged(spec, built, log, found)}
    write_frames(frames_path(out, spec.name), log, facts)


@contextmanager
def named(run: str) -> Iterator[None]:
    """Let the problems of a run begin with which run it is."""
    try:
        yield
    except InputError as error:
        problems = [replace(one, where=f"{run}: {one.where}") for one in error.problems]
        raise InputError(*problems) from error


def _facts(spec: RunSpec, built: Assembly, found: Measured) -> dict[str, Any]:
    identity = _identity(spec) | {"trace": built.trace}
    policies = {name: group.policy.label for name, group in spec.point.record.streams.items()}
    link = path_key(built, spec.point.record.network, spec.seed)
    run = identity | {"link": link, "duration_s": built.plan.duration_ns / 1e9} | found.run
    return _plain(run) | {
        "groups": [_plain(identity | row) for row in found.groups],
        "units": [_plain(identity | row) for row in found.units],
        "streams": [
            {
                "name": stream.name,
                "group": stream.group,
                "policy": policies[stream.group],
                "deadline_ns": stream.deadline_ns,
                "interval_ns": stream.interval_ns,
                "units": list(stream.ladder.names),
                "on_device": list(stream.ladder.on_device),
                **_extras(stream),
            }
            for stream in built.plan.streams
        ],
        **_outages(spec, built),
    }


def _identity(spec: RunSpec) -> dict[str, Any]:
    return {
        "run": spec.name,
        "case": spec.case,
        "point": spec.point.index,
        "replication": spec.replication,
        "seed": spec.seed,
        "policy": spec.policy,
        "setting": spec.setting,
    }


def is_of(spec: RunSpec, facts: Mapping[str, Any]) -> bool:
    """Return whether the facts of a run's file are of a run, row by row."""
    record = spec.point.record
    identity = _identity(spec) | {"trace": facts["trace"]}
    rows = (facts, *facts["groups"], *facts["units"])
    asked = {(name, one.metric) for name in record.streams for one in record.slo}
    place = (spec.case, facts["trace"])
    return (
        all(row[key] == value for row in rows for key, value in identity.items())
        and {row["group"] for row in facts["groups"]} == set(record.streams)
        and {(row["group"], row["metric"]) for row in facts["judged"]} == asked
        and all((row["case"], row["trace"]) == place for row in facts["judged"])
    )


def _judged(spec: RunSpec, built: Assembly, log: FrameLog, found: Measured) -> list[dict[str, Any]]:
    """Return what each objective is judged by in each group."""
    metrics = {row["group"]: row for row in found.groups}
    identity = {"case": spec.case, "trace": built.trace}
    return [
        identity | row
        for name, frames in groups(log, built.plan)
        for row in judged(name, frames, metrics[name], spec.point.record.slo)
    ]


def _extras(stream: StreamPlan) -> dict[str, Any]:
    """Return how many layers each unit has, and further tasks' deadlines, where there are any."""
    found: dict[str, Any] = {}
    if any(stream.layers):
        found["layers"] = [len(unit.payload_bytes) if unit else 1 for unit in stream.layers]
    if stream.tasks:
        found["tasks"] = {task.name: task.deadline_ns for task in stream.tasks}
    return found


def _outages(spec: RunSpec, built: Assembly) -> dict[str, list[dict[str, Any]]]:
    """Return when workers are away, the longest times where there are many."""
    names = [name for name, _ in spec.point.record.server.pool]
    found = [
        (name, outage.begin_ns / 1e9, outage.end_ns / 1e9)
        for name, worker in zip(names, built.plan.server.workers, strict=True)
        for outage in worker.outages
    ]
    longest = sorted(found, key=lambda outage: outage[1] - outage[2])[:_MOST_OUTAGES]
    rows = [dict(zip(("worker", "begin_s", "end_s"), outage, strict=True)) for outage in longest]
    return {"outages": rows} if rows else {}


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON has it: NaN is null."""
    return {key: None if value != value else value for key, value in row.items()}  # noqa: PLR0124

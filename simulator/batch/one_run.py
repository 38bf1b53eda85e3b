"""One run: assembled, simulated, measured, and written as one file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.assembly import assemble
from simulator.metrics import measure
from simulator.results.tables import write_frames
from simulator.world import simulate

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.assembly import Assembly
    from simulator.batch.cases import RunSpec
    from simulator.metrics import Measured

__all__ = ["execute", "frames_path"]


def frames_path(folder: Path, name: str) -> Path:
    """Return where a run's file goes."""
    return folder / "frames" / f"{name}.parquet"


def execute(spec: RunSpec, scenario_folder: Path, out: Path) -> None:
    """Simulate a run and write its file.

    Args:
        spec: The run.
        scenario_folder: What relative paths in the scenario are relative to.
        out: The results folder.
    """
    built = assemble(spec.point.record, spec.seed, scenario_folder)
    log = simulate(built.plan)
    facts = _facts(spec, built, measure(log, built.plan))
    write_frames(frames_path(out, spec.name), log, facts)


def _facts(spec: RunSpec, built: Assembly, found: Measured) -> dict[str, Any]:
    identity = {
        "run": spec.name,
        "case": spec.case,
        "point": spec.point.index,
        "replication": spec.replication,
        "seed": spec.seed,
        "policy": spec.policy,
        "setting": spec.setting,
        "trace": built.trace,
    }
    policies = {name: group.policy.label for name, group in spec.point.record.streams.items()}
    run = identity | {"link": built.link, "duration_s": built.plan.duration_ns / 1e9} | found.run
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
            }
            for stream in built.plan.streams
        ],
    }


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as JSON has it: NaN is null."""
    return {key: None if value != value else value for key, value in row.items()}  # noqa: PLR0124

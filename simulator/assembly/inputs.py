"""The files that runs are made from, and what each of them holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from simulator.assembly.sources import profile
from simulator.foundation.digests import sha256_of
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.streams import ProfileGroup, WorkloadGroup

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from simulator.scenario.records import ScenarioRecord

__all__ = ["Inputs", "check_unchanged", "inputs_of"]

Inputs: TypeAlias = "Mapping[str, Mapping[str, str]]"
"""``profiles``, ``traces``, ``workloads`` and ``policies``: names or files to SHA-256."""

_KINDS = {
    "profiles": "profile",
    "traces": "trace",
    "workloads": "workload",
    "policies": "policy",
}


def inputs_of(records: Iterable[ScenarioRecord], folder: Path) -> Inputs:
    """Return what the files hold now that points of a scenario name.

    Args:
        records: The points.
        folder: What relative paths in them are relative to.

    Raises:
        InputError: If one cannot be read.
    """
    named: dict[str, set[str]] = {kind: set() for kind in _KINDS}
    for record in records:
        for group in record.streams.values():
            if isinstance(group, ProfileGroup):
                named["profiles"].add(group.profile)
            if isinstance(group, WorkloadGroup):
                named["workloads"] |= {group.workload, group.calibration or group.workload}
            if ":" in group.policy.name:
                named["policies"].add(group.policy.name.rpartition(":")[0])
        named["traces"].update(*(hop.trace.files for _, hop in record.network.hops()))
    return {
        kind: {name: _digest(kind, name, folder) for name in sorted(names)}
        for kind, names in named.items()
    }


def check_unchanged(record: ScenarioRecord, folder: Path, inputs: Inputs) -> None:
    """Refuse a run whose files no longer hold what they did when its batch began.

    Args:
        record: The run's point of the scenario.
        folder: What relative paths in it are relative to.
        inputs: What they held.

    Raises:
        InputError: With every file that has changed.
    """
    changed = [
        Problem(
            where=name,
            what=_KINDS[kind],
            value=f"SHA-256 {now[:12]}...",
            rule=f"must stay as it was when the first run began, {inputs[kind][name][:12]}...",
            remedy="run everything again, or bring it back and --resume",
        )
        for kind, found in inputs_of([record], folder).items()
        for name, now in found.items()
        if now != inputs[kind][name]
    ]
    if changed:
        raise InputError(*changed)


def _digest(kind: str, name: str, folder: Path) -> str:
    if kind == "profiles":
        return profile(name, folder).sha256
    return sha256_of(folder / name, what=_KINDS[kind])

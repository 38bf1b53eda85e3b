"""A results folder claimed for a batch: never a foreign one, resumed only by its own scenario."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

from simulator.foundation.errors import InputError, Problem
from simulator.results.manifest import MANIFEST, differences, new_manifest, write_json
from simulator.results.results import read_json
from simulator.results.tables import read_facts

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from simulator.assembly.inputs import Inputs
    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["claim", "manifest_of", "refuse_foreign", "unfinished"]


def manifest_of(
    scenario: Scenario, specs: Sequence[RunSpec], inputs: Inputs, command: str
) -> dict[str, Any]:
    """Return the manifest of a batch that begins now."""
    return new_manifest(
        scenario,
        runs=[
            {
                "run": spec.name,
                "case": spec.case,
                "point": spec.point.index,
                "replication": spec.replication,
                "seed": spec.seed,
                "settings": spec.point.settings,
            }
            for spec in specs
        ],
        inputs=inputs,
        command=command,
    )


def refuse_foreign(out: Path, *, resume: bool, replace: bool) -> None:
    """Refuse to write into a folder that holds anything but what may be overwritten or resumed.

    Args:
        out: The results folder; it may not exist yet.
        resume: Whether results in it are to be finished.
        replace: Whether results in it may be replaced.

    Raises:
        InputError: If it is a file, a folder of something else, or holds results unasked for.
    """
    if not out.exists():
        return
    if not out.is_dir():
        raise _refusal(out, "a file", "must be a folder", "give another --out")
    if not any(out.iterdir()):
        return
    if not (out / MANIFEST).is_file():
        rule = "must be empty or hold results of splitcast"
        raise _refusal(out, "a folder with other files", rule, "give another --out")
    if not (resume or replace):
        rule = "must not hold results already"
        raise _refusal(out, "results", rule, "give another --out, or --resume to finish them")


def claim(out: Path, manifest: dict[str, Any], *, replace: bool) -> None:
    """Make a folder this batch's own.

    Args:
        out: A folder that passed `refuse_foreign`.
        manifest: Of the batch; written first.
        replace: Whether results in it are replaced, rather than resumed.

    Raises:
        InputError: If it holds the results of another scenario, profile, trace or version.
    """
    if replace and out.exists():
        shutil.rmtree(out)
    if (out / MANIFEST).is_file():
        different = differences(read_json(out / MANIFEST), manifest)
        if different:
            rule = f"must come from the same {' and '.join(different)} to be resumed"
            raise _refusal(out, "results", rule, "give another --out")
    (out / "frames").mkdir(parents=True, exist_ok=True)
    write_json(out / MANIFEST, manifest)


def unfinished(out: Path, specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return the runs that a folder lacks, and clear away what a killed batch left half written."""
    for leftover in (out / "frames").glob(".*"):
        leftover.unlink()
    return [spec for spec in specs if not _is_there(out, spec)]


def _is_there(out: Path, spec: RunSpec) -> bool:
    path = out / "frames" / f"{spec.name}.parquet"
    if not path.is_file():
        return False
    try:
        return bool(read_facts(path)["seed"] == spec.seed)
    except (InputError, KeyError, TypeError):
        return False


def _refusal(out: Path, value: str, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where="--out", what=str(out), value=value, rule=rule, remedy=remedy))

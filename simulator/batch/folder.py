"""A results folder claimed for a batch: never a foreign one, resumed only by its own scenario."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Any

from simulator.batch.one_run import frames_path, is_of
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import make_folder
from simulator.foundation.lock import held
from simulator.foundation.places import check_output
from simulator.results.documents import Manifest, read_document
from simulator.results.facts import RunFacts
from simulator.results.manifest import MANIFEST, differences, new_manifest, write_json
from simulator.results.own_files import (
    FRAMES,
    clear_leftovers,
    clear_results,
    is_results,
    is_unused,
    obstacles,
)
from simulator.results.tables import read_facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from simulator.assembly.inputs import Inputs
    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["claimed", "manifest_of", "refuse_foreign", "unfinished"]

_MOST_PROBLEMS = 10


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


def refuse_foreign(
    out: Path, specs: Sequence[RunSpec], *, resume: bool = False, replace: bool = False
) -> None:
    """Refuse to write into a folder that holds anything but what may be overwritten or resumed.

    Args:
        out: The results folder; it may not exist yet. It may be a link to a folder; no link in it
            is followed.
        specs: The runs.
        resume: Whether results in it are to be finished.
        replace: Whether results in it may be replaced.

    Raises:
        InputError: If it is a file, a folder of something else, holds results unasked for, or if
            links or folders stand where files are to go. Nothing is written then.
    """
    check_output(out, folder=True)
    if not out.exists():
        return
    if not (ours := is_results(out)) and not is_unused(out):
        rule = "must be empty or hold results of splitcast"
        raise _refusal(out, "a folder with other files", rule, "give another --out")
    if ours and not (resume or replace):
        rule = "must not hold results already"
        raise _refusal(out, "results", rule, "give another --out, or --resume to finish them")
    if found := list(islice(obstacles(out, {spec.name for spec in specs}), _MOST_PROBLEMS)):
        rule, remedy = (
            "must be a plain file or folder to be written",
            "move it, or give another --out",
        )
        raise InputError(
            *(
                Problem(where="--out", what=str(path), value=value, rule=rule, remedy=remedy)
                for path, value in found
            )
        )


@contextmanager
def claimed(
    out: Path,
    specs: Sequence[RunSpec],
    manifest: dict[str, Any],
    *,
    resume: bool = False,
    replace: bool = False,
) -> Iterator[None]:
    """Make a folder this batch's own, and hold it until the block ends.

    The manifest is there before anything else is, and the one before it until nothing of its
    results is left: wherever a batch is killed, the folder is one that can be resumed.

    Args:
        out: The results folder.
        specs: The runs.
        manifest: Of the batch.
        resume: Whether results in it are to be finished.
        replace: Whether results in it are replaced, unless they are to be resumed.

    Raises:
        InputError: As in `refuse_foreign`; or if another process holds the folder, or it holds the
            results of another scenario, profile, trace or version.
    """
    refuse_foreign(out, specs, resume=resume, replace=replace)
    make_folder(out)
    with held(out, manifest["command"]):
        refuse_foreign(out, specs, resume=resume, replace=replace)  # another may just have ended
        if replace and not resume:
            clear_results(out)
        elif is_results(out):
            old = read_document(out / MANIFEST, Manifest)
            different = differences(old.model_dump(), manifest)
            if different:
                rule = f"must come from the same {' and '.join(different)} to be resumed"
                raise _refusal(out, "results", rule, "give another --out")
        clear_leftovers(out)
        write_json(out / MANIFEST, manifest)
        make_folder(out / FRAMES)
        yield


def unfinished(out: Path, specs: Sequence[RunSpec]) -> list[RunSpec]:
    """Return the runs that a folder lacks."""
    return [spec for spec in specs if not _is_there(out, spec)]


def _is_there(out: Path, spec: RunSpec) -> bool:
    path = frames_path(out, spec.name)
    if not path.is_file():
        return False
    try:
        _, facts = read_facts(path, RunFacts)
    except InputError:
        return False
    return is_of(spec, facts)


def _refusal(out: Path, value: str, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where="--out", what=str(out), value=value, rule=rule, remedy=remedy))

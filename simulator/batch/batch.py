"""A whole batch: checked, claimed, simulated, finished."""

from __future__ import annotations

import shutil
import time
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from simulator.assembly.inputs import inputs_of
from simulator.batch.cases import run_specs
from simulator.batch.check import check
from simulator.batch.finish import finish
from simulator.batch.folder import claimed, manifest_of, refuse_foreign, unfinished
from simulator.batch.main_guard import leave_second_import, refuse_given
from simulator.batch.memory import refuse_too_large
from simulator.batch.pool import execute_all
from simulator.foundation.places import writing
from simulator.results import Results
from simulator.results.manifest import MANIFEST, write_json

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.assembly.inputs import Inputs
    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

__all__ = ["run"]


def _silent(_done: int, _total: int) -> None:
    """Tell nobody how far a batch is."""


def run(  # noqa: PLR0913 - each with a default
    scenario: Scenario,
    *,
    out: Path | str | None = None,
    workers: int = 1,
    resume: bool = False,
    replace: bool = False,
    report: bool = False,
    progress: Callable[[int, int], None] = _silent,
    command: str = "",
) -> Results:
    """Simulate every point of a scenario with every replication.

    Args:
        scenario: What to simulate.
        out: Folder for the results; without one they live as long as what is returned.
        workers: Processes. Results do not depend on it. A script that asks for several does so
            under ``if __name__ == "__main__":``, because each imports it again.
        resume: Finish the missing runs of results that are already in ``out``.
        replace: Replace results that are already in ``out``.
        report: Leave plots and a page in ``out``, too.
        progress: Told after each run how many are done, of how many.
        command: What the manifest names as the command line.

    Returns:
        The results, with ``.frames``, ``.runs`` and ``.summary`` as DataFrames.

    Raises:
        InputError: If something the scenario needs cannot be used, or ``out`` holds anything
            else, or is in use by another process: nothing is written then. Or if a run cannot be
            finished or written: ``resume`` finishes the rest.
    """
    leave_second_import()
    began = time.monotonic()
    specs = run_specs(scenario)
    if workers > 1:
        refuse_given(specs)
    if out is not None:
        refuse_foreign(Path(out), specs, resume=resume, replace=replace)
    doubts = check(scenario, specs)
    refuse_too_large(scenario, specs, workers)
    inputs = inputs_of((point.record for point in scenario.points), scenario.folder)
    manifest = manifest_of(scenario, specs, inputs, command)
    folder = _temporary() if out is None else Path(out)
    try:
        with claimed(folder, specs, manifest, resume=resume, replace=replace):
            _fill(scenario, specs, inputs, folder, workers, progress)
            finish(scenario, specs, folder, doubts)
            elapsed_s = round(time.monotonic() - began, 3)
            write_json(folder / MANIFEST, manifest | {"state": "done", "elapsed_s": elapsed_s})
            results = Results(folder)
            if report:
                from simulator.report import draw

                draw(folder)
    except BaseException:
        if out is None:
            shutil.rmtree(folder, ignore_errors=True)
        raise
    if out is None:
        weakref.finalize(results, shutil.rmtree, folder, ignore_errors=True)
    return results


def _temporary() -> Path:
    with writing(Path("temporary folder")):
        return Path(mkdtemp(prefix="splitcast-"))


def _fill(
    scenario: Scenario,
    specs: Sequence[RunSpec],
    inputs: Inputs,
    folder: Path,
    workers: int,
    progress: Callable[[int, int], None],
) -> None:
    """Simulate what a folder lacks."""
    missing = unfinished(folder, specs)
    total, done = len(specs), len(specs) - len(missing)

    def count(_: str) -> None:
        nonlocal done
        done += 1
        progress(done, total)

    execute_all(missing, scenario.folder, folder, inputs, workers=workers, done=count)

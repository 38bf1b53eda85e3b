"""Runs spread over processes. What a run writes depends on its spec alone, not on who wrote it."""

from __future__ import annotations

import multiprocessing
import os
import signal
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import TYPE_CHECKING

from simulator.batch.main_guard import refuse_unguarded, refuse_without_file
from simulator.batch.one_run import execute

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from simulator.assembly.inputs import Inputs
    from simulator.batch.cases import RunSpec

__all__ = ["execute_all"]

_AHEAD = 4


def execute_all(
    specs: Sequence[RunSpec],
    scenario_folder: Path,
    out: Path,
    inputs: Inputs,
    *,
    workers: int,
    done: Callable[[str], None],
) -> None:
    """Simulate runs, in this process or in others.

    Args:
        specs: The runs.
        scenario_folder: What relative paths in the scenario are relative to.
        out: The results folder.
        inputs: What their files held when the batch began.
        workers: Processes; 1 is this one.
        done: Told each finished run's name.

    Raises:
        InputError: If a policy misbehaves. Runs already finished stay.
    """
    if workers == 1 or len(specs) <= 1:
        for spec in specs:
            execute(spec, scenario_folder, out, inputs)
            done(spec.name)
        return
    refuse_without_file()
    # Fresh interpreters: forking a process with threads (arrow has some) may deadlock.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(
        min(workers, len(specs)), mp_context=context, initializer=_leave_to_parent
    ) as pool:
        try:
            _feed(pool, specs, scenario_folder, out, inputs, _AHEAD * workers, done)
        except BaseException as error:
            there = [*(pool._processes or {}).values()]  # noqa: SLF001 - no other way there
            pool.shutdown(wait=False, cancel_futures=True)
            if isinstance(error, BrokenProcessPool):
                refuse_unguarded(there)
            raise


def _leave_to_parent() -> None:
    """Leave interrupts and the standard output, where a policy may print, to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)


def _feed(
    pool: ProcessPoolExecutor,
    specs: Sequence[RunSpec],
    scenario_folder: Path,
    out: Path,
    inputs: Inputs,
    ahead: int,
    done: Callable[[str], None],
) -> None:
    """Keep a few runs queued at a time, so that an interruption ends soon."""
    waiting = iter(specs)
    under_way: dict[Future[None], str] = {}
    while True:
        for spec in waiting:
            under_way[pool.submit(execute, spec, scenario_folder, out, inputs)] = spec.name
            if len(under_way) >= ahead:
                break
        if not under_way:
            return
        finished, _ = wait(under_way, return_when=FIRST_COMPLETED)
        for future in finished:
            future.result()
            done(under_way.pop(future))

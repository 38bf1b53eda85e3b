"""Runs spread over processes. What a run writes depends on its spec alone, not on who wrote it."""

from __future__ import annotations

from collections import deque
from functools import partial
from math import inf
from multiprocessing.connection import wait
from typing import TYPE_CHECKING

from simulator.batch.cases import RunSpec
from simulator.batch.main_guard import refuse_unguarded, refuse_without_file
from simulator.batch.one_run import execute
from simulator.foundation.processes import lost
from simulator.foundation.worker import LostError, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from simulator.assembly.inputs import Inputs

__all__ = ["execute_all"]


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
        InputError: If a policy misbehaves, a process ends before its run does, or memory or disk
            do not suffice. Runs already finished stay, others are broken off.
    """
    work = partial(_execute, scenario_folder=scenario_folder, out=out, inputs=inputs)
    if workers == 1 or len(specs) <= 1:
        for spec in specs:
            work(None, spec)
            done(spec.name)
        return
    refuse_without_file()
    waiting, busy = deque(specs), dict[Worker, RunSpec]()
    idle: list[Worker] = []
    try:
        while waiting or busy:
            while waiting and len(busy) < workers:
                worker = idle.pop() if idle else Worker(work, _nothing)
                busy[worker] = waiting.popleft()
                worker.give(busy[worker])
            wait([worker.pipe for worker in busy])
            for worker, spec in tuple(busy.items()):
                if _finished(worker, spec):
                    idle.append(worker)
                    del busy[worker]
                    done(spec.name)
    finally:
        for worker in busy:
            worker.end(idle=False)
        for worker in idle:
            worker.end(idle=True)


def _finished(worker: Worker, spec: RunSpec) -> bool:
    try:
        return worker.look(inf)
    except LostError as why:
        refuse_unguarded(why.exit_code)
        raise lost(f"run {spec.name}", str(why)) from None


def _nothing() -> None:
    """Make nothing: all that a run needs comes with it."""


def _execute(_: None, spec: RunSpec, *, scenario_folder: Path, out: Path, inputs: Inputs) -> None:
    try:
        execute(spec, scenario_folder, out, inputs)
    except MemoryError:
        raise lost(f"run {spec.name}", "out of memory") from None

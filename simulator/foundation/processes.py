"""Processes that work for this one: they end when it does, and leave interruptions to it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from concurrent.futures import Future

__all__ = ["ended_by", "lost", "pool", "undisturbed", "work_for_parent"]

_REMEDY = (
    "is there enough memory? Give fewer --workers; what was finished is kept, so go on with the "
    "same command (`run` with --resume)"
)


@contextmanager
def undisturbed() -> Iterator[None]:
    """Start processes inside: an interruption from the terminal never reaches them.

    Not even while they import, before anything of ours runs in them: they inherit that it is
    blocked. Here it is only put off until the block ends.
    """
    resource_tracker.ensure_running()  # it would unblock what is blocked, were it started inside
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def work_for_parent() -> None:
    """Leave interruptions to the process that started this one, and end when it has ended.

    However it has: it holds the other end of a pipe, which the system closes for it. Standard
    output, where a user's code may print, is left to it, too.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.dup2(2, 1)
    parent = multiprocessing.parent_process()
    if parent is not None:
        watch = threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True)
        watch.start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)  # at once, whatever the other threads do


def ended_by(exit_code: int | None) -> str:
    """Return in words how a process ended.

    Example:
        >>> ended_by(-9), ended_by(3)
        ('killed by SIGKILL', 'ended with exit code 3')
    """
    if exit_code is None or exit_code >= 0:
        return f"ended with exit code {exit_code}"
    try:
        return f"killed by {signal.Signals(-exit_code).name}"
    except ValueError:
        return f"killed by signal {-exit_code}"


def lost(where: str, how: str) -> InputError:
    """Return the error that a process ended before its work did.

    Args:
        where: What it worked on.
        how: From `ended_by`.
    """
    rule = "before it was done"
    return InputError(Problem(where=where, what="worker", value=how, rule=rule, remedy=_REMEDY))


class _Pool(ProcessPoolExecutor):
    def submit(self, work: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:  # noqa: ANN401
        with undisturbed():  # it starts processes as they are needed
            return super().submit(work, *args, **options)


@contextmanager
def pool(workers: int, start: Callable[[], object], what: str) -> Iterator[ProcessPoolExecutor]:
    """Give an executor whose processes work for this one, and are killed if the block fails.

    Args:
        workers: Processes.
        start: Called in each before its work; picklable.
        what: What they work on, for the message if one is lost.

    Raises:
        InputError: A process ended before its work did.
    """
    context = multiprocessing.get_context("spawn")
    others = set(multiprocessing.active_children())
    executor = _Pool(workers, mp_context=context, initializer=_begin, initargs=(start,))
    try:
        yield executor
    except BaseException as error:
        executor.shutdown(wait=False, cancel_futures=True)
        for process in set(multiprocessing.active_children()) - others:
            process.kill()
        if isinstance(error, BrokenProcessPool):
            raise lost(what, "lost") from error
        raise
    finally:
        executor.shutdown()


def _begin(start: Callable[[], object]) -> None:
    work_for_parent()
    start()

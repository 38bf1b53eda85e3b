"""A crew of processes: each makes what it works with once, then takes items until none is left."""

from __future__ import annotations

import multiprocessing
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any, TypeVar

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["for_each"]

_SHARES = 8  # a worker takes about so many times a part of the items

Tool = TypeVar("Tool")
Item = TypeVar("Item")


def for_each(
    items: Sequence[Item],
    work: Callable[[Tool, Item], None],
    make: Callable[[], Tool],
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Work on every item, one thread a process.

    Args:
        items: What is worked on.
        work: Called with the tool and an item; with more than one worker it, ``make`` and the
            items must be picklable.
        make: Makes the tool, such as a network; called once a process.
        workers: Processes; with 1 it is this one.
        tell: Called with a line of progress.

    Example:
        >>> for_each([1, 2], lambda tool, item: print(tool * item), lambda: "ab")
        ab
        abab
    """
    if workers == 1:
        torch.set_num_threads(1)
        tool = make()
        for done, item in enumerate(items, start=1):
            work(tool, item)
            if done % _SHARES == 0 or done == len(items):
                tell(f"{done} of {len(items)} done")
        return
    context = multiprocessing.get_context("spawn")
    shares = [items[k :: _SHARES * workers] for k in range(_SHARES * workers)]
    with ProcessPoolExecutor(
        workers, mp_context=context, initializer=_start, initargs=(make,)
    ) as pool:
        jobs = {pool.submit(_work_through, share, work): len(share) for share in shares if share}
        done = 0
        for job in as_completed(jobs):
            job.result()
            done += jobs[job]
            tell(f"{done} of {len(items)} done")


_MADE: list[Any] = []  # the worker process's own tool


def _start(make: Callable[[], Any]) -> None:
    torch.set_num_threads(1)
    _MADE.append(make())


def _work_through(share: Sequence[Any], work: Callable[[Any, Any], None]) -> None:
    for item in share:
        work(_MADE[0], item)

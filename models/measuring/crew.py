"""A crew of processes: each makes what it works with once, then takes items until none is left.

A library may hang for good with an item. So a worker that gives no sign for a generous time is
ended, and its item goes to a fresh one, at most twice.
"""

from __future__ import annotations

import reprlib
from collections import deque
from functools import partial
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, TypeVar

import torch

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.worker import LostError, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["for_each"]

_PATIENCE_S = 300.0  # an item takes seconds, on a busy machine a minute
_TRIES = 3
_TOLD = 8  # items from one line of progress to the next
_SHORT = reprlib.Repr()
_SHORT.maxother = 160

Tool = TypeVar("Tool")
Item = TypeVar("Item")


def for_each(
    items: Sequence[Item],
    work: Callable[[Tool, Item], None],
    make: Callable[[], Tool],
    *,
    workers: int = 1,
    watched: bool = False,
    patience_s: float = _PATIENCE_S,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Work on every item, one thread a process.

    Args:
        items: What is worked on.
        work: Called with the tool and an item; where that happens in other processes it, ``make``
            and the items must be picklable.
        make: Makes the tool, such as a network; called once a process.
        workers: Processes; with 1 it is this one, unless it is to be watched.
        watched: Whether ``work`` may hang, so that even one worker needs a process of its own.
        patience_s: How long a process of its own may take for an item.
        tell: Called with a line of progress.

    Raises:
        InputError: An item was lost with three processes, one after the other.

    Example:
        >>> for_each([1, 2], lambda tool, item: print(tool * item), lambda: "ab")
        ab
        abab
    """

    def told(done: int) -> None:
        if done % _TOLD == 0 or done == len(items):
            tell(f"{done} of {len(items)} done")

    if workers > 1 or watched:
        _together(
            items,
            lambda: Worker(work, partial(_one_thread, make)),
            min(workers, len(items)),
            patience_s,
            told,
        )
        return
    torch.set_num_threads(1)
    tool = make()
    for done, item in enumerate(items, start=1):
        work(tool, item)
        told(done)


def _together(
    items: Sequence[object],
    hire: Callable[[], Worker],
    workers: int,
    patience_s: float,
    told: Callable[[int], None],
) -> None:
    left, lost = deque(range(len(items))), dict.fromkeys(range(len(items)), 0)
    busy: dict[Worker, int] = {}
    idle = [hire() for _ in range(workers)]
    done = 0
    try:
        while left or busy:
            while left and idle:
                worker = idle.pop()
                busy[worker] = left.popleft()
                worker.give(items[busy[worker]])
            wait([worker.pipe for worker in busy], timeout=patience_s / 10)
            for worker, k in tuple(busy.items()):
                try:
                    if not worker.look(patience_s):
                        continue
                    done += 1
                    told(done)
                    idle.append(worker)
                except LostError as why:
                    lost[k] += 1
                    if lost[k] == _TRIES:
                        raise _always_lost(items[k], why) from None
                    worker.end(idle=False)
                    left.append(k)
                    idle.append(hire())
                del busy[worker]
    finally:
        for worker in idle:
            worker.end(idle=True)
        for worker in busy:
            worker.end(idle=False)


def _one_thread(make: Callable[[], Tool]) -> Tool:
    torch.set_num_threads(1)
    return make()


def _always_lost(item: object, why: LostError) -> InputError:
    problem = Problem(
        where=_SHORT.repr(item),
        what="worker",
        value=why,
        rule=f"as did {_TRIES - 1} before it on the same item",
        remedy="every other result is kept, so run again, and if it is lost again measure without "
        "what it is measured with",
    )
    return InputError(problem)

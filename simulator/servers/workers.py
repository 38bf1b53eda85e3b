"""A pool of workers: who is free, who takes the next batch, and who is away when.

An outage that **drains** lets a worker finish its batch first; one that **crashes** destroys it.
Both are known beforehand, and so is, when a batch begins, how it will end.
"""

from __future__ import annotations

from dataclasses import dataclass
from heapq import heappop, heappush
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["NOBODY", "Outage", "Pool", "Worker"]

NOBODY = -1
"""In place of a worker, where none is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """A worker is away from ``begin_ns`` on and takes work again at ``end_ns``.

    Attributes:
        crash: Whether a batch in service at ``begin_ns`` is destroyed then; otherwise it is
            finished. One that ends at that very instant is finished either way.
    """

    begin_ns: int
    end_ns: int
    crash: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One worker of a pool.

    Attributes:
        speed: Of several free workers the fastest takes the next batch, of equally fast ones the
            first. How long it serves is the station's callback's word.
        outages: Ascending, without overlap.
    """

    speed: float = 1.0
    outages: tuple[Outage, ...] = ()


class Pool:
    """Workers, named by their places in the sequence given.

    Args:
        workers: At least one.

    Raises:
        InputError: If there is no worker, or outages are empty, overlap or do not ascend.

    Attributes:
        next_ns: When the next worker is free; 0 where one may be free already. Not to be read
            between a worker's being taken and occupied.

    Example:
        >>> pool = Pool([Worker(), Worker(speed=2.0, outages=(Outage(begin_ns=7, end_ns=9),))])
        >>> pool.take(0), pool.occupy(1, 8)  # the fast one; it finishes its batch in its outage
        (1, 8)
        >>> pool.take(0), pool.occupy(0, 100), pool.take(0), pool.next_ns
        (0, 100, -1, 9)
    """

    __slots__ = ("_ahead", "_busy", "_free", "_outages", "_rank", "_worker", "next_ns")

    def __init__(self, workers: Sequence[Worker]) -> None:
        """Start with all workers free."""
        if not workers:
            raise _refuse("number", 0, "must be at least 1", "give one worker or more")
        for index, worker in enumerate(workers):
            _check(index, worker.outages)
        # Ranks order them by speed. Heaps hold ranks, so that the fastest free one is on top.
        self._worker = sorted(range(len(workers)), key=lambda index: -workers[index].speed)
        self._rank = [0] * len(workers)
        for rank, index in enumerate(self._worker):
            self._rank[index] = rank
        self._outages = [worker.outages for worker in workers]
        self._ahead = [0] * len(workers)  # which outage of each worker comes next
        self._free = list(range(len(workers)))
        self._busy: list[tuple[int, int]] = []  # until when, rank
        self.next_ns = 0

    def take(self, now_ns: int) -> int:
        """Return the worker that takes a batch now, or `NOBODY`. It is free no more."""
        free, busy = self._free, self._busy
        while busy and busy[0][0] <= now_ns:
            heappush(free, heappop(busy)[1])
        while free:
            rank = heappop(free)
            worker = self._worker[rank]
            if not self._outages[worker]:
                return worker
            back_ns = self._back_ns(worker, now_ns)
            if back_ns == now_ns:
                return worker
            heappush(busy, (back_ns, rank))
        self.next_ns = busy[0][0]
        return NOBODY

    def occupy(self, worker: int, end_ns: int) -> int:
        """Let a worker just taken serve a batch until an instant.

        Returns:
            When it stops: at the given instant, or before it where a crash destroys the batch.
        """
        free_ns = end_ns
        if self._outages[worker]:
            end_ns = self._cut_ns(worker, end_ns)
            free_ns = self._back_ns(worker, end_ns)
        busy = self._busy
        heappush(busy, (free_ns, self._rank[worker]))
        self.next_ns = 0 if self._free else busy[0][0]
        return end_ns

    def _cut_ns(self, worker: int, end_ns: int) -> int:
        """Return when a batch stops that would end at an instant."""
        for outage in self._outages[worker][self._ahead[worker] :]:
            if outage.begin_ns >= end_ns:
                break
            if outage.crash:
                return outage.begin_ns
        return end_ns

    def _back_ns(self, worker: int, now_ns: int) -> int:
        """Return from when on a worker that has nothing to do now takes work."""
        outages, ahead = self._outages[worker], self._ahead[worker]
        while ahead < len(outages) and outages[ahead].begin_ns <= now_ns:
            now_ns = max(now_ns, outages[ahead].end_ns)
            ahead += 1
        self._ahead[worker] = ahead
        return now_ns


def _check(worker: int, outages: Sequence[Outage]) -> None:
    before_ns = 0
    for outage in outages:
        if not before_ns <= outage.begin_ns < outage.end_ns:
            value = f"{outage.begin_ns} to {outage.end_ns} ns"
            rule = f"must be a time from {before_ns} ns on"
            remedy = "sort the outages, and let none overlap another"
            raise _refuse(f"outage of worker {worker}", value, rule, remedy)
        before_ns = outage.end_ns


def _refuse(what: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where="workers", what=what, value=value, rule=rule, remedy=remedy))

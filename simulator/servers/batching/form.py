"""Forming: batches close by themselves and wait for workers as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from simulator.foundation.instants import FOREVER_NS
from simulator.servers.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Form"]

J = TypeVar("J")


class _Batch(Generic[J]):
    """Jobs that will be served together, by ticket; it is named by the ticket of its first."""

    __slots__ = ("closes_ns", "jobs", "ticket")

    def __init__(self, ticket: int, closes_ns: int) -> None:
        self.ticket = ticket
        self.closes_ns = closes_ns
        self.jobs: dict[int, J] = {}


class Form(Generic[J]):
    """Batches close at ``most`` jobs or some time after their first, then wait for workers.

    A job that comes at the very instant at which a batch closes by time is in it. A batch from
    which jobs are removed keeps its instant, and once closed stays so; with its last job it goes.

    Args:
        most: The largest batch, at least 1.
        wait_ns: How long after its first job a batch closes.
        due_ns: Returns a job's deadline: the closed batch that holds the earliest goes first, the
            one formed first of equal ones. None for batches in the order they were formed.
    """

    __slots__ = ("_batch_of", "_by_deadline", "_closed", "_last", "_most", "_wait_ns", "at_once")

    def __init__(self, most: int, wait_ns: int, due_ns: Callable[[J], int] | None = None) -> None:
        """Start empty."""

        def earliest_ns(batch: _Batch[J]) -> int:
            return min(map(due_ns, batch.jobs.values())) if due_ns else 0

        self.at_once = most == 1
        self._most = most
        self._wait_ns = wait_ns
        self._by_deadline = due_ns is not None
        self._closed = waiting(earliest_ns if due_ns else None)
        self._last: _Batch[J] | None = None  # not full; its instant may have come, though
        self._batch_of: dict[int, _Batch[J]] = {}

    def __len__(self) -> int:
        """Return how many jobs wait."""
        return len(self._batch_of)

    def __contains__(self, ticket: int) -> bool:
        """Return whether the job with that ticket waits."""
        return ticket in self._batch_of

    @property
    def ready_ns(self) -> int:
        """From when on a worker could take a batch."""
        if self._closed:
            return 0
        return FOREVER_NS if self._last is None else self._last.closes_ns

    def put(self, ticket: int, jobs: Sequence[J], now_ns: int) -> None:
        """Let jobs join the batch that forms, or begin another."""
        last = self._last
        if last is not None and last.closes_ns < now_ns:
            self._closed.put(last.ticket, (last,))
            last = None
        for job in jobs:
            if last is None:
                last = _Batch(ticket, now_ns + self._wait_ns)
            last.jobs[ticket] = job
            self._batch_of[ticket] = last
            if len(last.jobs) == self._most:
                self._closed.put(last.ticket, (last,))
                last = None
            ticket += 1
        self._last = last

    def take(self, now_ns: int) -> list[J]:
        """Remove and return the jobs of the closed batch whose turn it is."""
        last = self._last
        if last is not None and last.closes_ns <= now_ns:
            self._closed.put(last.ticket, (last,))
            self._last = None
        (batch,) = self._closed.take(1)
        for ticket in batch.jobs:
            del self._batch_of[ticket]
        return list(batch.jobs.values())

    def withdraw(self) -> J:
        """Remove and return the job that came last; a batch that it made full is open again."""
        ticket, batch = self._batch_of.popitem()
        job = batch.jobs.pop(ticket)
        if batch is not self._last:
            self._closed.remove(batch.ticket)
        self._last = batch if batch.jobs else None
        return job

    def remove(self, ticket: int) -> J | None:
        """Remove and return the job with that ticket, if it waits."""
        batch = self._batch_of.pop(ticket, None)
        if batch is None:
            return None
        job = batch.jobs.pop(ticket)
        if batch is self._last:
            self._last = batch if batch.jobs else None
        elif not batch.jobs or self._by_deadline:
            self._closed.remove(batch.ticket)
            if batch.jobs:  # another of its deadlines may be the earliest now
                self._closed.put(batch.ticket, (batch,))
        return job

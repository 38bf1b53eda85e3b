"""Pulling: a free worker takes what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from simulator.foundation.instants import FOREVER_NS
from simulator.servers.waiting import waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Pull"]

J = TypeVar("J")


class Pull(Generic[J]):
    """A free worker takes what waits, up to ``most`` jobs.

    Args:
        most: The largest batch, at least 1.
        due_ns: Returns a job's deadline, for earliest deadline first; None for first in first out.
    """

    __slots__ = ("_most", "_waiting", "at_once", "ready_ns")

    def __init__(self, most: int = 1, due_ns: Callable[[J], int] | None = None) -> None:
        """Start empty."""
        self.at_once = True
        self.ready_ns = FOREVER_NS
        self._most = most
        self._waiting = waiting(due_ns)

    def __len__(self) -> int:
        """Return how many jobs wait."""
        return len(self._waiting)

    def __contains__(self, ticket: int) -> bool:
        """Return whether the job with that ticket waits."""
        return ticket in self._waiting

    def put(self, ticket: int, jobs: Sequence[J], now_ns: int) -> None:  # noqa: ARG002  # the interface
        """Let jobs wait."""
        self._waiting.put(ticket, jobs)
        if jobs:
            self.ready_ns = 0

    def take(self, now_ns: int) -> list[J]:  # noqa: ARG002  # the interface
        """Remove and return as many as a batch may hold."""
        batch = self._waiting.take(self._most)
        if len(batch) < self._most or not self._waiting:
            self.ready_ns = FOREVER_NS
        return batch

    def withdraw(self) -> J:
        """Remove and return the job that came last."""
        job = self._waiting.withdraw()
        self._look()
        return job

    def remove(self, ticket: int) -> J | None:
        """Remove and return the job with that ticket, if it waits."""
        job = self._waiting.remove(ticket)
        self._look()
        return job

    def _look(self) -> None:
        self.ready_ns = 0 if self._waiting else FOREVER_NS

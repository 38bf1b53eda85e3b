"""What a station tells of jobs, and when."""

from __future__ import annotations

from typing import Protocol, TypeVar

__all__ = ["Listener"]

J = TypeVar("J")


class Listener(Protocol[J]):
    """Who is told what becomes of jobs. It must not call the station from within."""

    def served(self, jobs: list[J], start_ns: int, end_ns: int, worker: int, batch: int) -> None:
        """Hear that a batch begins and when it will have been served; batches count from 0."""

    def crashed(self, jobs: list[J], start_ns: int, end_ns: int, worker: int, batch: int) -> None:
        """Hear that a batch begins which the worker's crash will destroy at ``end_ns``."""

    def expired(self, job: J, now_ns: int) -> None:
        """Hear that a job leaves the queue, its service not begun by its instant."""

    def refused(self, job: J, now_ns: int) -> None:
        """Hear that a job is sent away as it arrives: there is no place to wait."""

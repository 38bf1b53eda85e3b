"""What a station asks of the place where jobs wait and become batches."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Batching"]

J = TypeVar("J")


class Batching(Protocol[J]):
    """What waits at a station."""

    at_once: bool
    """Whether a job that comes alone, and before which nothing waits, is a batch by itself."""

    def __len__(self) -> int:
        """Return how many jobs wait."""

    def __contains__(self, ticket: int) -> bool:
        """Return whether the job with that ticket waits."""

    @property
    def ready_ns(self) -> int:
        """From when on a worker could take a batch, if nothing else comes; 0 for long since."""

    def put(self, ticket: int, jobs: Sequence[J], now_ns: int) -> None:
        """Let jobs wait from now on; the first has that ticket, the others those after it."""

    def take(self, now_ns: int) -> list[J]:
        """Remove and return the batch whose turn it is; one must be ready by now."""

    def withdraw(self) -> J:
        """Remove and return the job that came last, as if it never had."""

    def remove(self, ticket: int) -> J | None:
        """Remove and return the job with that ticket, or None where it waits no more."""

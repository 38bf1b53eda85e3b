"""Which pool serves customers: workers, places, patience, batches and their times."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, NamedTuple

from simulator.foundation.quantities import duration_ns

__all__ = ["BatchTime", "Batching", "PoolChoice", "batch_time"]

Batching = Literal["pull", "form"]

_PLUS = re.compile(r"(?<![0-9][eE])\+")  # not that of an exponent


class BatchTime(NamedTuple):
    """What a batch takes: a base, and something for each customer in it."""

    base_ns: int
    each_ns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolChoice:
    """How customers are served, first come first served.

    Attributes:
        workers: How many, all alike.
        places: Most customers that wait, those in service not counted; None for no limit.
        patience_ns: How long a customer waits before he leaves unserved; None for ever.
        batching: ``pull``: a free worker takes what waits, up to ``max_batch``; ``form``: a batch
            closes at ``max_batch`` customers or ``max_wait_ns`` after its first, worker or not.
        max_batch: The largest batch.
        max_wait_ns: Of ``form``; None for ``pull``.
        batch_time: Of all batches; None where a batch takes the sum of its customers' own times.
    """

    workers: int = 1
    places: int | None = None
    patience_ns: int | None = None
    batching: Batching = "pull"
    max_batch: int = 1
    max_wait_ns: int | None = None
    batch_time: BatchTime | None = None


def batch_time(text: str) -> BatchTime:
    """Return the times that ``10 ms + 4 ms`` says: a base, and for each customer.

    Raises:
        ValueError: If it says something else; the message is a predicate.

    Example:
        >>> batch_time("10 ms + 4 ms")
        BatchTime(base_ns=10000000, each_ns=4000000)
    """
    parts = _PLUS.split(text)
    if len(parts) != len(BatchTime._fields):
        raise ValueError("must be a duration for the batch, '+', and one for each customer")
    return BatchTime(*map(duration_ns, parts))

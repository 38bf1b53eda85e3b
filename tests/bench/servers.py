"""Stations of workers: how many customers they serve in a CPU second, whatever they take."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.keyed import generator
from simulator.servers.batching import Form, Pull
from simulator.servers.station import Station
from simulator.servers.workers import Pool, Worker
from tests.bench.plans import MS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.servers.batching import Batching

LOAD = 0.7


def servers() -> Iterator[tuple[str, int, Callable[[int], float]]]:
    """Name what is measured, the least it must reach, and how to measure it once."""
    yield "M/M/1 customers", 400_000, partial(customers, batching=Pull)
    yield "M/M/1 customers in formed batches", 300_000, partial(customers, batching=four_formed)


def four_formed() -> Form[int]:
    """Batches of up to four, which take up to two mean service times to form."""
    return Form(4, 2 * MS)


class Tape:
    """Writes down when each customer has been served."""

    def __init__(self, count: int) -> None:
        self.end_ns = [0] * count

    def served(self, jobs: list[int], _start: int, end_ns: int, _worker: int, _batch: int) -> None:
        for job in jobs:
            self.end_ns[job] = end_ns

    crashed = served

    def expired(self, job: int, now_ns: int) -> None:
        raise AssertionError(job, now_ns)

    refused = expired


def customers(count: int, batching: Callable[[], Batching[int]]) -> float:
    """Return customers per second, a batch taking what its first customer does."""
    draw = generator(1, "bench", "customers")
    arrivals: list[int] = np.cumsum(draw.exponential(MS / LOAD, count)).astype(np.int64).tolist()
    service_ns: list[int] = draw.exponential(MS, count).astype(np.int64).tolist()
    tape = Tape(count)
    station = Station(Pool([Worker()]), batching(), lambda jobs, _: service_ns[jobs[0]], tape)
    start = time.process_time()
    for customer, now_ns in enumerate(arrivals):
        station.arrive(now_ns, [customer])
    station.finish()
    seconds = time.process_time() - start
    assert min(tape.end_ns) > 0
    return count / seconds

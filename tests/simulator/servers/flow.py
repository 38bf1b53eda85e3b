"""Long flows of customers through a station, and means of what they meet with their intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import t as student

from simulator.servers.batching import Pull
from simulator.servers.station import Station
from simulator.servers.workers import Pool, Worker

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.int64]

NS = 1_000_000
"""Mean service time of all flows here."""
REFUSED = -1
BATCHES = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Customers one by one; `start_ns` and `end_ns` are -1 where one was refused."""

    arrive_ns: Times
    service_ns: Times
    start_ns: Times
    end_ns: Times

    def waits(self) -> NDArray[np.float64]:
        """Of those let in, in mean service times."""
        admitted = self.start_ns >= 0
        return (self.start_ns - self.arrive_ns)[admitted] / NS


class _Tape:
    """Writes starts and ends down; a job is its own number."""

    def __init__(self, count: int) -> None:
        self.start_ns = [REFUSED] * count
        self.end_ns = [REFUSED] * count

    def served(self, jobs: list[int], start_ns: int, end_ns: int, _worker: int, _no: int) -> None:
        self.start_ns[jobs[0]] = start_ns
        self.end_ns[jobs[0]] = end_ns

    crashed = served

    def expired(self, job: int, now_ns: int) -> None:
        raise AssertionError(job, now_ns)

    def refused(self, job: int, now_ns: int) -> None:
        """Leave the tape as it is."""


def flow(
    arrive_ns: Times, service_ns: Times, *, workers: int = 1, places: int | None = None
) -> Flow:
    """Return what customers meet who are served one by one."""
    tape = _Tape(len(arrive_ns))
    own_ns = service_ns.tolist()
    station = Station(
        Pool([Worker()] * workers), Pull(), lambda jobs, _: own_ns[jobs[0]], tape, places=places
    )
    for customer, now_ns in enumerate(arrive_ns.tolist()):
        station.arrive(now_ns, [customer])
    station.finish()
    return Flow(
        arrive_ns=arrive_ns,
        service_ns=service_ns,
        start_ns=np.array(tape.start_ns),
        end_ns=np.array(tape.end_ns),
    )


def poisson(draw: np.random.Generator, load: float, count: int) -> Times:
    """Return instants of Poisson arrivals that bring ``load`` mean service times a service time."""
    return np.cumsum(np.rint(draw.exponential(NS / load, count))).astype(np.int64)


def interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean of a long run and its 99 % half-width, from the means of batches of it.

    Law, "Simulation Modeling and Analysis", 5th ed., section 9.5.3; batches here are thousands of
    customers, many times longer than a queue remembers.
    """
    means = values[: len(values) // BATCHES * BATCHES].reshape(BATCHES, -1).mean(axis=1)
    quantile = float(student.ppf(0.995, BATCHES - 1))
    return float(means.mean()), quantile * float(means.std(ddof=1)) / BATCHES**0.5

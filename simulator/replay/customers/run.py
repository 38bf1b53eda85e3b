"""Customers served by a pool, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.servers.batching import Form, Pull
from simulator.servers.station import Station
from simulator.servers.workers import Pool, Worker

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.replay.customers.choice import PoolChoice
    from simulator.replay.customers.table import CustomerTable

__all__ = ["NEVER", "Visits", "serve"]

NEVER = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """What became of customers; one entry each, in the order of their table.

    Attributes:
        start_ns: When service began; `NEVER` if it did not.
        left_ns: When the customer left, served or not; `NEVER` if he was not let in.
        batch: Which batch served him, counted from 0 in the order in which they began, or `NEVER`.
        batch_size: Of that batch; 0 if none.
    """

    start_ns: list[int]
    left_ns: list[int]
    batch: list[int]
    batch_size: list[int]

    def served(self, jobs: list[int], start_ns: int, end_ns: int, _worker: int, batch: int) -> None:
        """Write a batch down."""
        for customer in jobs:
            self.start_ns[customer] = start_ns
            self.left_ns[customer] = end_ns
            self.batch[customer] = batch
            self.batch_size[customer] = len(jobs)

    crashed = served  # no worker is ever away

    def expired(self, job: int, now_ns: int) -> None:
        """Write down that a customer leaves unserved."""
        self.left_ns[job] = now_ns

    def refused(self, job: int, now_ns: int) -> None:
        """Hear of a customer who is not let in: he has been nowhere."""


def serve(customers: CustomerTable, choice: PoolChoice) -> Visits:
    """Let customers arrive, those of one instant together and in the order of their table.

    Args:
        customers: Who arrives, and when.
        choice: What kind of pool it is.

    Example:
        >>> from simulator.replay.customers import CustomerTable, PoolChoice
        >>> both = CustomerTable(names=["1", "2"], arrived_ns=[5, 0], service_ns=[10, 20])
        >>> serve(both, PoolChoice()).start_ns
        [20, 0]
    """
    arrived_ns = customers.arrived_ns
    count = len(arrived_ns)
    visits = Visits(
        start_ns=[NEVER] * count,
        left_ns=[NEVER] * count,
        batch=[NEVER] * count,
        batch_size=[0] * count,
    )
    patience_ns = choice.patience_ns
    station = Station(
        Pool([Worker()] * choice.workers),
        _batching(choice),
        _service_ns(customers, choice),
        visits,
        places=choice.places,
        expires_ns=None if patience_ns is None else lambda job: arrived_ns[job] + patience_ns,
    )
    together: list[int] = []
    for customer in sorted(range(count), key=arrived_ns.__getitem__):
        if together and arrived_ns[together[0]] < arrived_ns[customer]:
            station.arrive(arrived_ns[together[0]], together)
            together = []
        together.append(customer)
    station.arrive(arrived_ns[together[0]], together)
    station.finish()
    return visits


def _batching(choice: PoolChoice) -> Pull[int] | Form[int]:
    if choice.max_wait_ns is None:
        return Pull(choice.max_batch)
    return Form(choice.max_batch, choice.max_wait_ns)


def _service_ns(customers: CustomerTable, choice: PoolChoice) -> Callable[[list[int], int], int]:
    times, own_ns = choice.batch_time, customers.service_ns
    if times is not None:
        return lambda jobs, _: times.base_ns + times.each_ns * len(jobs)
    return lambda jobs, _: sum(own_ns[job] for job in jobs)

"""A station: jobs wait, workers serve them in batches; advanced only when someone asks.

At one instant, in this order: jobs arrive, all that are handed over together; batches close that
are due; free workers, and those that become free or come back, take what they can; jobs leave
whose patience ends; what is too much for the places is refused, the newest first, as if it had
never come. So a job whose service can begin at the very instant at which it would leave is served,
as in the simulator Ciw.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, Generic, TypeVar

from simulator.foundation.instants import FOREVER_NS
from simulator.servers.workers import NOBODY

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator.servers.batching import Batching
    from simulator.servers.listener import Listener
    from simulator.servers.workers import Pool

__all__ = ["Station"]

J = TypeVar("J")


class Station(Generic[J]):
    """A pool of workers behind one queue.

    Args:
        pool: The workers.
        batching: Where jobs wait: `Pull` or `Form`. It decides the order, too.
        service_ns: Returns how long a worker serves a batch; called once, when it begins. One that
            would end at `FOREVER_NS` or later keeps its worker for ever, and ends then.
        listener: Told what becomes of jobs, as soon as it is certain.
        places: Most jobs that wait, those in service not counted; None for no limit.
        expires_ns: Returns the instant at which a job leaves if it is not in service by then. One
            that is over already leaves as it arrives. None for endless patience.

    Attributes:
        next_ns: Nothing happens before this instant unless jobs arrive; `FOREVER_NS` if nothing
            ever will. Once it is past, `advance` makes it grow.

    Example:
        >>> from simulator.servers.batching import Pull
        >>> from simulator.servers.workers import Pool, Worker
        >>> class Told:
        ...     def served(self, jobs, start_ns, end_ns, worker, batch):
        ...         print(jobs, "from", start_ns, "to", end_ns)
        >>> station = Station(Pool([Worker()]), Pull(2), lambda jobs, _: 10 * len(jobs), Told())
        >>> for now_ns, job in enumerate("abcd"):
        ...     station.arrive(now_ns, [job])
        ['a'] from 0 to 10
        >>> station.next_ns
        10
        >>> station.finish()
        ['b', 'c'] from 10 to 30
        ['d'] from 30 to 40
    """

    __slots__ = (
        "_batches",
        "_batching",
        "_expires_ns",
        "_leaving",
        "_listener",
        "_patient",
        "_places",
        "_pool",
        "_service_ns",
        "_tickets",
        "next_ns",
    )

    def __init__(
        self,
        pool: Pool,
        batching: Batching[J],
        service_ns: Callable[[list[J], int], int],
        listener: Listener[J],
        *,
        places: int | None = None,
        expires_ns: Callable[[J], int] | None = None,
    ) -> None:
        """Start empty."""
        self.next_ns = FOREVER_NS
        self._pool = pool
        self._batching = batching
        self._service_ns = service_ns
        self._listener = listener
        self._places = places
        self._expires_ns = expires_ns
        self._patient = places is None and expires_ns is None  # who has come stays until served
        self._leaving: list[tuple[int, int]] = []  # when, ticket; also of some in service
        self._tickets = 0
        self._batches = 0

    def arrive(self, now_ns: int, jobs: list[J]) -> None:
        """Hand over the jobs of an instant, in order. Instants of calls must not decrease."""
        while self.next_ns < now_ns:
            self._act(self.next_ns)
        batching, pool, expires_ns = self._batching, self._pool, self._expires_ns
        if expires_ns is not None:
            jobs = self._in_time(now_ns, jobs, expires_ns)
        busy = pool.next_ns > now_ns
        if not busy and self.next_ns == FOREVER_NS and batching.at_once and len(jobs) == 1:
            worker = pool.take(now_ns)  # nothing waits
            if worker != NOBODY:
                self._begin(now_ns, worker, jobs)
                return
        ticket = self._tickets + 1
        self._tickets += len(jobs)
        batching.put(ticket, jobs, now_ns)
        if expires_ns is not None:
            for number, job in enumerate(jobs, ticket):
                heappush(self._leaving, (expires_ns(job), number))
        if busy and self._patient and batching.at_once:
            self.next_ns = pool.next_ns
        else:
            self._act(now_ns)

    def advance(self, now_ns: int) -> None:
        """Let everything happen that does by now."""
        while self.next_ns <= now_ns:
            self._act(self.next_ns)

    def finish(self) -> None:
        """Let everything happen that ever will."""
        self.advance(FOREVER_NS - 1)

    def _in_time(self, now_ns: int, jobs: list[J], expires_ns: Callable[[J], int]) -> list[J]:
        """Return the jobs that may still be served; the others leave."""
        late = [job for job in jobs if expires_ns(job) < now_ns]
        for job in late:
            self._listener.expired(job, now_ns)
        return [job for job in jobs if expires_ns(job) >= now_ns] if late else jobs

    def _act(self, now_ns: int) -> None:
        """Do what happens at an instant, once jobs have arrived."""
        batching, pool = self._batching, self._pool
        while pool.next_ns <= now_ns and batching.ready_ns <= now_ns:
            worker = pool.take(now_ns)
            if worker == NOBODY:
                break
            self._begin(now_ns, worker, batching.take(now_ns))
        if not self._patient:
            self._expire(now_ns)
            if self._places is not None and len(batching) > self._places:
                self._refuse(now_ns, len(batching) - self._places)
        ready_ns = batching.ready_ns
        self.next_ns = FOREVER_NS if ready_ns == FOREVER_NS else max(ready_ns, pool.next_ns)
        if self._leaving:
            self.next_ns = min(self.next_ns, self._next_leaving_ns())

    def _begin(self, now_ns: int, worker: int, jobs: list[J]) -> None:
        end_ns = min(now_ns + self._service_ns(jobs, worker), FOREVER_NS)
        batch = self._batches
        self._batches = batch + 1
        stop_ns = self._pool.occupy(worker, end_ns)
        hear = self._listener.served if stop_ns == end_ns else self._listener.crashed
        hear(jobs, now_ns, stop_ns, worker, batch)

    def _expire(self, now_ns: int) -> None:
        """Let go whose patience ends."""
        leaving = self._leaving
        while leaving and leaving[0][0] <= now_ns:
            job = self._batching.remove(heappop(leaving)[1])
            if job is not None:
                self._listener.expired(job, now_ns)

    def _refuse(self, now_ns: int, count: int) -> None:
        """Send the newest away."""
        for job in reversed([self._batching.withdraw() for _ in range(count)]):
            self._listener.refused(job, now_ns)

    def _next_leaving_ns(self) -> int:
        """Return when the next job leaves that still waits; forget those that do not."""
        leaving, batching = self._leaving, self._batching
        while leaving and leaving[0][1] not in batching:
            heappop(leaving)
        return leaving[0][0] if leaving else FOREVER_NS

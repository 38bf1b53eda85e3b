"""The server: a pool of workers with pull batching, in which different units share a tail batch."""

from __future__ import annotations

from collections import deque
from heapq import heapreplace
from typing import TYPE_CHECKING

from simulator.world.alarm import WORKERS, Alarm
from simulator.world.service import batch_ns

if TYPE_CHECKING:
    from simpy import Environment, Event

    from simulator.world.ledger import Ledger
    from simulator.world.plan import ServerPlan
    from simulator.world.service import Job

__all__ = ["Server"]


class Server:
    """Serves jobs first in, first out: a free worker takes up to ``max_batch`` of what waits.

    A batch's end is known when it begins, so only a worker for whom something waits needs an
    event; an idle one costs none.
    """

    def __init__(
        self, env: Environment, plan: ServerPlan, ledger: Ledger, downlink_delay_ns: int
    ) -> None:
        """Start with all workers free."""
        self._env = env
        self._max_batch = plan.max_batch
        self._ledger = ledger
        self._downlink_delay_ns = downlink_delay_ns
        self._waiting: deque[Job] = deque()
        self._free_ns = [0] * len(plan.workers)  # a heap: when each worker is free
        self._alarm = Alarm(env, WORKERS, self._worker_free)
        self._armed = False

    def arrive(self, jobs: list[Job], now_ns: int) -> None:
        """Queue the jobs that arrive at one instant; workers free by now take what they can."""
        self._waiting.extend(jobs)
        self._pull(now_ns)

    def _worker_free(self, _: Event) -> None:
        self._armed = False
        self._pull(int(self._env.now))

    def _pull(self, now_ns: int) -> None:
        waiting, free_ns = self._waiting, self._free_ns
        while waiting and free_ns[0] <= now_ns:
            if len(waiting) <= self._max_batch:
                batch = list(waiting)
                waiting.clear()
            else:
                batch = [waiting.popleft() for _ in range(self._max_batch)]
            end_ns = now_ns + batch_ns(batch)
            heapreplace(free_ns, end_ns)
            self._note(batch, now_ns, end_ns)
        if waiting and not self._armed:
            self._armed = True
            self._alarm.at(now_ns, free_ns[0])

    def _note(self, batch: list[Job], start_ns: int, end_ns: int) -> None:
        log, done_ns = self._ledger, end_ns + self._downlink_delay_ns
        for job in batch:
            row = job.row
            log.service_start_ns[row] = start_ns
            log.served_ns[row] = end_ns
            log.batch_size[row] = len(batch)
            log.done_ns[row] = done_ns
            job.mail.answer(row, done_ns)

"""The server: a station of workers in the world's time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.framelog import Reason
from simulator.servers.batching import Form, Pull
from simulator.servers.station import Station
from simulator.servers.workers import Pool
from simulator.world.alarm import WORKERS, Alarm
from simulator.world.loading import Loading
from simulator.world.reminder import Reminder
from simulator.world.service import Job, batch_ns, due_ns, expires_ns

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment, Event

    from simulator.servers.batching import Batching
    from simulator.world.ledger import Ledger
    from simulator.world.plan import ServerPlan, WorldPlan

__all__ = ["Server"]


class Server:
    """Hands what arrives to the station, and notes what becomes of it.

    A batch's end is known when it begins, so only a worker for whom something waits needs an
    event; an idle one costs none. Where the way back is nothing but propagation, a busy server
    wakes once for all batches that began within it.

    Args:
        env: The world's clock.
        plan: The world.
        ledger: Where to note.
        answer: Told of each job, when its batch begins, when it will have been served.

    Raises:
        InputError: If workers, outages or memory are none that could be.
    """

    def __init__(
        self,
        env: Environment,
        plan: WorldPlan,
        ledger: Ledger,
        answer: Callable[[Job, int], None],
    ) -> None:
        """Start with all workers free."""
        server = plan.server
        self._env = env
        self._answer = answer
        self._ledger = ledger
        self._station = Station(
            Pool(server.workers),
            _batching(server),
            Loading(env, server.memory, server.workers).batch_ns if server.memory else batch_ns,
            self,
            places=server.places,
            expires_ns=expires_ns if server.drops_expired else None,
        )
        self._wake = Reminder(env, WORKERS, self._act)
        # Nobody needs to know that a batch has begun before its answer is there. Memories tell the
        # time by the world's clock, though.
        back_ns = 0 if plan.downlink or server.memory else plan.downlink_delay_ns
        self._slack_ns = max(0, back_ns - 1)
        # Payloads of one instant come in several calls where several links end at the server, or
        # where it begins with the layers that are there. Workers look when all have come.
        self._gathers = len(plan.uplink[-1]) > 1 or any(any(s.layers) for s in plan.streams)
        self._gathered: list[Job] = []
        self._all_there = Alarm(env, WORKERS, self._look)

    def arrive(self, jobs: list[Job], now_ns: int) -> None:
        """Take in the jobs that arrive at one instant; workers free by now take what they can."""
        if self._gathers:
            if not self._gathered:
                self._all_there.at(now_ns, now_ns)
            self._gathered += jobs
            return
        station, wake = self._station, self._wake
        station.arrive(now_ns, jobs)
        when_ns = station.next_ns + self._slack_ns
        if when_ns < wake.when_ns:
            wake.at(now_ns, when_ns)

    def _look(self, _: Event) -> None:
        self._act(int(self._env.now))

    def _act(self, now_ns: int) -> None:
        station, gathered = self._station, self._gathered
        if gathered:
            self._gathered = []
            station.arrive(now_ns, gathered)
        station.advance(now_ns)
        self._wake.at(now_ns, station.next_ns + self._slack_ns)

    def served(self, jobs: list[Job], start_ns: int, end_ns: int, worker: int, batch: int) -> None:  # noqa: ARG002  # a listener hears it
        """Note a batch that begins, and let its answers be sent when it ends, if it ever does."""
        if end_ns >= FOREVER_NS:
            self._begin(jobs, start_ns, worker)
            return
        log, answer, size = self._ledger, self._answer, len(jobs)
        for job in jobs:
            row = job.row
            log.service_start_ns[row] = start_ns
            log.served_ns[row] = end_ns
            log.worker[row] = worker
            log.batch_size[row] = size
            if job.layers > 1:
                log.layers[row] = job.layers
            answer(job, end_ns)

    def crashed(self, jobs: list[Job], start_ns: int, end_ns: int, worker: int, batch: int) -> None:  # noqa: ARG002  # a listener hears it
        """Note a batch that begins and will be destroyed."""
        self._begin(jobs, start_ns, worker)
        for job in jobs:
            self._ledger.destroyed(job.row, Reason.CRASHED, end_ns)

    def _begin(self, jobs: list[Job], start_ns: int, worker: int) -> None:
        """Note a batch that begins, and will not be served."""
        log = self._ledger
        for job in jobs:
            log.service_start_ns[job.row] = start_ns
            log.worker[job.row] = worker
            log.batch_size[job.row] = len(jobs)

    def expired(self, job: Job, now_ns: int) -> None:
        """Note a job that left the queue."""
        self._ledger.destroyed(job.row, Reason.EXPIRED, now_ns)

    def refused(self, job: Job, now_ns: int) -> None:
        """Note a job that was sent away."""
        self._ledger.destroyed(job.row, Reason.REFUSED, now_ns)


def _batching(plan: ServerPlan) -> Batching[Job]:
    due = due_ns if plan.order == "edf" else None
    if plan.batching == "form":
        return Form(plan.max_batch, plan.max_wait_ns, due)
    return Pull(plan.max_batch, due)

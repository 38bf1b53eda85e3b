"""The rules of a station written down instant by instant, with nothing known beforehand.

A clock that ticks through every nanosecond, plain lists, no heaps, no next instants: slow, and
different enough from the station to be right or wrong on its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.simulator.servers.diary import Served, together

if TYPE_CHECKING:
    from simulator.servers.workers import Worker
    from tests.simulator.servers.diary import Job


@dataclass(kw_only=True)
class Rules:
    """What kind of station it is; `wait_ns` is None for pull."""

    workers: list[Worker]
    most: int
    wait_ns: int | None = None
    edf: bool = False
    places: int | None = None
    patient: bool = True


@dataclass
class Group:
    """Jobs that wait, in the order they came; of pull there is one for ever."""

    closes_ns: int
    jobs: list[Job] = field(default_factory=list)
    closed: bool = False


class ByTheBook:
    """Ticks. Batches are told in the order in which they began."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.groups: list[Group] = []
        self.batches: list[Served] = []
        self.left: list[tuple[str, str, int]] = []
        self.serving: dict[int, tuple[int, int, str]] = {}  # worker: number, end, names

    def tick(self, now_ns: int, jobs: list[Job]) -> None:
        self.end_service(now_ns)
        came = [job for job in jobs if self.rules.patient or job.expires_ns >= now_ns]
        self.left += [(job.name, "expired", now_ns) for job in jobs if job not in came]
        for job in came:
            self.join(now_ns, job)
        for group in self.groups:
            group.closed |= group.closes_ns <= now_ns
        while (worker := self.free(now_ns)) is not None and (batch := self.next_batch()):
            number, names = len(self.batches), "".join(job.name for job in batch)
            self.batches.append(Served(names, now_ns, -1, worker, crashed=False))
            self.serving[worker] = (number, now_ns + together(batch, worker), names)
            self.end_service(now_ns)
        self.send_away(now_ns)

    def end_service(self, now_ns: int) -> None:
        for worker, (number, end_ns, _) in list(self.serving.items()):
            crash = any(
                o.crash and o.begin_ns == now_ns for o in self.rules.workers[worker].outages
            )
            if end_ns <= now_ns or crash:
                ended = self.batches[number]._replace(end_ns=now_ns, crashed=end_ns > now_ns)
                self.batches[number] = ended
                del self.serving[worker]

    def join(self, now_ns: int, job: Job) -> None:
        wait_ns = self.rules.wait_ns
        last = self.groups[-1] if self.groups else None
        if last is None or (wait_ns is not None and (last.closed or last.closes_ns < now_ns)):
            last = Group(now_ns + (wait_ns or 0), closed=wait_ns is None)
            self.groups.append(last)
        last.jobs.append(job)
        last.closed |= len(last.jobs) == self.rules.most

    def free(self, now_ns: int) -> int | None:
        here = [
            index
            for index, worker in enumerate(self.rules.workers)
            if index not in self.serving
            and not any(o.begin_ns <= now_ns < o.end_ns for o in worker.outages)
        ]
        return min(here, key=lambda k: (-self.rules.workers[k].speed, k), default=None)

    def next_batch(self) -> list[Job]:
        ready = [group for group in self.groups if group.closed]
        if not ready:
            return []
        if self.rules.edf:
            ready.sort(key=lambda group: min(job.due_ns for job in group.jobs))
        jobs = ready[0].jobs
        if self.rules.wait_ns is None and self.rules.edf:
            batch = sorted(jobs, key=lambda job: job.due_ns)[: self.rules.most]
        else:
            batch = jobs[: self.rules.most]
        self.drop(batch)
        return batch

    def drop(self, gone: list[Job]) -> None:
        for group in self.groups:
            group.jobs = [job for job in group.jobs if job not in gone]
        self.groups = [group for group in self.groups if group.jobs]

    def send_away(self, now_ns: int) -> None:
        waiting = [job for group in self.groups for job in group.jobs]
        if not self.rules.patient:
            over = [job for job in waiting if job.expires_ns <= now_ns]
            over.sort(key=lambda job: job.expires_ns)
            self.left += [(job.name, "expired", now_ns) for job in over]
            self.drop(over)
        waiting = [job for group in self.groups for job in group.jobs]
        if self.rules.places is not None and len(waiting) > self.rules.places:
            refused = waiting[self.rules.places :]
            self.left += [(job.name, "refused", now_ns) for job in refused]
            filled = [group for group in self.groups if refused[0] in group.jobs]
            self.drop(refused)
            for group in filled:
                group.closed = self.rules.wait_ns is None or group.closes_ns <= now_ns

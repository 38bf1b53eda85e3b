"""A listener that writes down what it hears, and stations made in a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.servers.batching import Pull
from simulator.servers.station import Station
from simulator.servers.workers import Pool, Worker

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.servers.batching import Batching


class Job(NamedTuple):
    """A customer that takes some time alone."""

    name: str
    service_ns: int = 10
    due_ns: int = 0
    expires_ns: int = 1 << 62


class Served(NamedTuple):
    """A batch, by the names of its jobs."""

    names: str
    start_ns: int
    end_ns: int
    worker: int
    crashed: bool


class Diary:
    """What became of jobs. `left`: in the order in which they left unserved."""

    def __init__(self) -> None:
        self.batches: list[Served] = []
        self.left: list[tuple[str, str, int]] = []

    def served(self, jobs: list[Job], start_ns: int, end_ns: int, worker: int, batch: int) -> None:
        assert batch == len(self.batches)
        names = "".join(job.name for job in jobs)
        self.batches.append(Served(names, start_ns, end_ns, worker, crashed=False))

    def crashed(self, jobs: list[Job], start_ns: int, end_ns: int, worker: int, batch: int) -> None:
        self.served(jobs, start_ns, end_ns, worker, batch)
        self.batches[-1] = self.batches[-1]._replace(crashed=True)

    def expired(self, job: Job, now_ns: int) -> None:
        self.left.append((job.name, "expired", now_ns))

    def refused(self, job: Job, now_ns: int) -> None:
        self.left.append((job.name, "refused", now_ns))


def together(jobs: list[Job], _worker: int) -> int:
    """Serve jobs one after the other."""
    return sum(job.service_ns for job in jobs)


def due_ns(job: Job) -> int:
    return job.due_ns


def visit(
    arrivals: Sequence[tuple[int, str | list[Job]]],
    workers: Sequence[Worker] = (Worker(),),
    batching: Batching[Job] | None = None,
    service_ns: Callable[[list[Job], int], int] = together,
    *,
    places: int | None = None,
    patient: bool = True,
) -> Diary:
    """Return the diary of jobs that arrive; a string is one job of 10 ns for each letter."""
    diary = Diary()
    station = Station(
        Pool(workers),
        Pull() if batching is None else batching,
        service_ns,
        diary,
        places=places,
        expires_ns=None if patient else lambda job: job.expires_ns,
    )
    for now_ns, jobs in arrivals:
        station.arrive(now_ns, [Job(j) if isinstance(j, str) else j for j in jobs])
    station.finish()
    return diary


def batches(diary: Diary) -> list[tuple[str, int, int]]:
    """Return names, start and end of each batch."""
    return [(b.names, b.start_ns, b.end_ns) for b in diary.batches]

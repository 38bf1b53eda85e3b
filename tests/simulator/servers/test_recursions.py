"""Customer by customer, and to the nanosecond, against the recursions of queueing theory."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.foundation.keyed import generator
from simulator.servers.batching import Pull
from simulator.servers.workers import Worker
from tests.simulator.servers.diary import Job, due_ns, visit
from tests.simulator.servers.flow import NS, flow, poisson


def test_every_customers_wait_is_lindleys() -> None:
    # W(n+1) = max(0, W(n) + S(n) - T(n)).
    draw = generator(3, "lindley")
    arrivals, service = poisson(draw, 0.9, 20_000), draw.integers(0, 2 * NS, 20_000)
    wait, expected = 0, [0]
    gaps = np.diff(arrivals).tolist()
    for gap, served in zip(gaps, service.tolist(), strict=False):
        wait = max(0, wait + served - gap)
        expected.append(wait)
    run = flow(arrivals, service)
    assert (run.start_ns - run.arrive_ns).tolist() == expected
    assert sum(w > 0 for w in expected) > 10_000


@pytest.mark.parametrize("workers", [2, 5])
def test_every_customers_wait_is_kiefers_and_wolfowitzs(workers: int) -> None:
    # The vector of workloads, ascending: its first element is the wait of who comes; his service
    # is added there, the gap taken from all, and what is below 0 raised to it.
    draw = generator(3, "kiefer", workers)
    arrivals = poisson(draw, 0.9 * workers, 20_000)
    service = np.rint(draw.lognormal(0, 1, 20_000) * NS * 0.6).astype(np.int64)
    work, expected = [0] * workers, []
    gaps = np.diff(arrivals, append=arrivals[-1]).tolist()
    for gap, served in zip(gaps, service.tolist(), strict=True):
        expected.append(work[0])
        work[0] += served
        work = sorted(max(0, load - gap) for load in work)
    run = flow(arrivals, service, workers=workers)
    assert (run.start_ns - run.arrive_ns).tolist() == expected
    assert sum(w > 0 for w in expected) > 5_000


def test_two_kinds_of_workers_serve_each_at_its_own_speed() -> None:
    # Two that take 10 and one that takes 25; a job every 4 from 0 on. By hand:
    #   a: 0 at 0-10   b: 4 at 4-14   c: only the slow one is free, 8-33
    #   d: 12-22 by 0, free since 10   e: 16-26 by 1, free since 14   f: 20 waits for 0, 22-32
    #   g: 24 waits for 1, 26-36   h: 28 waits for 0, 32-42   i: 32 waits for the slow one, 33-58
    workers = [Worker(speed=2.5), Worker(speed=2.5), Worker()]
    arrivals = [(4 * k, name) for k, name in enumerate("abcdefghi")]
    diary = visit(arrivals, workers, None, lambda _, worker: (10, 10, 25)[worker])
    assert [(b.names, b.worker, b.start_ns, b.end_ns) for b in diary.batches] == [
        ("a", 0, 0, 10),
        ("b", 1, 4, 14),
        ("c", 2, 8, 33),
        ("d", 0, 12, 22),
        ("e", 1, 16, 26),
        ("f", 0, 22, 32),
        ("g", 1, 26, 36),
        ("h", 0, 32, 42),
        ("i", 2, 33, 58),
    ]


def missed(batching: Pull[Job]) -> int:
    """Serve a hundred jobs of 10, one every 8; those of even numbers are due 40 after they came."""
    due = {chr(0x4E00 + k): 8 * k + (2000 if k % 2 else 40) for k in range(100)}
    coming = [(8 * k, [Job(name, due_ns=due[name])]) for k, name in enumerate(due)]
    return sum(
        batch.end_ns > due[batch.names] for batch in visit(coming, batching=batching).batches
    )


def test_earliest_deadline_first_misses_none_where_fifo_misses_most_of_the_urgent() -> None:
    # FIFO: job k ends at 10 (k + 1), which is 2 k + 10 after it came: too late from k = 16 on, for
    # 42 even numbers up to 98. EDF: one every 16 and 10 before it at most, so done in 30.
    assert missed(Pull(1)) == 42
    assert missed(Pull(1, due_ns)) == 0

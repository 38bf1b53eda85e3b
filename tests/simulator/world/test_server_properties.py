"""What holds for every server: no worker serves two batches, none idles while something waits."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.framelog import Reason
from simulator.world import simulate
from simulator.world.plan import MemoryPlan, Outage, TaskPlan, Worker
from tests.simulator.world.pools import pool
from tests.simulator.world.small import MS, camera, scripted, served

if TYPE_CHECKING:
    from simulator.framelog import FrameLog
    from simulator.world.plan import StreamPlan, WorldPlan

FOREVER_NS = 1 << 60


@st.composite
def cameras(draw: st.DrawFn, index: int) -> StreamPlan:
    frames = draw(st.integers(1, 12))
    gaps = draw(st.lists(st.integers(1, 12), min_size=frames, max_size=frames))
    lone = camera(
        np.cumsum(gaps).tolist(),
        policy=scripted(*draw(st.lists(st.integers(0, 1), min_size=frames, max_size=frames))),
        sizes=[1, 1],
        entropy_ms=draw(st.integers(0, 5)),
        deadline_ms=draw(st.integers(5, 60)),
        name=f"cameras/{index}",
    )
    task = TaskPlan(
        name="box",
        deadline_ns=draw(st.integers(5, 60)) * MS,
        score=np.zeros((2, frames), np.float32),
    )
    return replace(lone, tasks=draw(st.sampled_from([(), (task,)])))


@st.composite
def workers(draw: st.DrawFn) -> Worker:
    marks = sorted(draw(st.sets(st.integers(0, 120), max_size=6)))
    outages = tuple(
        Outage(begin_ns=a * MS, end_ns=b * MS, crash=draw(st.booleans()))
        for a, b in zip(marks[::2], marks[1::2], strict=False)
    )
    return Worker(speed=draw(st.sampled_from([0.5, 1.0, 2.0])), outages=outages)


@st.composite
def servers(draw: st.DrawFn) -> WorldPlan:
    tail = [draw(st.integers(1, 9)) + k for k in range(draw(st.integers(1, 3)))]
    model = served(tail, units=2)
    memory = MemoryPlan(
        capacity_bytes=draw(st.integers(2, 4)),
        names=("tail", "a", "b"),
        module_bytes=(2, 1, 1),
        load_ns=(4 * MS, 2 * MS, MS),
    )
    model = replace(model, tails=draw(st.sampled_from([(0, 0), (0, 1)])))
    return pool(
        *[draw(cameras(k)) for k in range(draw(st.integers(1, 4)))],
        models=[replace(model, modules=((0, 1), (0, 2)))],
        max_batch=len(tail),
        workers=tuple(draw(st.lists(workers(), min_size=1, max_size=3))),
        batching=draw(st.sampled_from(["pull", "form"])),
        max_wait_ns=draw(st.integers(0, 10)) * MS,
        order=draw(st.sampled_from(["fifo", "edf"])),
        places=draw(st.none() | st.integers(0, 4)),
        drops_expired=draw(st.booleans()),
        memory=draw(st.sampled_from([None, memory])),
    )


def batches(log: FrameLog, plan: WorldPlan) -> dict[int, list[tuple[int, int]]]:
    """Return each worker's batches from begin to end, a crash being an end."""
    found: dict[int, set[tuple[int, int]]] = {k: set() for k in range(len(plan.server.workers))}
    for row in log.structured():
        if row["worker"] >= 0:
            start, end, worker = row["service_start_ns"], row["served_ns"], row["worker"]
            if row["reason"] == Reason.CRASHED:
                outages = plan.server.workers[worker].outages
                end = next(x.begin_ns for x in outages if x.crash and x.begin_ns > start)
            found[worker].add((int(start), int(end)))
    return {worker: sorted(times) for worker, times in found.items()}


@given(plan=servers())
@settings(max_examples=120, deadline=None)
def test_every_job_ends_once_and_the_reasons_are_the_servers(plan: WorldPlan) -> None:
    log = simulate(plan)
    for row in log.structured():
        reason, begun, done = (
            Reason(row["reason"]),
            row["service_start_ns"] >= 0,
            row["done_ns"] >= 0,
        )
        assert reason in {Reason.NONE, Reason.EXPIRED, Reason.REFUSED, Reason.CRASHED}
        assert done == (reason == Reason.NONE)
        assert begun == (reason in {Reason.NONE, Reason.CRASHED})
        assert begun == (row["worker"] >= 0) == (row["batch_size"] > 0)
        assert reason != Reason.REFUSED or plan.server.places is not None
        assert reason != Reason.EXPIRED or plan.server.drops_expired
        stream = plan.streams[row["stream"]]
        last_ns = max([stream.deadline_ns, *(task.deadline_ns for task in stream.tasks)])
        if begun and plan.server.drops_expired:
            assert row["service_start_ns"] <= row["captured_ns"] + last_ns


@given(plan=servers())
@settings(max_examples=120, deadline=None)
def test_no_worker_serves_two_batches_or_begins_one_while_it_is_away(plan: WorldPlan) -> None:
    log = simulate(plan)
    for worker, times in batches(log, plan).items():
        for (_, end), (start, _) in pairwise(times):
            assert end <= start
        for outage in plan.server.workers[worker].outages:
            for start, end in times:
                assert not outage.begin_ns <= start < outage.end_ns
                assert not (outage.crash and start < outage.begin_ns < end)
    sizes = log["batch_size"][log["worker"] >= 0]
    assert (sizes <= plan.server.max_batch).all()


@given(plan=servers())
@settings(max_examples=120, deadline=None)
def test_with_pulling_no_worker_is_idle_while_something_waits(plan: WorldPlan) -> None:
    plan = replace(plan, server=replace(plan.server, batching="pull"))
    log = simulate(plan)
    for worker, times in batches(log, plan).items():
        taken = sorted(
            [*times, *((x.begin_ns, x.end_ns) for x in plan.server.workers[worker].outages)]
        )
        free_ns = 0
        for begin, end in [*taken, (FOREVER_NS, FOREVER_NS)]:
            for row in log.structured():
                waits = row["arrived_ns"], row["service_start_ns"]
                if waits[1] >= 0:  # from free_ns to begin the worker has nothing to do
                    assert min(waits[1], begin) <= max(waits[0], free_ns)
            free_ns = max(free_ns, end)

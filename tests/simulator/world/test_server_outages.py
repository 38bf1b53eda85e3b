"""Workers that are away, and what a crash does, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

from simulator.world import simulate
from simulator.world.plan import MemoryPlan, WorkerPlan
from tests.simulator.world.pools import away, ends, many, pool, whole_ms
from tests.simulator.world.small import MS, served


def test_a_worker_finishes_its_batch_before_it_goes_away() -> None:
    log = simulate(pool(*many([0, 7]), workers=(away(5, 20),)))
    assert ends(log) == ["ON_TIME", "ON_TIME"]
    assert whole_ms(log, "service_start_ns") == [0, 20]


def test_a_crash_destroys_the_batch_in_service() -> None:
    log = simulate(pool(*many([0, 1, 2, 7]), tail_ms=[4, 12], workers=(away(5, 20, crash=True),)))
    assert ends(log) == ["ON_TIME", "CRASHED", "CRASHED", "ON_TIME"]
    assert whole_ms(log, "service_start_ns") == [0, 4, 4, 20]
    assert whole_ms(log, "served_ns") == [4, -1, -1, 24]
    assert whole_ms(log, "done_ns") == [4, -1, -1, 24]
    assert log["batch_size"].tolist() == [1, 2, 2, 1]
    assert log["layers"].tolist() == [1, 0, 0, 1]


def test_others_work_while_one_is_away() -> None:
    log = simulate(pool(*many([0, 1, 2]), workers=(away(0, 100), WorkerPlan(speed=0.5))))
    assert log["worker"].tolist() == [1, 1, 1]
    assert whole_ms(log, "service_start_ns") == [0, 20, 40]


def test_a_worker_that_comes_back_from_a_crash_holds_what_it_held_at_the_start() -> None:
    memory = MemoryPlan(
        capacity_bytes=100, names=("x", "y"), module_bytes=(60, 60), load_ns=(6 * MS, 6 * MS)
    )
    model = replace(served([10.0]), modules=((0,),))
    lone = many([0, 20, 100], deadline_ms=500)

    def busy_ms(*, crash: bool) -> list[float]:
        workers = (away(50, 60, crash=crash),)
        log = simulate(pool(*lone, models=[model], workers=workers, memory=memory))
        return [float(x) for x in (log["served_ns"] - log["service_start_ns"]) / MS]

    assert busy_ms(crash=False) == [16, 10, 10]
    assert busy_ms(crash=True) == [16, 10, 16]

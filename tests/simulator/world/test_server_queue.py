"""Kinds of workers, both orders and batchings, places and patience, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulator.world import simulate
from simulator.world.plan import TaskPlan, Worker
from tests.simulator.world.pools import ends, many, pool, whole_ms
from tests.simulator.world.small import MS, camera, served, steady, world

GPU, CPU = Worker(), Worker(speed=0.25)


def asking(deadline_ms: float) -> TaskPlan:
    return TaskPlan(
        name="box", deadline_ns=int(deadline_ms * MS), score=np.zeros((1, 1), np.float32)
    )


def test_of_free_workers_the_fastest_takes_the_next_frame() -> None:
    log = simulate(pool(*many([0, 1, 2, 3]), workers=(CPU, GPU, GPU)))
    # The processor takes four times as long; the last frame finds the first card free at 10.
    assert log["worker"].tolist() == [1, 2, 0, 1]
    assert whole_ms(log, "service_start_ns") == [0, 1, 2, 10]
    assert whole_ms(log, "served_ns") == [10, 11, 42, 20]


def test_each_worker_scales_entropy_decoding_decoders_and_tails_by_its_speed() -> None:
    twice = Worker(speed=2.0)
    cameras = many([0, 1], entropy_ms=3)
    log = simulate(pool(*cameras, tail_ms=[10], workers=(twice, GPU)))
    assert (log["served_ns"] - log["service_start_ns"]).tolist() == [6.5 * MS, 13 * MS]


@pytest.mark.parametrize(
    ("frames", "speed", "takes_ns"), [(1, 3.0, 1), (2, 3.0, 1), (3, 3.0, 2), (3, 0.4, 12)]
)
def test_a_batch_is_divided_by_a_workers_speed_as_a_whole_and_rounded_once(
    frames: int, speed: float, takes_ns: int
) -> None:
    # A ns of entropy decoding a frame, a decoder's and a tail's a batch: 3, 4 and 5 ns as measured.
    # A third of each rounded by itself is 0.
    cameras = many([0] * frames, entropy_ms=1 / MS)
    model = served([1 / MS] * 3, [1 / MS] * 3)
    one = pool(*cameras, models=[model], workers=(Worker(speed=speed),))
    link = replace(one.uplink[0][0], trace=steady())
    log = simulate(replace(one, uplink=((link,) * frames,)))
    assert log["batch_size"].tolist() == [frames] * frames
    assert (log["served_ns"] - log["service_start_ns"]).tolist() == [takes_ns] * frames


def test_a_frame_served_after_the_end_of_time_is_never_answered() -> None:
    # Each is in service for 2^61 ns, 73 years: the second would be served at 2^62 and 2 ms.
    cameras = many([0, 1, 2], entropy_ms=2**61 / MS)
    log = simulate(pool(*cameras, tail_ms=[0]))
    assert ends(log) == ["LATE", "UNDELIVERED", "UNDELIVERED"]
    assert log["service_start_ns"].tolist() == [1, 2**61 + 1, -1]
    assert log["served_ns"].tolist() == [2**61 + 1, -1, -1]
    assert log["worker"].tolist() == [0, 0, -1]
    halved = simulate(pool(*cameras, tail_ms=[0], workers=(Worker(speed=0.5), Worker(speed=0.001))))
    assert ends(halved) == ["UNDELIVERED"] * 3
    assert halved["batch_size"].tolist() == [1, 1, 0]


def test_a_device_busy_until_the_end_of_time_sends_nothing_more() -> None:
    # The fourth payload would be ready at 2^63, which no log can hold.
    lone = camera(range(6), sizes=[1], device_ms=[2**61 / MS], waiting="queue")
    log = simulate(pool(lone))
    assert ends(log)[:2] == ["LATE", "UNDELIVERED"]
    assert log["arrived_ns"].tolist() == [2**61 + 1, -1, -1, -1, -1, -1]
    assert log["device_end_ns"].tolist() == [2**61, 2**62, -1, -1, -1, -1]


def test_the_earliest_deadline_goes_first() -> None:
    # They wait for the first, due at 101, 52 and 23.
    deadlines = [500.0, 100.0, 50.0, 20.0]
    cameras = [
        camera([k], sizes=[1], name=str(k), deadline_ms=at) for k, at in enumerate(deadlines)
    ]
    assert whole_ms(simulate(pool(*cameras)), "service_start_ns") == [0, 10, 20, 30]
    assert whole_ms(simulate(pool(*cameras, order="edf")), "service_start_ns") == [0, 30, 20, 10]


def test_a_frame_of_several_tasks_is_due_by_the_earliest() -> None:
    cameras = many([0, 1, 2])
    cameras[2] = replace(cameras[2], tasks=(asking(40),))
    assert whole_ms(simulate(pool(*cameras, order="edf")), "service_start_ns") == [0, 20, 10]


def test_a_formed_batch_closes_when_full_or_when_its_first_frame_has_waited_enough() -> None:
    forming = pool(
        *many([0, 2, 6, 7, 8]), tail_ms=[10, 12, 14], batching="form", max_wait_ns=5 * MS
    )
    log = simulate(forming)
    assert log["batch_size"].tolist() == [2, 2, 3, 3, 3]
    assert whole_ms(log, "service_start_ns") == [5, 5, 17, 17, 17]
    assert whole_ms(log, "served_ns") == [17, 17, 31, 31, 31]


def test_who_finds_no_place_is_refused() -> None:
    log = simulate(pool(*many([0, 1, 2, 11]), places=1))
    assert ends(log) == ["ON_TIME", "ON_TIME", "REFUSED", "ON_TIME"]
    assert whole_ms(log, "service_start_ns") == [0, 10, -1, 20]
    assert log["worker"].tolist() == [0, 0, -1, 0]
    assert ends(simulate(pool(*many([0, 1, 11]), places=0))) == ["ON_TIME", "REFUSED", "ON_TIME"]


def test_a_frame_whose_answer_would_be_late_leaves_and_frees_its_place() -> None:
    # The first is in service from 0 to 30. The second, due at 21, would have to be served by 16 for
    # its answer takes 5 ms; so the third, which comes at 17 and has until 32, finds the place free.
    cameras = many([0, 1, 17], deadline_ms=20)
    patient = simulate(pool(*cameras, tail_ms=[30], down_ms=5, places=1))
    assert ends(patient) == ["LATE", "LATE", "REFUSED"]
    log = simulate(pool(*cameras, tail_ms=[30], down_ms=5, places=1, drops_expired=True))
    assert ends(log) == ["LATE", "EXPIRED", "LATE"]
    assert whole_ms(log, "service_start_ns") == [0, -1, 30]


def test_a_frame_stays_as_long_as_one_of_its_tasks_can_be_answered_in_time() -> None:
    cameras = many([0, 1], deadline_ms=20)
    cameras[1] = replace(cameras[1], tasks=(asking(45),))
    log = simulate(pool(*cameras, tail_ms=[30], drops_expired=True))
    assert ends(log) == ["LATE", "LATE"]


def test_a_frame_that_expired_on_its_way_leaves_as_it_arrives() -> None:
    slow = world(camera([0], sizes=[30_000], deadline_ms=20))
    log = simulate(replace(slow, server=replace(slow.server, drops_expired=True)))
    assert ends(log) == ["EXPIRED"]
    assert whole_ms(log, "arrived_ns") == [30]


def test_payloads_of_several_last_links_are_all_there_before_a_worker_looks() -> None:
    # Each stream has its own link; all arrive at 1 ms, and the worker is free.
    cameras = [camera([0], name=name) for name in "abc"]
    plan = pool(*cameras, tail_ms=[10, 12, 14])
    link = replace(plan.uplink[0][0], trace=steady())
    log = simulate(replace(plan, uplink=((link, link, link),)))
    assert log["arrived_ns"].tolist() == [MS] * 3
    assert log["batch_size"].tolist() == [3, 3, 3]


def test_payloads_of_several_last_links_are_there_for_a_worker_that_becomes_free() -> None:
    # The first is served from 1 to 11. The second waits since 5; the third comes at 11.
    cameras = [camera([at], name=str(at)) for at in (0, 4, 10)]
    plan = pool(*cameras, tail_ms=[10, 12, 14])
    link = replace(plan.uplink[0][0], trace=steady())
    log = simulate(replace(plan, uplink=((link, link, link),)))
    assert log["batch_size"].tolist() == [1, 2, 2]
    assert whole_ms(log, "service_start_ns") == [1, 11, 11]

"""Workers, batches and shared tails, worked out by hand."""

from __future__ import annotations

import csv
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from simulator.world import simulate
from tests.simulator.world.small import MS, camera, ms, scripted, served, steady, world
from traces import OpportunityTrace, TraceAbout

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.world.plan import StreamPlan

FAST = steady(8_000_000_000_000)
"""A byte takes a nanosecond's thousandth: every payload here crosses within 1 ns."""


def many(arrivals_ms: list[float], entropy_ms: float = 0.0) -> list[StreamPlan]:
    return [
        camera([at], sizes=[1], name=f"cameras/{k}", entropy_ms=entropy_ms)
        for k, at in enumerate(arrivals_ms)
    ]


def test_frames_wait_for_the_only_worker_in_order_of_arrival() -> None:
    cameras = many([0, 1, 2], entropy_ms=10)
    log = simulate(world(*cameras, trace=FAST))
    assert [round(x) for x in ms(log, "service_start_ns")] == [0, 10, 20]
    assert [round(x) for x in ms(log, "served_ns")] == [10, 20, 30]


def test_a_second_worker_takes_what_the_first_cannot() -> None:
    cameras = many([0, 1, 2], entropy_ms=10)
    log = simulate(world(*cameras, trace=FAST, workers=2))
    assert [round(x) for x in ms(log, "service_start_ns")] == [0, 1, 10]


def test_a_free_worker_takes_all_that_waits_up_to_the_largest_batch() -> None:
    tail = served(tail_ms=[10, 12, 14])
    log = simulate(world(*many([0, 1, 2, 3, 4, 5]), trace=FAST, models=[tail]))
    assert log["batch_size"].tolist() == [1, 3, 3, 3, 2, 2]
    assert [round(x) for x in ms(log, "service_start_ns")] == [0, 10, 10, 10, 24, 24]
    assert [round(x) for x in ms(log, "served_ns")] == [10, 24, 24, 24, 36, 36]


def test_frames_of_different_units_share_one_tail_batch() -> None:
    shared = served(tail_ms=[10, 11, 12], decode_ms=[1, 1.5, 1.75], units=2)
    cameras = [
        camera([0], sizes=[1, 1], name="a", entropy_ms=0.5),
        camera([1], sizes=[1, 1], name="b", entropy_ms=0.25, policy=scripted(0)),
        camera([2], sizes=[1, 1], name="c", entropy_ms=0.125, policy=scripted(1)),
        camera([3], sizes=[1, 1], name="d", entropy_ms=0.0625, policy=scripted(1)),
    ]
    log = simulate(world(*cameras, trace=FAST, models=[shared]))
    assert log["batch_size"].tolist() == [1, 3, 3, 3]
    first, batch = (log["served_ns"] - log["service_start_ns"])[:2] / MS
    assert first == 0.5 + 1 + 10
    # Entropy decoding one by one, decoders by unit (one frame, two frames), one tail for three.
    assert batch == 0.25 + 0.125 + 0.0625 + 1 + 1.5 + 12


def test_backbones_do_not_share_tails() -> None:
    models = [served(tail_ms=[10, 11]), served(tail_ms=[20, 21])]
    cameras = [camera([k], sizes=[1], name=str(k), model=(0, 0, 1)[k]) for k in range(3)]
    log = simulate(world(*cameras, trace=FAST, models=models))
    assert log["batch_size"].tolist() == [1, 2, 2]
    assert (log["served_ns"] - log["service_start_ns"])[1] == (10 + 20) * MS


def test_the_first_frame_of_a_batch_draws_its_luck() -> None:
    lucky = served(tail_ms=[10, 12])
    tail_ns = lucky.tail_ns.repeat(3, axis=0)
    tail_ns[1] *= 2
    tail_ns[2] *= 3
    model = replace(lucky, tail_ns=tail_ns, decode_ns=lucky.decode_ns.repeat(3, axis=0))
    cameras = [camera([k], sizes=[1], name=str(k), draws=[(0, 1, 2)[k]]) for k in range(3)]
    log = simulate(world(*cameras, trace=FAST, models=[model]))
    assert (log["served_ns"] - log["service_start_ns"]).tolist() == [10 * MS, 24 * MS, 24 * MS]


def test_payloads_that_arrive_at_one_instant_are_all_there_before_a_worker_looks() -> None:
    tail = served(tail_ms=[10, 12])
    # Two 1 ms payloads sent at 0 by two devices end at 1 and 2 ms; with opportunities of
    # 2000 bytes both arrive at 1 ms and share a batch.
    lumps = OpportunityTrace.from_stamps([MS], bytes_each=2000, about=TraceAbout(name="lumps"))
    cameras = [camera([0], name="a"), camera([0], name="b")]
    log = simulate(world(*cameras, trace=lumps, models=[tail]))
    assert log["arrived_ns"].tolist() == [MS, MS]
    assert log["batch_size"].tolist() == [2, 2]


def test_a_payload_that_arrives_when_a_worker_becomes_free_is_in_its_batch() -> None:
    tail = served(tail_ms=[4, 6])
    # 1 ms each on the link: arrivals at 1, 2, 5; the worker is free at 5.
    cameras = [camera([at], name=str(at)) for at in (0, 1, 4)]
    log = simulate(world(*cameras, models=[tail]))
    assert ms(log, "arrived_ns") == [1, 2, 5]
    assert ms(log, "service_start_ns") == [1, 5, 5]


def test_devices_that_send_at_one_instant_do_so_in_the_order_of_streams() -> None:
    # The second is ready at 5 ms since before the first was, and yet the first sends first.
    cameras = [camera([4], device_ms=[1], name="a"), camera([0], device_ms=[5], name="b")]
    log = simulate(world(*cameras))
    assert ms(log, "sent_ns") == [5, 5]
    assert ms(log, "uplink_end_ns") == [6, 7]


@pytest.mark.parametrize("workers", [1, 3])
def test_every_customer_leaves_when_ciw_says(shared: Path, workers: int) -> None:
    path = shared / "groundtruth" / "servers" / f"d1_ggc_c{workers}.csv"
    assert leave_as_from_ciw(path, workers) == 1500


@pytest.mark.parametrize("workers", [1, 3])
def test_the_first_customers_leave_when_ciw_says(root: Path, workers: int) -> None:
    path = root / "tests/simulator/replay/fixtures/customers" / f"d1_ggc_c{workers}.csv"
    assert leave_as_from_ciw(path, workers) == 150


def leave_as_from_ciw(path: Path, workers: int) -> int:
    """Compare all customers of a run, and return how many there were."""
    with path.open() as file:
        rows = list(csv.DictReader(file))

    def ns(column: str) -> list[int]:
        return [round(float(row[column]) * 1e9) for row in rows]

    arrivals, starts, ends = ns("arrival_s"), ns("service_start_s"), ns("departure_s")
    lone = camera(
        [at / MS for at in arrivals],
        sizes=[1],
        entropy_ms=[x / MS for x in ns("service_time_s")],
        waiting="queue",
    )
    log = simulate(world(lone, trace=FAST, workers=workers))
    assert log["captured_ns"].tolist() == arrivals
    # The link takes 1 ns; the file's times are rounded to 100 ns.
    assert abs(log["service_start_ns"] - starts).max() <= 1000
    assert abs(log["served_ns"] - ends).max() <= 1000
    return len(rows)

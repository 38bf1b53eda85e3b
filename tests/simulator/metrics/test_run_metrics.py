from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.framelog import NEVER, Outcome
from simulator.metrics import METRICS, STAGES, measure, stage_times
from simulator.metrics.latency import percentile
from simulator.metrics.outcomes import miss_run_lengths
from tests.simulator.metrics.logs import SECOND, frame, log_of, on_device, plan_of

ANSWERED = [0, 5, 15, 15, 20, 30, 50, 52, 60, 80]
"""Camera 5, device 10, queue 5, transmission 10, propagation 20, wait 2, service 8, downlink 20."""


def later(by_ms: int) -> list[int]:
    return [t + by_ms for t in ANSWERED]


def metrics(rows: list[dict[str, Any]], **plan: int) -> dict[str, Any]:
    return measure(log_of(rows), plan_of("cameras", frames=len(rows), **plan)).run


def test_shares_count_captured_frames() -> None:
    found = metrics(
        [
            frame(Outcome.ON_TIME, ANSWERED, score=0.5),
            frame(Outcome.LATE, later(100), score=1.0),
            frame(Outcome.LOST, [200, 200, 210, 210]),
            frame(Outcome.SKIPPED, [300, 300]),
            frame(Outcome.DROPPED, [400]),
        ]
    )
    shares = [found[name] for name in ("on_time", "late", "lost", "skipped", "dropped")]
    assert shares == [0.2] * 5
    assert found["timely_accuracy"] == pytest.approx(0.1)
    assert found["answered_score"] == pytest.approx(0.75)
    assert (found["miss_runs"], found["miss_run_mean"], found["miss_run_max"]) == (1, 4.0, 4)


def test_stages_add_up_to_the_latency_of_answered_frames() -> None:
    found = metrics([frame(Outcome.ON_TIME, ANSWERED)])
    means = [found[f"{stage}_mean_ms"] for stage in STAGES]
    assert means == [5, 10, 5, 10, 20, 2, 8, 20]
    assert sum(means) == found["latency_mean_ms"] == 80


def test_frames_answered_on_the_device_pass_two_stages() -> None:
    log = log_of([on_device([0, 1, 9]), frame(Outcome.ON_TIME, later(100))])
    times = stage_times({name: log[name] for name in log})
    assert [int(times[stage][0]) for stage in STAGES] == [10**6, 8 * 10**6, *[NEVER] * 6]
    found = metrics([on_device([0, 1, 9]), frame(Outcome.ON_TIME, later(100))])
    assert found["device_mean_ms"] == 9.0
    assert found["service_mean_ms"] == 8.0


def test_percentiles_need_ten_frames_beyond_them() -> None:
    assert np.isnan(percentile(np.arange(199), 0.95))
    assert percentile(np.arange(200), 0.95) == pytest.approx(189.05)
    assert np.isnan(metrics([frame(Outcome.ON_TIME, ANSWERED)])["latency_p50_ms"])


def test_usage_is_counted_while_frames_are_captured() -> None:
    rows = [frame(Outcome.ON_TIME, later(100 * k), size=972) for k in range(9)]
    last = [950, 950, 980, 980, 990, 1100, 1120, 1120, 1130, 1150]  # ends after the run's second
    found = metrics([*rows, frame(Outcome.LATE, last, size=972)])
    assert found["wire_bps"] == 80_000
    assert found["uplink_utilisation"] == pytest.approx(9_000 / 100_000)
    assert found["device_utilisation"] == pytest.approx(0.09 + 0.03)
    assert found["server_utilisation"] == pytest.approx(0.072)
    assert found["payload_mean_bytes"] == 972


def test_a_batch_counts_once_however_many_share_it() -> None:
    pair = [frame(Outcome.ON_TIME, ANSWERED, batch=2) for _ in range(2)]
    assert metrics(pair)["server_utilisation"] == pytest.approx(0.008)
    assert metrics(pair)["batch_mean"] == 2


def test_forecasts_are_scored_by_coverage_and_pinball_loss() -> None:
    rows = [
        frame(Outcome.ON_TIME, ANSWERED, size=1000, high=1100.0, frame=10),  # 0.1 x 100
        frame(Outcome.LOST, [100, 100, 110, 110], size=1300, high=1100.0, frame=11),  # 0.9 x 200
        frame(Outcome.ON_TIME, ANSWERED, size=9999, high=1100.0, frame=9),  # the average is young
    ]
    found = metrics(rows)
    assert found["forecast_coverage"] == 0.5
    assert found["forecast_pinball_bytes"] == pytest.approx(95)


def test_the_warm_up_is_told_apart() -> None:
    rows = [
        frame(Outcome.LOST, [0, 0, 10, 10]),
        frame(Outcome.LOST, [99, 99, 109, 109]),
        *[frame(Outcome.ON_TIME, later(100 * k), score=0.5) for k in (1, 2)],
    ]
    found = metrics(rows)
    assert (found["on_time_warmup"], found["on_time_settled"]) == (0.0, 1.0)
    assert (found["timely_accuracy_warmup"], found["timely_accuracy_settled"]) == (0.0, 0.5)


@pytest.mark.parametrize(
    ("duration_s", "warmup", "settled"),
    [(40, 1.0, 1 / 3), (50, 2 / 3, 0.0), (51, 2 / 3, 0.0), (1000, 2 / 3, 0.0)],
)
def test_the_warm_up_is_a_tenth_of_the_run_but_never_more_than_5_s(
    duration_s: int, warmup: float, settled: float
) -> None:
    rows = [
        frame(Outcome.ON_TIME, later(3999)),
        frame(Outcome.ON_TIME, later(4000)),
        frame(Outcome.LOST, [4999] * 4),
        frame(Outcome.LOST, [5000] * 4),
    ]
    plan = replace(plan_of("cameras", frames=4), duration_ns=duration_s * SECOND)
    found = measure(log_of(rows), plan).run
    assert (found["on_time_warmup"], found["on_time_settled"]) == (warmup, settled)


def test_nothing_is_overloaded_that_keeps_up() -> None:
    assert metrics([frame(Outcome.ON_TIME, later(100 * k)) for k in range(9)])["overload"] == ""


def test_an_uplink_brought_more_than_it_can_carry_is_overloaded() -> None:
    rows = [frame(Outcome.LOST, [100 * k, 100 * k, 100 * k, 100 * k]) for k in range(10)]
    assert metrics(rows, rate_bps=50_000)["overload"] == "uplink"
    assert metrics(rows, rate_bps=90_000)["overload"] == ""


def test_a_server_brought_more_than_it_can_serve_is_overloaded() -> None:
    rows = [
        frame(
            Outcome.LATE,
            [t, t, t, t, t, t, t, 200 * k, 200 * k + 200, 200 * k + 220],
            size=10,
        )
        for k in range(10)
        for t in [100 * k]
    ]
    assert metrics(rows)["overload"] == "server"


def test_a_device_slower_than_its_camera_is_overloaded() -> None:
    rows = [on_device([200 * k, 200 * k, 200 * k + 200]) for k in range(5)]
    assert metrics(rows)["overload"] == "device"


def test_nothing_captured_is_nothing_measured() -> None:
    found = metrics([])
    assert found["frames"] == 0
    assert np.isnan(found["on_time"])
    assert found["overload"] == ""


def test_every_metric_is_there_in_order() -> None:
    found = measure(log_of([frame(Outcome.ON_TIME, ANSWERED)]), plan_of("cameras"))
    assert list(found.run) == [metric.name for metric in METRICS]
    assert "uplink_utilisation" not in found.groups[0]


def test_groups_and_units_are_told_apart() -> None:
    rows = [
        frame(Outcome.ON_TIME, ANSWERED, score=0.5),
        on_device([100, 101, 109]),
        frame(Outcome.LOST, [0, 0, 10, 10], stream=1),
    ]
    found = measure(log_of(rows), plan_of("doors", "gates"))
    assert [(row["group"], row["frames"], row["on_time"]) for row in found.groups] == [
        ("doors", 2, 1.0),
        ("gates", 1, 0.0),
    ]
    doors = found.units[:2]
    assert [(row["name"], row["frames"], row["share"]) for row in doors] == [
        ("device", 1, 0.5),
        ("unit-1", 1, 0.5),
    ]
    assert doors[1]["score_mean"] == 0.5
    assert np.isnan(found.units[2]["on_time"])


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 2)), max_size=30))
def test_runs_of_misses_hold_every_miss_and_never_cross_streams(
    frames: list[tuple[bool, int]],
) -> None:
    frames.sort(key=lambda pair: pair[1])
    missed = np.array([miss for miss, _ in frames], bool)
    stream = np.array([k for _, k in frames], np.int32)
    lengths = miss_run_lengths(missed, stream)
    assert lengths.sum() == missed.sum()
    by_stream = [
        miss_run_lengths(missed[stream == k], stream[stream == k]).tolist() for k in range(3)
    ]
    assert lengths.tolist() == [length for part in by_stream for length in part]

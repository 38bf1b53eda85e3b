from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from simulator.foundation import keyed
from simulator.metrics import METRICS
from simulator.metrics.bootstrap import interval, intervals
from simulator.metrics.summary import case_records, comparisons, header


def row(policy: str, trace: str, value: float, **changes: object) -> dict[str, Any]:
    names = [metric.name for metric in METRICS]
    return (
        dict.fromkeys(names, value)
        | {"case": {"a": 0, "b": 1}[policy], "policy": policy, "setting": "", "trace": trace}
        | {"seed": 1, "overload": "", "frames": 10, "group": "cameras"}
        | changes
    )


def test_an_interval_holds_the_mean_and_narrows_with_traces() -> None:
    values = keyed.uniforms(3, "values", n=400)
    widths = []
    for traces in (10, 40, 400):
        mean, low, high = interval(values[:traces])
        assert low < mean < high
        widths.append(high - low)
    assert widths == sorted(widths, reverse=True)


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    hits = 0
    for trial in range(200):
        values = keyed.generator(trial, "coverage").normal(size=30)
        _, low, high = interval(values)
        hits += low <= 0 <= high
    assert 0.88 <= hits / 200 <= 0.99


def test_one_trace_has_no_interval_and_none_no_mean() -> None:
    means, lows, highs = intervals(np.array([[1.0, math.nan, 2.0], [math.nan, math.nan, 4.0]]))
    assert means[0] == 1.0
    assert np.isnan([means[1], *lows[:2], *highs[:2]]).all()
    assert (lows[2], highs[2]) == (2.0, 4.0)


def test_replications_are_averaged_inside_their_trace() -> None:
    rows = [
        row("a", "t/1", 0.0, seed=1),
        row("a", "t/1", 1.0, seed=2),
        row("a", "t/1", 1.0, seed=3),
        row("a", "t/2", 0.0, seed=1, on_time=math.nan),
    ]
    case = case_records(rows, rows)[0]
    found = case["metrics"]["timely_accuracy"]
    assert found["by_trace"] == {"t/1": pytest.approx(2 / 3), "t/2": 0.0}
    assert found["mean"] == pytest.approx(1 / 3)
    assert case["metrics"]["on_time"]["by_trace"]["t/2"] is None
    assert case["groups"]["cameras"]["on_time"]["low"] is None
    assert (case["runs"], case["frames"]) == (4, 40)


def test_overload_is_told_as_a_share_of_runs() -> None:
    rows = [row("a", "t/1", 1.0, overload="uplink+server"), row("a", "t/2", 1.0)]
    assert case_records(rows, rows)[0]["overload"] == {"server": 0.5, "uplink": 0.5}


def test_policies_are_compared_on_the_same_trace_and_seed() -> None:
    rows = [
        row("a", "t/1", 0.1),
        row("a", "t/2", 0.9),
        row("b", "t/1", 0.2),
        row("b", "t/2", 1.0),
        row("b", "t/3", 0.0),  # a has no run on this trace
        row("b", "t/1", 0.0, seed=2),  # nor with this seed
    ]
    (found,) = comparisons(rows)
    assert (found["policy"], found["versus"], found["traces"]) == ("b", "a", 2)
    difference = found["metrics"]["timely_accuracy"]
    # 0.1 better on each trace: certain, though the traces differ by 0.8.
    assert difference["mean"] == difference["low"] == difference["high"] == pytest.approx(0.1)


def test_settings_are_compared_apart_and_what_has_no_pair_not_at_all() -> None:
    rows = [row("a", "t/1", 0.1, setting="load=1"), row("b", "t/1", 0.2, setting="load=2")]
    assert comparisons(rows) == []


def test_fewer_than_ten_traces_are_few() -> None:
    rows = [row("a", f"t/{k}", 0.5) for k in range(10)]
    assert not header(rows)["few_traces"]
    assert header(rows[1:])["few_traces"]

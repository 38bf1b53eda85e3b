"""What people see of results from Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow.parquet as pq
import pytest

import simulator
from simulator.framelog import Outcome, Reason
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def results(document: dict[str, Any], tmp_path: Path) -> simulator.Results:
    """Return results of a sweep over a policy, numbers, texts, a seed and a pair in lock-step."""
    document |= {
        "duration": "500 ms",
        "replications": 2,
        "sweep": {
            "streams.cameras.policy": ["fixed", {"name": "fixed", "unit": "unit-1"}],
            "seed": [3, 4],
            "zip": {"streams.cameras.fps": [5, 10], "streams.cameras.deadline": ["1 s", "150 ms"]},
        },
    }
    return simulator.run(Scenario.from_dict(document), out=tmp_path / "out")


def test_runs_have_a_column_for_each_swept_path(results: simulator.Results) -> None:
    runs = results.runs
    assert len(runs) == 2 * 2 * 2 * 2
    assert list(runs.columns[-4:]) == [
        "streams.cameras.policy",
        "sweep.seed",
        "streams.cameras.fps",
        "streams.cameras.deadline",
    ]
    assert runs["streams.cameras.fps"].tolist() == [5, 5, 10, 10] * 4
    assert runs["streams.cameras.fps"].dtype.kind == "i"
    assert runs["streams.cameras.deadline"].tolist()[:4] == ["1 s", "1 s", "150 ms", "150 ms"]
    assert runs["sweep.seed"].tolist()[:8] == [3] * 4 + [4] * 4
    assert runs["seed"].nunique() == 4
    assert runs["streams.cameras.policy"].iloc[-1] == {"name": "fixed", "unit": "unit-1"}
    by_rate = runs.groupby("streams.cameras.fps")["frames"].sum()
    assert by_rate[10] == 2 * by_rate[5]


def test_comparisons_are_rows_of_paired_differences(results: simulator.Results) -> None:
    found = results.comparisons
    assert isinstance(found, pd.DataFrame)
    assert list(found.columns[:4]) == ["setting", "policy", "versus", "traces"]
    assert found["setting"].tolist() == ["fps=5, deadline=1 s", "fps=10, deadline=150 ms"]
    assert set(found["policy"]) == {"fixed(unit=unit-1)"}
    assert set(found["versus"]) == {"fixed"}
    recorded = results.document["comparisons"][1]["metrics"]["on_time"]
    assert found["on_time"].iloc[1] == recorded["mean"]
    assert {"on_time_low", "on_time_high"} <= set(found.columns)


def test_one_policy_has_nothing_to_compare_with(document: dict[str, Any]) -> None:
    found = simulator.run(Scenario.from_dict(document | {"duration": "200 ms"})).comparisons
    assert found.empty
    assert list(found.columns) == ["setting", "policy", "versus", "traces"]


def test_outcomes_and_reasons_are_named_categories(results: simulator.Results) -> None:
    frames = results.frames
    for column, kind in (("outcome", Outcome), ("reason", Reason)):
        assert list(frames[column].cat.categories) == [member.name.lower() for member in kind]
    answered = frames["done_ns"] >= 0
    assert set(frames.loc[answered, "outcome"]) <= {"on_time", "late"}
    assert (frames.loc[answered, "reason"] == "none").all()
    counted = (frames["outcome"] == "on_time").sum()
    assert counted == results.runs["on_time_frames"].sum()


def test_so_they_are_for_any_reader_of_parquet(results: simulator.Results) -> None:
    table = pq.read_table(results.folder / "frames" / "p0000-r0.parquet")
    for column in ("outcome", "reason"):
        assert str(table.schema.field(column).type).startswith("dictionary<values=string")
    assert set(table["outcome"].to_pylist()) <= {member.name.lower() for member in Outcome}

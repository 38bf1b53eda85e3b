from __future__ import annotations

import hashlib
import json
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.results import Results

SWEEP = {
    "streams.cameras.policy": ["fixed", "deadline"],
    "network.uplink.0.trace.seed": [1, 2, 3],
}


@pytest.fixture
def scenario(document: dict[str, Any]) -> simulator.Scenario:
    return simulator.Scenario.from_dict(document | {"sweep": SWEEP, "slo": {"on_time": ">= 0.5"}})


def digests(folder: Path) -> dict[str, str]:
    """Return a digest of everything that must not depend on when and how it was made."""
    files = [p for p in folder.rglob("*") if p.is_file() and p.name != "manifest.json"]
    return {str(p.relative_to(folder)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_a_batch_leaves_what_it_promises(scenario: simulator.Scenario, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    results = simulator.run(
        scenario, out=tmp_path / "r", progress=lambda done, total: told.append((done, total))
    )
    assert told == [(k, 6) for k in range(1, 7)]
    assert sorted(path.name for path in (tmp_path / "r").iterdir()) == [
        "capacity.parquet",
        "frames",
        "groups.parquet",
        "manifest.json",
        "runs.parquet",
        "summary.json",
        "units.parquet",
    ]
    manifest = json.loads((tmp_path / "r" / "manifest.json").read_text())
    assert manifest["state"] == "done"
    assert [run["run"] for run in manifest["runs"]] == list(results.runs["run"])
    assert manifest["scenario_sha256"] == scenario.sha256


@pytest.mark.parametrize("part", ["pages", "facts"])
def test_a_damaged_run_is_seen_and_made_again(
    scenario: simulator.Scenario, tmp_path: Path, part: str
) -> None:
    simulator.run(scenario, out=tmp_path / "r")
    whole = digests(tmp_path / "r")
    damaged = tmp_path / "r" / "frames" / "p0002-r0.parquet"
    raw = bytearray(damaged.read_bytes())
    if part == "pages":
        raw[4:400] = bytes(396)
    else:  # a digit of a figure in the footer, of what makes runs.parquet
        place = raw.index(b'"timely_accuracy": 0.') + 21
        raw[place] = ord("1") if raw[place] != ord("1") else ord("2")
    damaged.write_bytes(raw)
    told: list[int] = []
    simulator.run(
        scenario, out=tmp_path / "r", resume=True, progress=lambda done, _: told.append(done)
    )
    assert told == [6]
    assert digests(tmp_path / "r") == whole


def test_results_are_tables(scenario: simulator.Scenario) -> None:
    results = simulator.run(scenario)
    assert len(results.runs) == 6
    assert len(results.frames) == 6 * 40
    assert set(results.frames["run"]) == set(results.runs["run"])
    assert list(results.summary["policy"]) == ["fixed", "deadline"]
    assert {"timely_accuracy", "timely_accuracy_low", "frames_per_run"} <= set(results.summary)
    assert set(results.groups["group"]) == {"cameras"}
    assert set(results.units["name"]) == {"device", "unit-1", "unit-2"}
    assert set(results.capacity["link"]) == {f"us-lte-up/{k}" for k in (1, 2, 3)}
    assert results.capacity.groupby("link")["t_s"].count().eq(20).all()
    outcomes = ["on_time_frames", "late_frames", "lost_frames", "skipped_frames", "dropped_frames"]
    assert (results.runs[outcomes].sum(axis=1) == results.runs["frames"]).all()
    (comparison,) = results.document["comparisons"]
    assert comparison["traces"] == 3
    assert {verdict["verdict"] for verdict in results.document["slo"]} <= {
        "met",
        "failed",
        "inconclusive",
    }


def test_one_or_two_workers_leave_the_same_bytes(
    scenario: simulator.Scenario, tmp_path: Path
) -> None:
    for workers in (1, 2):
        simulator.run(scenario, out=tmp_path / str(workers), workers=workers)
    assert digests(tmp_path / "1") == digests(tmp_path / "2")


def test_resuming_runs_exactly_what_is_missing(
    scenario: simulator.Scenario, tmp_path: Path
) -> None:
    out = tmp_path / "r"
    simulator.run(scenario, out=out)
    whole = digests(out)
    frames = out / "frames"
    (frames / "p0001-r0.parquet").unlink()
    (frames / "p0003-r0.parquet").write_bytes(b"half")
    (frames / ".p0004-r0.parquet.0a1b2c3d").write_bytes(b"left by a kill")
    (out / "summary.json").unlink()
    kept = (frames / "p0000-r0.parquet").stat().st_mtime_ns
    told: list[int] = []
    simulator.run(scenario, out=out, resume=True, progress=lambda done, _: told.append(done))
    assert told == [5, 6]
    assert (frames / "p0000-r0.parquet").stat().st_mtime_ns == kept
    assert digests(out) == whole


@pytest.mark.parametrize("workers", [1, 2])
def test_only_the_summary_is_made_where_no_run_is_missing(
    scenario: simulator.Scenario, tmp_path: Path, workers: int
) -> None:
    out = tmp_path / "r"
    simulator.run(scenario, out=out)
    whole = digests(out)
    (out / "summary.json").unlink()
    simulator.run(scenario, out=out, resume=True, workers=workers)
    assert digests(out) == whole


def test_resuming_what_was_never_begun_begins_it(
    scenario: simulator.Scenario, tmp_path: Path
) -> None:
    assert len(simulator.run(scenario, out=tmp_path / "new", resume=True).runs) == 6


def test_a_batch_killed_at_any_moment_can_be_resumed(
    document: dict[str, Any], tmp_path: Path
) -> None:
    document |= {"sweep": SWEEP, "replications": 10}
    out = tmp_path / "r"
    code = (
        "import json, sys, simulator\n"
        "scenario = simulator.Scenario.from_dict(json.loads(sys.argv[1]))\n"
        "simulator.run(scenario, out=sys.argv[2])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", code, json.dumps(document), str(out)])
    deadline_s = time.monotonic() + 60
    while len(list(out.glob("frames/*.parquet"))) < 3 and time.monotonic() < deadline_s:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    scenario = simulator.Scenario.from_dict(document)
    assert not (out / "summary.json").exists()
    simulator.run(scenario, out=out, resume=True)
    simulator.run(scenario, out=tmp_path / "whole")
    assert digests(out) == digests(tmp_path / "whole")


def refusal(scenario: simulator.Scenario, out: Path, **options: bool) -> str:
    with pytest.raises(InputError) as caught:
        simulator.run(scenario, out=out, **options)  # type: ignore[arg-type]
    return str(caught.value)


def test_results_are_not_overwritten_unasked(scenario: simulator.Scenario, tmp_path: Path) -> None:
    simulator.run(scenario, out=tmp_path / "r")
    assert "must not hold results already; give another --out, or --resume" in refusal(
        scenario, tmp_path / "r"
    )
    assert len(simulator.run(scenario, out=tmp_path / "r", replace=True).runs) == 6


def test_a_folder_of_something_else_is_left_alone(
    scenario: simulator.Scenario, tmp_path: Path
) -> None:
    (tmp_path / "thesis.tex").write_text("years of work")
    for options in ({}, {"resume": True}, {"replace": True}):
        assert "must be empty or hold results of splitcast" in refusal(
            scenario, tmp_path, **options
        )
    assert "a file must be a folder" in refusal(scenario, tmp_path / "thesis.tex")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_results_of_another_scenario_are_not_resumed(
    scenario: simulator.Scenario, document: dict[str, Any], tmp_path: Path
) -> None:
    simulator.run(scenario, out=tmp_path / "r")
    other = simulator.Scenario.from_dict(document | {"seed": 99})
    assert "must come from the same scenario to be resumed" in refusal(
        other, tmp_path / "r", resume=True
    )


def test_results_from_a_changed_trace_file_are_not_resumed(
    document: dict[str, Any], tmp_path: Path
) -> None:
    trace = tmp_path / "t.csv"
    trace.write_text("t_s,mbps\n0,8\n60,0\n")
    document["network"]["uplink"][0]["trace"] = {"file": str(trace)}
    scenario = simulator.Scenario.from_dict(document)
    simulator.run(scenario, out=tmp_path / "r")
    trace.write_text("t_s,mbps\n0,9\n60,0\n")
    assert "must come from the same trace files" in refusal(scenario, tmp_path / "r", resume=True)


def test_results_from_a_changed_log_are_not_resumed(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_text("t_capture_s,bytes,device_ms,server_ms\n0,900,1,1\n0.1,900,1,1\n")
    scenario = simulator.Scenario.from_dict(
        {
            "name": "logged",
            "duration": "1 s",
            "streams": {"lidars": {"workload": "log.csv", "deadline": "100 ms", "policy": "fixed"}},
            "network": {"uplink": [{"trace": {"family": "us-lte-up"}}]},
        },
        tmp_path,
    )
    results = simulator.run(scenario, out=tmp_path / "r")
    assert results.document["task"] == "score"
    assert results.runs["frames"].tolist() == [10]
    log.write_text(log.read_text().replace("900", "800"))
    assert "must come from the same workload files" in refusal(
        scenario, tmp_path / "r", resume=True
    )


def test_results_of_a_changed_policy_file_are_not_resumed(
    document: dict[str, Any], tmp_path: Path
) -> None:
    policy = tmp_path / "mine.py"
    policy.write_text("class Mine:\n    def choose(self, seen):\n        return 1\n")
    document["streams"]["cameras"]["policy"] = "mine.py:Mine"
    scenario = simulator.Scenario.from_dict(document, tmp_path)
    simulator.run(scenario, out=tmp_path / "r")
    policy.write_text("class Mine:\n    def choose(self, seen):\n        return 2\n")
    assert "must come from the same policy files" in refusal(scenario, tmp_path / "r", resume=True)


def test_one_policy_that_misbehaves_late_is_bad_input_in_any_process(
    document: dict[str, Any], tmp_path: Path
) -> None:
    policy = tmp_path / "late.py"
    policy.write_text(
        "class Late:\n    def choose(self, seen):\n        return 1 if seen.frame < 5 else 77\n"
    )
    document["streams"]["cameras"]["policy"] = f"{policy}:Late"
    scenario = simulator.Scenario.from_dict(document | {"replications": 2})
    for workers in (1, 2):
        with pytest.raises(InputError, match=r"Late\.choose at frame 5: 77 must be None or an int"):
            simulator.run(scenario, workers=workers)


def both(first: Results, second: Results) -> bool:
    return bool(first.runs.equals(second.runs))


def test_the_same_scenario_gives_the_same_results(scenario: simulator.Scenario) -> None:
    assert both(simulator.run(scenario), simulator.run(scenario))

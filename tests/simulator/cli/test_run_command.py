from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called

COMPARE = "sweep={streams.cameras.policy: [fixed, deadline], network.uplink.0.trace.seed: [1, 2]}"


def test_the_table_goes_to_stdout_and_all_else_to_stderr(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    called = splitcast("run", scenario, "--set", COMPARE)
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0] == "small: 4 runs over 2 traces"
    assert lines[2].split()[:4] == ["policy", "timely", "accuracy", "%"]
    assert [line.split()[0] for line in lines[3:5]] == ["fixed", "deadline"]
    assert lines[5].startswith("  deadline - fixed: timely accuracy ")
    assert lines[5].endswith("points, paired on 2 traces")
    assert "2 traces are few: read the points" in called.out
    assert "run 4 of 4" in called.err


def test_one_run_has_neither_interval_nor_comparison(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    called = splitcast("run", scenario)
    assert called.out.startswith("small: 1 run over 1 trace\n")
    assert "[" not in called.out
    assert "paired" not in called.out


def test_many_traces_need_no_points_and_many_policies_few_comparisons(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    policies = [f"{{name: deadline, reserve: 0.{k}}}" for k in range(1, 7)]
    sweep = (
        f"sweep={{streams.cameras.policy: [{', '.join(policies)}], "
        "network.uplink.0.trace.seed: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]}"
    )
    called = splitcast("run", scenario, "--set", sweep, "--set", "duration=200 ms")
    assert "read the points" not in called.out
    assert called.out.count("paired on 10 traces") == 10
    assert "(5 more comparisons in summary.json)" in called.out


def test_settings_have_tables_of_their_own(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    called = splitcast("run", scenario, "--set", "sweep={network.uplink.0.load: [0.5, 4]}")
    assert [line for line in called.out.splitlines() if line.startswith("load=")] == [
        "load=0.5",
        "load=4",
    ]


def test_json_is_the_summary_and_nothing_else(
    splitcast: Callable[..., Called], scenario: Path
) -> None:
    called = splitcast("run", scenario, "--json")
    summary = json.loads(called.out)
    assert summary["schema_version"] == 3
    assert summary["cases"][0]["policy"] == "deadline"


def test_results_and_report_are_left_where_asked(
    splitcast: Callable[..., Called], scenario: Path, tmp_path: Path
) -> None:
    out = tmp_path / "results"
    called = splitcast("run", scenario, "--out", out)
    assert called.code == 0
    assert (out / "report.html").stat().st_size > 1000
    assert f"results in {out}, report in {out}/report.html" in called.err
    manifest = json.loads((out / "manifest.json").read_text())
    assert manifest["command"].startswith("splitcast ")
    assert splitcast("run", scenario, "--out", out).code == 2
    assert splitcast("run", scenario, "--out", out, "--resume").code == 0


def test_a_report_can_be_made_again(
    splitcast: Callable[..., Called], scenario: Path, tmp_path: Path
) -> None:
    splitcast("run", scenario, "--out", tmp_path / "r")
    (tmp_path / "r" / "report.html").unlink()
    called = splitcast("report", tmp_path / "r")
    assert (called.code, called.out) == (0, f"{tmp_path}/r/report.html\n")


@pytest.mark.parametrize(
    ("objectives", "code", "verdict"),
    [
        ("{on_time: '>= 0.01'}", 0, "met"),
        ("{on_time: '>= 1', dropped: '<= 1'}", 3, "failed"),
        ("{answered_latency_p99: '<= 1 s'}", 4, "inconclusive"),
        ("{latency_p50: '>= 1 ms', latency_mean: '<= 1 us'}", 3, "failed"),
    ],
)
def test_objectives_decide_the_exit_code(
    splitcast: Callable[..., Called],
    scenario: Path,
    objectives: str,
    code: int,
    verdict: str,
) -> None:
    called = splitcast(
        "run",
        scenario,
        "--set",
        f"slo={objectives}",
        "--set",
        "network.uplink.0.delay=60 ms",
        "--set",
        "streams.cameras.policy=fixed",
    )
    assert called.code == code
    assert f": {verdict} (" in called.out


def test_overload_is_flagged(splitcast: Callable[..., Called], scenario: Path) -> None:
    called = splitcast(
        "run",
        scenario,
        "--set",
        "network.uplink.0.load=50",
        "--set",
        "streams.cameras.policy=fixed",
    )
    assert "fixed: uplink overloaded in 100% of the runs" in called.out


def test_a_doubtful_trace_is_warned_about(splitcast: Callable[..., Called], scenario: Path) -> None:
    called = splitcast("run", scenario, "--set", "network.uplink.0.trace.family=oboe")
    assert "warning: oboe/1 measures a flow rate on a downlink" in called.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--resume"], "--resume --out: (missing) must name the folder to resume"),
        (["--set", "streams.cameras.fps=-5"], "streams.cameras.fps: -5 must be >= 0.001"),
        (["--set", "streams.cameras.policy=deadlin"], "did you mean 'deadline'?"),
        (["--workers", "0"], "--workers: 0 must be a whole number from 1 to"),
        (["--workers", ""], "--workers: (empty) must be a whole number from 1 to"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_bad_input_is_said_in_one_line_each(
    splitcast: Callable[..., Called], scenario: Path, arguments: list[str], said: str
) -> None:
    called = splitcast("run", scenario, *arguments)
    assert called.code == 2
    assert said in called.err
    assert "Traceback" not in called.err
    assert called.out == ""


def test_nothing_is_written_for_bad_input(
    splitcast: Callable[..., Called], scenario: Path, tmp_path: Path
) -> None:
    called = splitcast(
        "run", scenario, "--out", tmp_path / "r", "--set", "streams.cameras.profile=nothing"
    )
    assert called.code == 2
    assert not (tmp_path / "r").exists()


def test_running_a_stored_profile_never_imports_torch(scenario: Path, tmp_path: Path) -> None:
    code = (
        "import sys\nfrom simulator.cli import main\n"
        "code = main(sys.argv[1:])\n"
        "heavy = {'torch', 'constriction', 'PIL'} & set(sys.modules)\n"
        "sys.exit(f'imported {heavy}' if heavy - {'PIL'} else code)\n"
    )
    arguments = ["run", str(scenario), "--out", str(tmp_path / "r")]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, "imported" in done.stderr) == (0, False)


LINK_THAT_ENDS = """
name: ends
duration: 60 s
seed: 1
streams:
  cam: {workload: log.csv, count: 1, deadline: 100 ms, policy: fixed}
network:
  uplink: [{trace: {file: link.csv, after: stop}, delay: 20 ms, queue: unlimited}]
  downlink: {delay: 20 ms}
"""


@pytest.fixture
def link_that_ends(tmp_path: Path) -> Path:
    """Return a scenario of 600 frames, ten a second, whose link delivers nothing after 50 s."""
    rows = (f"{k / 10:.1f},10000,5,10,1" for k in range(600))
    header = "t_capture_s,bytes,device_ms,server_ms,score"
    (tmp_path / "log.csv").write_text("\n".join([header, *rows, ""]))
    (tmp_path / "link.csv").write_text("t_s,mbps\n0,8\n50,0\n")
    path = tmp_path / "ends.yaml"
    path.write_text(LINK_THAT_ENDS)
    return path


@pytest.mark.parametrize(
    ("objective", "code", "said"),
    [
        (
            "latency_p95: <= 100 ms",
            3,
            "failed (beyond every bound; 1 trace, 600 captured frames, 499 answered)",
        ),
        (
            "answered_latency_p95: <= 100 ms",
            0,
            (
                "met (65.2 ms; 1 trace, 600 captured frames, 499 answered; met on one trace, which "
                "says nothing of others)"
            ),
        ),
        ("latency_mean: <= 1 h", 3, "failed (beyond every bound; "),
        (
            "answered_latency_p99: <= 100 ms",
            4,
            (
                "inconclusive (no value; 1 trace, 600 captured frames, 499 answered; p99 needs "
                "1000 answered frames and there are 499)"
            ),
        ),
    ],
)
def test_a_link_that_dies_fails_an_objective_over_all_captured_frames(
    splitcast: Callable[..., Called], link_that_ends: Path, objective: str, code: int, said: str
) -> None:
    called = splitcast("run", link_that_ends, "--set", f"slo={{{objective}}}")
    assert called.code == code
    rule = objective.replace(": ", " ", 1)
    assert called.out.splitlines()[-1].startswith(f"fixed, cam: {rule}: {said}")
    assert "answered p95 ms" in called.out


@pytest.mark.parametrize(
    ("file", "code", "said"),
    [
        ("slo_survivors.yaml", 3, "1000 captured frames, (399|400) answered"),
        ("slo_no_reason.yaml", 4, "p95 needs 200 captured frames and there are 100"),
    ],
)
def test_cases_from_the_field_are_judged_rightly(
    splitcast: Callable[..., Called], shared: Path, file: str, code: int, said: str
) -> None:
    called = splitcast("run", shared / "cases" / "slo" / file)
    assert called.code == code
    assert re.search(said + r"\)$", called.out.splitlines()[-1])

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.batch.cases import run_specs
from simulator.batch.check import check
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
name: y
duration: 2 s
streams:
  cameras: {{profile: {profile}, fps: 15, deadline: 150 ms, policy: fixed}}
network: {{uplink: [{{trace: {trace}}}]}}
{more}
"""


def problems(
    folder: Path, profile: Path | str, trace: str = "{family: us-lte-up}", more: str = ""
) -> list[str]:
    path = folder / "y.yaml"
    path.write_text(TEXT.format(profile=profile, trace=trace, more=more))
    scenario = Scenario.from_file(path)
    try:
        check(scenario, run_specs(scenario))
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_sound_scenario_has_no_problems(tmp_path: Path, tiny_folder: Path) -> None:
    assert problems(tmp_path, tiny_folder) == []


def test_a_missing_profile_is_named_where_it_stands(tmp_path: Path) -> None:
    (found,) = problems(tmp_path, "shapes-22")
    assert found.startswith("y.yaml:4:22 streams.cameras.profile")
    assert "shapes-22 must be a shipped profile" in found


def test_a_wrong_trace_is_named_where_it_stands(tmp_path: Path, tiny_folder: Path) -> None:
    (found,) = problems(tmp_path, tiny_folder, "{family: us-lte-u}")
    assert found.startswith("y.yaml:5:28 network.uplink.0.trace")
    assert "did you mean 'us-lte-up'?" in found
    (tmp_path / "bad.csv").write_text("t_s,mbps\n5,1\n3,1\n")
    (found,) = problems(tmp_path, tiny_folder, "{file: bad.csv}")
    assert found.startswith("y.yaml:5:28 network.uplink.0.trace: ")
    assert "bad.csv:3" in found


def test_a_batch_that_was_never_measured_is_named_where_it_stands(
    tmp_path: Path, tiny_folder: Path
) -> None:
    more = "server:\n  batching: {max: 64}"
    (found,) = problems(tmp_path, tiny_folder, more=more)
    assert found.startswith("y.yaml:7:19 server.batching.max: 64 must be at most 4")


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("{name: fixed, unit: unit-9}", "unit-9 must be the name of a unit"),
        ("fixd", "fixd is no policy; did you mean 'fixed'?"),
        ("{name: deadline, res: 1}", "res is no parameter; did you mean 'reserve'?"),
        ("./x.py:X", "x.py does not exist"),
        ("{name: deadline, reserve: 3}", "reserve"),
    ],
)
def test_a_wrong_policy_in_a_sweep_is_named_where_it_stands(
    tmp_path: Path, tiny_folder: Path, policy: str, said: str
) -> None:
    more = f"sweep:\n  streams.cameras.policy:\n    - deadline\n    - {policy}"
    (found,) = problems(tmp_path, tiny_folder, more=more)
    assert found.startswith("y.yaml:9:7 streams.cameras.policy")
    assert said in found


def test_problems_in_zipped_lists_are_named_where_they_stand(
    tmp_path: Path, tiny_folder: Path
) -> None:
    more = (
        "sweep:\n  zip:\n    streams.cameras.units: [[unit-1], [unit-7, devic]]\n"
        "    streams.cameras.clips: [[standard], [busy]]"
    )
    found = problems(tmp_path, tiny_folder, more=more)
    assert [text.partition(" must")[0] for text in found] == [
        "y.yaml:8:39 streams.cameras.units: unit-7",
        "y.yaml:8:39 streams.cameras.units: devic",
    ]


def test_everything_wrong_is_told_at_once(tmp_path: Path) -> None:
    assert len(problems(tmp_path, "nothing", "{file: nothing.csv}")) == 2


LOGGED = """\
name: y
duration: 2 s
streams:
  lidars: {{workload: {workload}, deadline: 150 ms, policy: {policy}{more}}}
network: {{uplink: [{{trace: {{family: us-lte-up}}}}], downlink: {downlink}}}
"""
LOG = "t_capture_s,bytes,device_ms,server_ms\n0,900,2,10\n0.1,800,3,11\n"


def logged(
    folder: Path,
    *,
    workload: str = "log.csv",
    policy: str = "fixed",
    more: str = "",
    downlink: str = "{delay: 20 ms}",
) -> list[str]:
    (folder / "log.csv").write_text(LOG)
    path = folder / "y.yaml"
    path.write_text(LOGGED.format(workload=workload, policy=policy, more=more, downlink=downlink))
    scenario = Scenario.from_file(path)
    try:
        check(scenario, run_specs(scenario))
    except InputError as error:
        return [str(problem) for problem in error.problems]
    return []


def test_a_sound_log_has_no_problems(tmp_path: Path) -> None:
    assert logged(tmp_path) == []
    assert logged(tmp_path, more=", calibration: log.csv, start: 1 s, stop: 1500 ms") == []


def test_wrong_logs_are_named_where_they_stand(tmp_path: Path) -> None:
    (found,) = logged(tmp_path, workload="none.csv")
    assert found.startswith("y.yaml:4:22 streams.lidars.workload: ")
    assert "none.csv does not exist" in found
    (tmp_path / "bad.csv").write_text(LOG + "x,1,1,1\n")
    (found,) = logged(tmp_path, more=", calibration: bad.csv")
    assert found.startswith("y.yaml:4:77 streams.lidars.calibration: ")
    assert "bad.csv:4 t_capture_s: x must be a number" in found


def test_what_a_log_contradicts_is_named_where_it_stands(tmp_path: Path) -> None:
    (found,) = logged(tmp_path, more=", batch_time: 1 ms + 1 ms")
    assert found.startswith("y.yaml:4:76 streams.lidars.batch_time: this one must be left out")


def test_a_policy_is_tried_on_a_log_s_first_frames(tmp_path: Path) -> None:
    (found,) = logged(tmp_path, policy="{name: fixed, unit: unit-9}", more=", start: 1900 ms")
    assert "unit-9 must be the name of a unit" in found


def test_a_wrong_way_back_is_named_where_it_stands_with_or_without_a_list(
    tmp_path: Path,
) -> None:
    (found,) = logged(tmp_path, downlink="{trace: {family: us-lte-dow}}")
    assert found.startswith("y.yaml:5:69 network.downlink.trace: ")
    (found,) = logged(tmp_path, downlink="[{trace: {family: us-lte-down}, loss: trace}]")
    assert found.startswith("y.yaml:5:99 network.downlink.0.loss: trace must name a trace with")
    (found,) = logged(tmp_path, downlink="{trace: {family: us-lte-down}, loss: trace}")
    assert found.startswith("y.yaml:5:98 network.downlink.loss: trace must name a trace with")


def test_groups_that_begin_late_are_tried_at_once(tmp_path: Path, tiny_folder: Path) -> None:
    path = tmp_path / "y.yaml"
    text = TEXT.format(profile=tiny_folder, trace="{family: us-lte-up}", more="")
    late = "policy: {name: fixed, unit: unit-9}, start: 1 s"
    path.write_text(text.replace("policy: fixed", late))
    scenario = Scenario.from_file(path)
    with pytest.raises(InputError, match="unit-9 must be the name of a unit"):
        check(scenario, run_specs(scenario))

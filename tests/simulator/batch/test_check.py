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
        ("./x.py:X", "x.py cannot be read"),
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

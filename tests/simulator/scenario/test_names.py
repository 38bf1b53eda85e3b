from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from simulator.scenario import Scenario
from simulator.scenario.names import unknown_names
from simulator.scenario.yaml_reader import read_text

if TYPE_CHECKING:
    from pathlib import Path

TEXT = """\
name: City
duration: 20 s
streams:
  cameras:
    profile: shapes-22
    fps: -5
    deadline: 150 ms
    policy: {name: deadlin}
network:
  uplink:
    - trace: {family: us-lte-u}
  downlink:
    trace: {file: none.csv}
slo: {on_tim: ">= 0.95", latency_p95: "<= 3", late: ">= 0.2"}
sweep:
  streams.cameras.policy: [fixed, fixe, my.py:X, deadline]
  network.uplink.0.trace: [{family: us-lte-up}, {family: zzz, sed: 3}, {file: nix.csv}]
  streams.cameras.deadline: [100 ms, 100]
  streams.nope.fps: [3]
  zip: {server.workers: [1, 2], server.speed: [1]}
"""


def test_structure_names_objectives_and_sweeps_are_checked_in_one_pass(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(TEXT)
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    assert [(p.where.removeprefix("bad.yaml:"), p.what) for p in caught.value.problems] == [
        ("1:7", "name"),
        ("5:14", "streams.cameras.profile"),
        ("6:10", "streams.cameras.fps"),
        ("8:20", "streams.cameras.policy.name"),
        ("11:23", "network.uplink.0.trace.family"),
        ("13:19", "network.downlink.trace.file"),
        ("14:15", "slo.on_tim"),
        ("14:39", "slo.latency_p95"),
        ("16:35", "streams.cameras.policy"),
        ("16:41", "streams.cameras.policy"),
        ("17:49", "network.uplink.0.trace.sed"),
        ("17:58", "network.uplink.0.trace.family"),
        ("17:79", "network.uplink.0.trace.file"),
        ("18:38", "streams.cameras.deadline"),
        ("19:3", "sweep.streams.nope.fps"),
        ("20:8", "sweep.zip"),
    ]
    said = str(caught.value)
    for near in ("shapes-224", "deadline", "us-lte-up", "on_time", "fixed", "seed"):
        assert f"did you mean '{near}'?" in said


def test_names_are_looked_up_from_the_scenarios_folder(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text("class X: ...")
    (tmp_path / "log.csv").write_text("")
    text = "streams: {a: {policy: mine.py:X, workload: log.csv, calibration: log2.csv}}"
    (found,) = unknown_names(read_text(text, "x.yaml"), tmp_path)
    assert str(found) == (
        "x.yaml:1:66 streams.a.calibration: log2.csv does not exist; check the path"
    )


def test_a_name_that_no_file_system_takes_is_refused(tmp_path: Path) -> None:
    text = f"streams: {{a: {{profile: {'p/' * 300}{'q' * 300}, workload: {'x' * 400}}}}}"
    found = list(unknown_names(read_text(text, "x.yaml"), tmp_path))
    assert [problem.what for problem in found] == ["streams.a.profile", "streams.a.workload"]


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2]",
        "streams: [{profile: 3}]",
        "sweep: {zip: [1], streams.x.profile: 3}",
        "sweep: 7",
        "streams: {a: {policy: {name: }}}",
    ],
)
def test_a_document_of_any_shape_is_looked_through(text: str, tmp_path: Path) -> None:
    assert list(unknown_names(read_text(text, "x.yaml"), tmp_path)) == []


def test_a_problem_of_the_whole_is_not_repeated_for_each_value_of_a_sweep(tmp_path: Path) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(
        TEXT.partition("slo:")[0] + "sweep: {server.workers: [1, 2, 0], server.speed: [1, 2]}\n"
    )
    with pytest.raises(InputError) as caught:
        Scenario.from_file(path)
    where = [p.where.removeprefix("bad.yaml:") for p in caught.value.problems]
    assert where == ["1:7", "5:14", "6:10", "8:20", "11:23", "13:19", "14:32"]


def test_a_policy_given_from_python_is_known_beside_other_faults(tmp_path: Path) -> None:
    class Mine:
        def choose(self, _seen: object) -> None: ...

    camera = {"profile": "shapes-224", "fps": -5, "deadline": "150 ms", "policy": Mine}
    document = {
        "name": "given",
        "duration": "1 s",
        "streams": {"cameras": camera},
        "network": {"uplink": [{"trace": {"family": "us-lte-up"}}]},
    }
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(document, tmp_path)
    assert [problem.what for problem in caught.value.problems] == ["streams.cameras.fps"]

from __future__ import annotations

from pathlib import Path

import pytest

import simulator
from simulator.foundation.errors import InputError
from tests.scenarios.test_examples import EXAMPLES

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
COMPARED = [
    "3g-uplink",
    "demo",
    "eight-lte-cameras",
    "one-camera-load-0.25",
    "one-camera-load-1",
    "one-camera-load-4",
    "overloaded-server",
    "published-one-camera-load-1",
    "slow-device",
]
BUNDLED = [FOLDER / f"{name}.yaml" for name in COMPARED]


def test_the_promised_scenarios_are_there() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == sorted(COMPARED + EXAMPLES)


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_scenario_compares_policies_over_ten_traces_or_more(path: Path) -> None:
    scenario = simulator.Scenario.from_file(path)
    sweep = scenario.document["sweep"]
    assert len(sweep["network.uplink.0.trace.seed"]) >= 10
    assert len(sweep["streams.cameras.policy"]) >= 3
    assert scenario.record.description
    if path.stem != "demo":
        assert scenario.name == path.stem


@pytest.mark.parametrize("path", BUNDLED, ids=lambda path: path.stem)
def test_a_bundled_scenario_runs_shortened(path: Path) -> None:
    sweep = "sweep={streams.cameras.policy: [fixed, throughput, deadline]}"
    scenario = simulator.Scenario.from_file(path, [sweep, "duration=2 s"])
    runs = simulator.run(scenario).runs
    outcomes = ["on_time_frames", "late_frames", "lost_frames", "skipped_frames", "dropped_frames"]
    assert len(runs) == 3
    assert (runs[outcomes].sum(axis=1) == runs["frames"]).all()
    assert (runs["frames"] > 0).all()


def test_a_bundled_scenario_is_no_place_for_mistakes() -> None:
    with pytest.raises(InputError, match="did you mean 'deadline'"):
        simulator.Scenario.from_file(BUNDLED[0], ["streams.cameras.deadlin=1 s"])

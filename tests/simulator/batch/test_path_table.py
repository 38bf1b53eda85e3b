"""What a batch writes of the path, and of what else a report draws."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import simulator
from simulator.batch.doubts import merged
from simulator.batch.one_run import frames_path
from simulator.report import build
from simulator.results.facts import RunFacts
from simulator.results.tables import read_facts

if TYPE_CHECKING:
    import pandas as pd

FAMILY = {"family": "us-lte-up", "seed": 1}


def capacity(document: dict[str, Any], **network: Any) -> pd.DataFrame:  # noqa: ANN401
    scenario = simulator.Scenario.from_dict(document | {"network": network})
    return simulator.run(scenario).capacity


def test_every_hop_is_there_by_its_name_or_place(document: dict[str, Any]) -> None:
    wifi = {"name": "wifi", "each": "stream", "trace": FAMILY}
    found = capacity(document, uplink=[wifi, {"trace": FAMILY}], downlink=[{"trace": FAMILY}])
    hops = found.groupby(["way", "hop"], sort=False)["links"].agg(["first", "count"])
    assert list(hops.index) == [
        ("uplink", "wifi"),
        ("uplink", "uplink.1"),
        ("downlink", "downlink.0"),
    ]
    assert hops["first"].tolist() == [2, 1, 1]
    assert hops["count"].tolist() == [20, 20, 20]
    assert set(found["link"]) == {"us-lte-up/1 to 2 + us-lte-up/1, back us-lte-up/1"}
    assert found[["cross_bps", "loss"]].isna().all(axis=None)


def test_capacity_of_links_is_their_sum(document: dict[str, Any]) -> None:
    each = capacity(document, uplink=[{"each": "stream", "trace": FAMILY}])
    links = [
        capacity(document, uplink=[{"trace": FAMILY | {"seed": seed}}])["capacity_bps"].to_numpy()
        for seed in (1, 2)
    ]
    np.testing.assert_allclose(each["capacity_bps"], links[0] + links[1])
    # Within the first second the poorest link is that of the lower mean over it.
    poorest = 2 * min(rates[:10].mean() for rates in links)
    np.testing.assert_allclose(each["least_bps"][:5], poorest)


def test_what_others_send_is_counted_once(document: dict[str, Any]) -> None:
    cross = {"rate": "800 kbit/s", "packet": "1 kB", "pattern": "periodic"}
    found = capacity(document, uplink=[{"trace": FAMILY, "cross": [cross]}])
    # 800 kbit/s in packets of 8 kbit: ten of them in each tenth of a second.
    assert found["cross_bps"].tolist() == pytest.approx([8e5] * 20, abs=8e4)
    assert found["cross_bps"].mean() == pytest.approx(8e5)


def test_loss_is_a_share_steady_or_in_bursts(document: dict[str, Any]) -> None:
    steady = capacity(document, uplink=[{"trace": FAMILY, "loss": 0.02}])
    assert steady["loss"].tolist() == pytest.approx([0.02] * 20)
    bursts = {"good": "200 ms", "bad": "200 ms", "loss_bad": 0.5}
    turns = capacity(document, uplink=[{"trace": FAMILY, "loss": bursts}])["loss"]
    assert 0 <= turns.min() < turns.max() <= 0.5


def test_paths_of_other_settings_or_seeds_are_not_taken_for_one(document: dict[str, Any]) -> None:
    document |= {
        "network": {"uplink": [{"trace": FAMILY, "loss": 0.02}]},
        "sweep": {"network.uplink.0.loss": [0.02, 0.04]},
        "replications": 2,
    }
    results = simulator.run(simulator.Scenario.from_dict(document))
    assert results.runs["link"].nunique() == 4
    loss = results.capacity.groupby("link")["loss"].mean()
    assert sorted(loss) == pytest.approx([0.02, 0.02, 0.04, 0.04])


def test_traces_alone_name_a_path_without_luck(document: dict[str, Any]) -> None:
    results = simulator.run(simulator.Scenario.from_dict(document | {"replications": 2}))
    assert set(results.runs["link"]) == {"us-lte-up/1"}


def test_a_run_tells_its_outages_longest_first(document: dict[str, Any], tmp_path: Path) -> None:
    document["server"] = {
        "kinds": [{"name": "gpu", "count": 2}],
        "outages": [
            {"worker": "gpu/0", "at": "100 ms", "for": "200 ms"},
            {"worker": "gpu/1", "at": "500 ms", "for": "1 s"},
        ],
    }
    simulator.run(simulator.Scenario.from_dict(document), out=tmp_path / "r")
    assert read_facts(frames_path(tmp_path / "r", "p0000-r0"), RunFacts)[1]["outages"] == [
        {"worker": "gpu/1", "begin_s": 0.5, "end_s": 1.5},
        {"worker": "gpu/0", "begin_s": 0.1, "end_s": 0.3},
    ]


def test_a_plain_run_tells_of_no_outages_layers_or_tasks(
    document: dict[str, Any], tmp_path: Path
) -> None:
    simulator.run(simulator.Scenario.from_dict(document), out=tmp_path / "r")
    facts = read_facts(frames_path(tmp_path / "r", "p0000-r0"), RunFacts)[1]
    assert "outages" not in facts
    assert set(facts["streams"][0]) == {
        "name", "group", "policy", "deadline_ns", "interval_ns", "units", "on_device",
    }  # fmt: skip


SCENARIOS = Path(__file__).resolve().parents[3] / "scenarios"


def test_a_run_tells_of_layers_and_a_report_draws_them(tmp_path: Path) -> None:
    short = ["duration=2 s", "sweep={streams.lidar.policy: [{name: fixed, unit: scalable}]}"]
    scenario = simulator.Scenario.from_file(SCENARIOS / "point-clouds.yaml", short)
    simulator.run(scenario, out=tmp_path / "r")
    facts = read_facts(frames_path(tmp_path / "r", "p0000-r0"), RunFacts)[1]
    assert facts["streams"][0]["layers"] == [1, 1, 3]
    build(tmp_path / "r")
    assert (tmp_path / "r" / "plots" / "layers.svg").is_file()


def test_a_run_tells_of_tasks_and_a_report_draws_them(tmp_path: Path) -> None:
    short = ["duration=2 s", "sweep={streams.cameras.policy: [fixed]}"]
    scenario = simulator.Scenario.from_file(SCENARIOS / "two-tasks.yaml", short)
    simulator.run(scenario, out=tmp_path / "r")
    (task,) = read_facts(frames_path(tmp_path / "r", "p0000-r0"), RunFacts)[1]["streams"][0][
        "tasks"
    ]
    build(tmp_path / "r")
    assert f"{task} within" in (tmp_path / "r" / "plots" / "tasks.svg").read_text()


def test_doubts_about_many_traces_are_said_once() -> None:
    assert merged([*(f"a/{k} has gaps" for k in range(1, 6)), "b has gaps", "no reader"]) == [
        "Each of a/1, a/2 and 4 more has gaps",
        "no reader",
    ]

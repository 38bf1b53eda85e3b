from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from simulator.cli import main
from simulator.findings import (
    Arm,
    Finding,
    Gain,
    _arms,
    _chosen,
    _finding,
    findings_table,
    investigate,
    replace_table,
)
from simulator.foundation import keyed
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

ARMS = [
    Arm(action="fixed", label="unit-1", policy={}, units=()),
    Arm(action="fixed", label="unit-2", policy={}, units=()),
    Arm(action="skipping", label="unit-1 or skip", policy={}, units=()),
    Arm(action="another unit", label="deadline", policy={}, units=()),
    Arm(action="staying on the device", label="always", policy={}, units=()),
]


def scores(*means: float) -> NDArray[np.float64]:
    """Return [arms, 20 traces] whose luck is shared by all arms but for a little."""
    rng = keyed.generator(1, "findings")
    luck = rng.normal(0, 0.2, 20)
    return np.array([mean + luck + rng.normal(0, 0.01, 20) for mean in means])


def concluded(tried: NDArray[np.float64], told: NDArray[np.float64]) -> Finding:
    chosen = _chosen(ARMS, tried, "x")
    return _finding(
        "x",
        {action: ARMS[k] for action, k in chosen.items()},
        {action: float(tried[k].mean()) for action, k in chosen.items()},
        {action: told[k] for action, k in chosen.items()},
    )


def test_the_action_that_pays_is_chosen_on_some_traces_and_measured_on_others() -> None:
    found = concluded(scores(0.5, 0.6, 0.5, 0.7, 0.3), scores(0.8, 0.6, 0.5, 0.65, 0.3))
    assert found.fixed == "unit-2"  # although unit-1 is better where it is reported
    assert found.accuracy == pytest.approx(0.6, abs=0.1)
    assert found.pays == "another unit"
    assert found.gains["another unit"].mean == pytest.approx(0.05, abs=0.02)
    assert found.gains["another unit"].low > 0.03  # paired: the traces' luck cancels out
    assert found.traces == 20


def test_nothing_pays_that_is_not_surely_above_the_best_fixed_unit() -> None:
    found = concluded(scores(0.5, 0.6, 0.5, 0.61, 0.3), scores(0.5, 0.6, 0.5, 0.6, 0.3))
    assert found.pays == "none"


def test_a_ladder_that_sends_nothing_has_no_fixed_unit() -> None:
    with pytest.raises(InputError, match="must leave a unit that is sent"):
        _chosen(ARMS[4:], scores(0.5), "x")


def test_arms_hold_every_fixed_unit_and_keep_the_ladders_top(
    document: dict[str, Any], tmp_path: Path
) -> None:
    arms = list(_arms(Scenario.from_dict(document), tmp_path))
    assert [arm.label for arm in arms if arm.action == "fixed"] == ["unit-1", "unit-2"]
    assert [arm.label for arm in arms if arm.action == "skipping"] == [
        "unit-1 or skip",
        "unit-2 or skip",
    ]
    assert [arm.units for arm in arms if arm.action == "another unit"] == [("unit-1", "unit-2")] * 2
    assert [arm.label for arm in arms if arm.action == "staying on the device"] == [
        "throughput with device",
        "deadline with device",
        "always",
    ]
    # A load is a share of what the top unit offers: every arm must keep it.
    assert all("unit-2" in arm.units for arm in arms)


def test_several_groups_have_no_findings(document: dict[str, Any], tmp_path: Path) -> None:
    camera = document["streams"]["cameras"]
    document["streams"] = {"doors": camera, "gates": camera}
    with pytest.raises(InputError, match="must be one group"):
        list(_arms(Scenario.from_dict(document), tmp_path))


def test_a_scenario_is_investigated_from_its_file(document: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(json.dumps(document))  # JSON is YAML
    found = investigate(path, selection=(101, 102), reported=(1, 2, 3))
    assert (found.scenario, found.traces) == ("small", 3)
    assert set(found.gains) == {"another unit", "skipping", "staying on the device"}
    for gain in found.gains.values():
        assert gain.low <= gain.mean <= gain.high


def test_findings_become_a_table() -> None:
    gain = Gain(label="deadline", mean=0.0521, low=0.012, high=0.09)
    table = findings_table(
        [
            Finding(
                scenario="x",
                fixed="unit-2",
                accuracy=0.6,
                gains={"another unit": gain},
                pays="another unit",
                traces=24,
            )
        ]
    )
    assert table.splitlines()[2] == (
        "| x | unit-2: 60.0 | +5.2 [+1.2, +9.0] (deadline) | - | - | **another unit** |"
    )
    assert "paired over 24 traces" in table


def test_a_readme_without_markers_is_refused() -> None:
    with pytest.raises(InputError, match="must hold <!-- findings -->"):
        replace_table("# Title", "table", "README.md")


def test_the_command_rewrites_only_what_lies_between_the_markers(
    document: dict[str, Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    scenario, readme = tmp_path / "small.yaml", tmp_path / "README.md"
    scenario.write_text(json.dumps(document | {"duration": "500 ms"}))
    readme.write_text("# T\n<!-- findings -->\nold\n<!-- end of findings -->\nend\n")
    assert main(["findings", str(scenario), "--readme", str(readme)]) == 0
    text = readme.read_text()
    assert text.startswith("# T\n<!-- findings -->\n| scenario | best fixed unit |")
    assert text.endswith("<!-- end of findings -->\nend\n")
    assert "| small |" in capsys.readouterr().out
    assert main(["findings", str(scenario)]) == 0  # prints only
    assert readme.read_text() == text
    readme.write_text("# T\n")
    assert main(["findings", str(scenario), "--readme", str(readme)]) == 2
    monkeypatch.chdir(tmp_path)
    assert main(["findings"]) == 2  # all bundled ones, and README.md lacks its markers

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from models.baselines.jpeg import Jpeg
from models.card import render, write
from models.evaluate import EvaluationPlan, evaluate
from models.measuring.content import short_clips
from models.measuring.curves import bytes_needed
from models.measuring.targets import verdicts
from models.profile import save
from simulator.foundation.errors import InputError
from tests.models.profiles import tiny_profile
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

PLAN = EvaluationPlan(seed=5, standard=3, busy=2, shifted=2)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a profile's folder with an evaluation of untrained weights beside it."""
    here = tmp_path_factory.mktemp("card")
    save(tiny_profile(), here / "tiny")
    evaluate(
        untrained_weights(here / "weights"),
        here / "tiny" / "evaluation.json",
        plan=PLAN,
        jpegs=(Jpeg("444", 10), Jpeg("444", 90)),
        cache=here / "cache",
    )
    return here / "tiny"


@pytest.fixture(scope="module")
def evaluation(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "evaluation.json").read_text())
    return found


def test_short_clips_are_test_clips_with_instants_of_their_own() -> None:
    blocks = short_clips(seed=1, kind="busy", clips=5, per_block=2)
    clips = [clip for block in blocks for clip in block.clips]
    assert [len(block.clips) for block in blocks] == [2, 2, 1]
    assert {clip.split for clip in clips} == {"test"}
    assert len({clip.instants for clip in clips}) == 5
    assert all(first < second < 150 for first, second in (clip.instants for clip in clips))


def test_groups_count_their_clips(evaluation: dict[str, Any]) -> None:
    clips = {name: group["clips"] for name, group in evaluation["groups"].items()}
    assert clips == {"test": 5, "standard": 3, "busy": 2, "shifted": 2}
    assert evaluation["groups"]["test"]["frames"] == 10


def test_differences_are_paired_with_the_uncompressed_network(evaluation: dict[str, Any]) -> None:
    group = evaluation["groups"]["test"]
    for unit in group["units"].values():
        for task, loss in unit["points_over_clean"].items():
            apart = unit["scores"][task]["mean"] - group["clean"][task]["mean"]
            assert loss["mean"] == pytest.approx(100 * apart, abs=1e-3)
            assert loss["low"] <= loss["mean"] <= loss["high"]


def test_real_bytes_are_held_against_the_ideal(evaluation: dict[str, Any]) -> None:
    units = evaluation["groups"]["test"]["units"]
    coding = units["unit-2"]["coding"]
    assert coding["frames_over_bound"] == 0
    assert 0 < coding["real_bytes"] - coding["ideal_bytes"] < 4
    assert "coding" not in units["jpeg444-q10"]


def test_the_card_shows_every_unit_and_target(folder: Path, evaluation: dict[str, Any]) -> None:
    text = write(folder, folder / "model-card.md")
    assert (folder / "model-card.md").read_text() == text
    assert text.startswith("# Model card: tiny")
    for target in evaluation["targets"]:
        assert target["target"] in text
    for unit in ("uncompressed", "unit-1", "unit-2", "jpeg444-q90"):
        assert text.count(f"| {unit} |") >= 4  # a table for each group
    assert "**no**" in text  # untrained units do not reach 20 points


def test_a_card_without_misses_says_so(evaluation: dict[str, Any]) -> None:
    good = [{**target, "met": True} for target in evaluation["targets"]]
    assert "All targets are met." in render(tiny_profile(), {**evaluation, "targets": good})


@pytest.mark.parametrize("content", ["[]", "{}", "{", '{"targets": 3}'])
def test_a_foreign_evaluation_writes_nothing(tmp_path: Path, content: str) -> None:
    save(tiny_profile(), tmp_path / "tiny")
    (tmp_path / "tiny" / "evaluation.json").write_text(content)
    with pytest.raises(InputError, match="must be what an evaluation wrote"):
        write(tmp_path / "tiny", tmp_path / "card.md")
    assert not (tmp_path / "card.md").exists()


def test_a_missing_evaluation_is_named(tmp_path: Path) -> None:
    save(tiny_profile(), tmp_path / "tiny")
    with pytest.raises(InputError, match=r"evaluation\.json does not exist"):
        write(tmp_path / "tiny", tmp_path / "card.md")


def test_bytes_needed_takes_the_first_setting_that_suffices() -> None:
    sizes, scores = np.array([100.0, 200.0, 400.0]), np.array([0.5, 0.7, 0.6])
    assert bytes_needed(sizes, scores, 0.7) == pytest.approx(200)
    assert bytes_needed(sizes, scores, 0.6) == pytest.approx(100 * 2**0.5)


def group(sizes: list[float], top1: list[float], jpeg: float | None) -> dict[str, Any]:
    def about(mean: float) -> dict[str, float]:
        return {"mean": mean, "low": mean, "high": mean}

    units = {
        f"unit-{k}": {
            "kind": "bottleneck",
            "bytes": about(size),
            "scores": {"top1": about(score)},
            "points_over_clean": {"top1": about(100 * (score - 0.9))},
            "coding": {
                "payloads": 10,
                "frames_over_bound": 0,
                "worst_bytes_over_bound": -1.0,
                "real_bytes": 102.0,
                "ideal_bytes": 100.0,
            },
        }
        for k, (size, score) in enumerate(zip(sizes, top1, strict=True), start=1)
    }
    needed = about(jpeg) if jpeg else None
    return {"units": units, "jpeg444_bytes_for_clean_minus_2_points": {"top1": needed}}


COSTS = {"backbone_bytes": 1000, "unit_bytes": {"unit-1": 59, "unit-2": 60}}


@pytest.mark.parametrize(
    ("found", "costs", "met"),
    [
        (group([100, 800], [0.65, 0.896], 8000.0), COSTS, [1, 1, 1, 1, 1, 1]),
        (group([100, 790], [0.71, 0.89], 8000.0), COSTS, [0, 0, 0, 1, 1, 1]),
        (group([100, 790], [0.71, 0.89], 790.0), COSTS, [0, 0, 0, 0, 1, 1]),
        (group([100, 790], [0.71, 0.89], None), COSTS, [0, 0, 0, 0, 1, 1]),
        (
            group([100, 800], [0.65, 0.896], 6300.0),
            {"backbone_bytes": 900, "unit_bytes": {"unit-1": 59}},
            [1, 1, 1, 0, 1, 0],
        ),
    ],
)
def test_targets_are_judged(found: dict[str, Any], costs: dict[str, Any], met: list[int]) -> None:
    assert [int(verdict.met) for verdict in verdicts(found, costs)] == met

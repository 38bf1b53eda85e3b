"""The headline figure over seeds and backbones: every run measured apart, on the same clips."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest
import torch

from models import ladder
from models.backbone import Backbone
from models.comparing.accuracy import EvaluationPlan
from models.comparing.training_seeds import JPEGS, compare_seeds, measure_seeds, spread_of
from models.runs import load_seeds, seed_folder, wide_folder
from models.subjects.opening import open_seeds
from models.training.widening import widened
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

PLAN = EvaluationPlan(seed=3, standard=3, busy=2, shifted=1)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return weights with two seeds beside them, the second one's units swapped, and a wide one.

    The second seed has a unit at the late split point, too.
    """
    folder = untrained_weights(tmp_path_factory.mktemp("runs") / "weights")
    for seed, numbers in ((1, (1, 2)), (10, (2, 1))):
        for number, source in enumerate(numbers, start=1):
            out = seed_folder(folder, seed)
            out.mkdir(parents=True, exist_ok=True)
            shutil.copy(folder / f"unit-{source}.safetensors", out / f"unit-{number}.safetensors")
    backbone, digest, _ = ladder.load_backbone(folder)
    late = BottleneckUnit(32, UnitShape(channels=2, features=(64, 28, 28)), name="late-2").eval()
    late.seal(late.encode(torch.rand(1, 64, 28, 28)).numpy())
    ladder.save_unit(seed_folder(folder, 10), late, {"seed": 10}, backbone=digest)
    wide = widened(backbone, 1.25, seed=1)
    out = wide_folder(folder)
    digest = ladder.save(out, wide, {"seed": 4})
    unit = BottleneckUnit(1, UnitShape(channels=2, features=(60, 28, 28))).eval()
    unit.seal(unit.encode(torch.rand(1, 60, 28, 28)).numpy())
    ladder.save_unit(out, unit, {"seed": 4}, backbone=digest)
    return folder


@pytest.fixture(scope="module")
def found(weights: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    cache = tmp_path_factory.mktemp("cache")
    measure_seeds(weights, plan=PLAN, cache=cache)
    return compare_seeds(weights, plan=PLAN, cache=cache)


def test_seeds_are_found_in_the_order_of_their_numbers(weights: Path) -> None:
    assert list(load_seeds(ladder.load(weights))) == [1, 10]
    assert load_seeds(ladder.load(wide_folder(weights))) == {}


def test_units_of_all_seeds_are_opened_on_the_one_backbone(weights: Path) -> None:
    network = open_seeds(weights, JPEGS[:1])
    assert [subject.name for subject in network.subjects] == [
        "device",
        "jpeg444-q20",
        "seed-1-unit-1",
        "seed-1-unit-2",
        "seed-10-unit-1",
        "seed-10-unit-2",
        "seed-10-late-2",
    ]


def test_every_run_is_told_apart(found: dict[str, Any]) -> None:
    keys = ("backbone", "width", "seed", "family")
    assert [tuple(run[key] for key in keys) for run in found["runs"]] == [
        ("weights", 1.0, 1, "unit"),
        ("weights", 1.0, 10, "unit"),
        ("weights", 1.0, 10, "late"),
        ("weights-wide", 1.25, 4, "unit"),
    ]
    first, second, late, wide = found["runs"]
    assert list(late["settings"]) == list(late["training"]) == ["late-2"]
    assert first["clean"] == second["clean"]  # the same backbone on the same clips
    assert first["settings"]["unit-1"] == second["settings"]["unit-2"]
    assert first["settings"]["unit-1"] != second["settings"]["unit-1"]
    assert list(wide["settings"]) == ["unit-1"]
    assert list(first["training"]) == ["unit-1", "unit-2"]  # the backbone is not its own
    assert wide["training"]["backbone"] == {"seed": 4, "width": 1.25}
    units = [unit for run in found["runs"] for unit in run["settings"].values()]
    assert all(unit["bytes"]["mean"] > 20 for unit in units)


def test_the_spread_is_over_the_seeds_of_one_backbone_and_family(found: dict[str, Any]) -> None:
    spread = {(each["backbone"], each["family"]): each for each in found["spread"]}
    assert {key: each["seeds"] for key, each in spread.items()} == {
        ("weights", "unit"): 2,
        ("weights", "late"): 1,
        ("weights-wide", "unit"): 1,
    }
    for run in found["runs"]:
        for measure, needed in run["bytes_needed"].items():
            over = spread[run["backbone"], run["family"]]["bytes_needed"][measure]
            if over is not None:
                assert over["low"] <= needed["mean"] <= over["high"]


def test_a_spread_is_the_sample_deviation_of_the_runs() -> None:
    runs = [{"mean": value} for value in (7.0, 4.0, 4.0)]
    # mean 5, squares 4 + 1 + 1 = 6, over 3 - 1 runs: 3
    assert spread_of(runs) == {"low": 4.0, "high": 7.0, "mean": 5.0, "deviation": 1.732051}
    assert spread_of(runs[:1]) == {"low": 7.0, "high": 7.0, "mean": 7.0}


def test_a_figure_that_one_run_does_not_reach_has_no_spread() -> None:
    assert spread_of([{"mean": 7.0}, None]) is None


def test_weights_without_runs_beside_them_have_none(tmp_path: Path) -> None:
    alone = untrained_weights(tmp_path / "alone")
    measure_seeds(alone, plan=PLAN, cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()
    assert compare_seeds(alone, plan=PLAN, cache=tmp_path) == {"runs": [], "spread": []}


def test_a_seed_of_another_backbone_is_refused(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    out = seed_folder(folder, 1)
    out.mkdir(parents=True)
    shutil.copy(folder / "unit-1.safetensors", out)
    torch.manual_seed(9)
    ladder.save(folder, Backbone().fold(), {"seed": 9})
    for path in folder.glob("unit-*"):
        path.unlink()
    digest = ladder.load_backbone(folder)[1]
    unit = BottleneckUnit(1, UnitShape(channels=2)).eval()
    unit.seal(unit.encode(torch.rand(1, 48, 28, 28)).numpy())
    ladder.save_unit(folder, unit, {}, backbone=digest)
    with pytest.raises(InputError, match="must be trained for the backbone"):
        open_seeds(folder)

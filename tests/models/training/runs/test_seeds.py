"""Units of several seeds on one backbone, and of a wider one, trained for seconds."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from safetensors import safe_open

from models import ladder
from models.runs import seed_folder, wide_folder
from models.training.runs import seeds
from models.training.runs import wide as wide_run
from models.units import other_splits
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

SMALL = replace(
    seeds.QUICK,
    footage=replace(
        seeds.QUICK.footage,
        training=replace(seeds.QUICK.footage.training, clips=8),
        selection=replace(seeds.QUICK.footage.selection, clips=4),
    ),
    units=tuple(
        replace(unit, batch=8, warm_images=unit.warm_images // 5, images=16)
        for unit in seeds.QUICK.units
    ),
)


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return untrained_weights(tmp_path_factory.mktemp("seeds") / "weights")


@pytest.fixture(scope="module")
def written(weights: Path) -> list[Path]:
    return seeds.train(weights, settings=SMALL, workers=1)


def about(path: Path) -> dict[str, object]:
    with safe_open(path, framework="numpy") as stored:
        return dict(json.loads(stored.metadata()["about"]))


def test_every_seed_gets_a_folder_without_a_backbone_of_its_own(
    weights: Path, written: list[Path]
) -> None:
    assert [str(path.relative_to(weights.parent)) for path in written] == [
        "weights-seeds/seed-1/unit-2.safetensors",
        "weights-seeds/seed-1/unit-1.safetensors",
        "weights-seeds/seed-1/late-2.safetensors",
        "weights-seeds/seed-2/unit-2.safetensors",
        "weights-seeds/seed-2/unit-1.safetensors",
        "weights-seeds/seed-2/late-2.safetensors",
    ]
    digest = ladder.load_backbone(weights)[1]
    for path in written:
        assert about(path)["backbone"] == digest
        assert about(path)["seed"] == int(path.parent.name.removeprefix("seed-"))
    assert not list(weights.parent.rglob("seed-*/backbone*"))


def test_seeds_differ_and_the_same_seed_repeats_bit_for_bit(
    weights: Path, written: list[Path], tmp_path: Path
) -> None:
    first, second = written[1].read_bytes(), written[4].read_bytes()
    assert first != second
    work = weights.with_name(".weights.work")
    for name in ("training", "selection", "features", "features-late-64"):
        (tmp_path / name).symlink_to(work / name)  # the same frames, no checkpoints
    written[1].unlink()
    seeds.train(weights, seeds=[1], settings=SMALL, work=tmp_path, workers=1)
    assert written[1].read_bytes() == first


def test_finished_seeds_are_taken_up_and_not_trained_again(
    weights: Path, written: list[Path]
) -> None:
    before, told = [path.read_bytes() for path in written], list[str]()
    seeds.train(weights, settings=SMALL, workers=1, tell=told.append)
    assert not any("loss" in line for line in told)
    assert [path.read_bytes() for path in written] == before


def test_seeds_without_a_backbone_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"backbone.safetensors .*does not exist"):
        seeds.train(tmp_path / "nothing", settings=SMALL, workers=1)
    assert not seed_folder(tmp_path / "nothing", 1).exists()


def test_every_seed_of_the_shipped_runs_follows_the_one_schedule() -> None:
    full = seeds.FULL
    assert full.seeds == (1, 2, 3)
    assert [unit.start for unit in full.units] == [None, 32]
    for unit, wide in zip(full.units, wide_run.FULL.units, strict=True):
        assert (wide.number, wide.channels, wide.worth) == (unit.number, unit.channels, unit.worth)
        assert wide.start == unit.number  # it goes on from the same unit of a seed


@pytest.fixture(scope="module")
def wide(weights: Path, written: list[Path]) -> list[Path]:
    assert written
    settings = replace(
        wide_run.QUICK,
        footage=SMALL.footage,
        units=tuple(replace(unit, batch=8) for unit in wide_run.QUICK.units),
        backbone=replace(wide_run.QUICK.backbone, images=16, batch=8),
        rows=24,
    )
    return wide_run.train(weights, settings=settings, workers=1)


def test_a_wide_backbone_lies_with_units_of_its_own(weights: Path, wide: list[Path]) -> None:
    assert [path.name for path in wide] == [
        "backbone.safetensors",
        "unit-2.safetensors",
        "unit-1.safetensors",
        "late-2.safetensors",
    ]
    (_, late), *_ = other_splits.load_all(ladder.load(wide_folder(weights)))
    assert late.shape.features == (80, 28, 28)
    trained = ladder.load(wide_folder(weights))
    assert trained.backbone.width == 1.25
    assert ladder.load_backbone(weights)[1] in trained.about["start"]
    for unit in trained.units:
        assert unit.shape.features == (60, 28, 28)
        assert trained.storage_bytes(unit) <= 0.06 * trained.storage_bytes()


def test_a_unit_of_the_shipped_width_is_refused_on_a_wide_backbone(
    weights: Path, wide: list[Path], tmp_path: Path
) -> None:
    digest = ladder.load_backbone(wide[0].parent)[1]
    narrow = ladder.load(weights).units[0]
    ladder.save_unit(tmp_path, narrow, {}, backbone=digest)
    with pytest.raises(InputError, match=r"middle split point's features \(60, 28, 28\)"):
        ladder.load_unit(tmp_path / f"{narrow.name}.safetensors", digest, width=1.25)


def test_a_wide_run_needs_units_to_go_on_from(tmp_path: Path) -> None:
    weights = untrained_weights(tmp_path / "weights")
    settings = replace(wide_run.QUICK, footage=SMALL.footage)
    with pytest.raises(InputError, match=r"seed-1.*unit-2.safetensors .*does not exist"):
        wide_run.train(weights, settings=settings, workers=1)
    assert not wide_folder(weights).exists()

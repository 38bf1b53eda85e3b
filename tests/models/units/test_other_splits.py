"""The shipped units at other split points: they load, code small, and answer as recorded."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.backbone import prepare
from models.scenes import render
from models.search.record import FILE, Found
from models.split import SPLITS, cut
from models.training.runs.splits import FULL
from models.units.bottleneck import BottleneckUnit
from models.units.other_splits import OTHERS, load_all
from models.units.shape import UnitShape
from models.weightfile import read
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

    from models.ladder import TrainedLadder


@pytest.fixture(scope="module")
def shipped() -> TrainedLadder:
    return ladder.load()


def test_a_short_ladder_ships_early_and_another_one_late(shipped: TrainedLadder) -> None:
    assert OTHERS == ("early", "late")
    assert [unit.name for _, unit in load_all(shipped)] == [
        *("early-1", "early-2"),
        *("late-1", "late-2", "late-3"),
    ]
    assert [unit.number for _, unit in load_all(shipped)] == [21, 22, 31, 32, 33]


def test_shipped_units_saw_what_their_schedule_says(shipped: TrainedLadder) -> None:
    said = {
        unit.name: read(shipped.folder / f"{unit.name}.safetensors")[1]
        for _, unit in load_all(shipped)
    }
    for recipe in FULL.units:
        about = said.pop(recipe.name)
        for key in ("images", "warm_images", "worth", "channels", "stride", "width"):
            assert about[key] == getattr(recipe, key), (recipe.name, key)
    assert not said


def test_the_record_is_of_the_shipped_backbone_and_ships_no_units(shipped: TrainedLadder) -> None:
    found = Found.read(shipped.folder / FILE)
    assert found.backbone == shipped.digest
    assert {trial.design.split for trial in found.trials} == set(SPLITS)
    assert [unit.name for unit in found.longer] == ["longer-early", "longer-late"]


def test_shipped_units_answer_as_their_files_say(shipped: TrainedLadder) -> None:
    frames = [render(seed=1, split="selection", clip=c, t=30) for c in range(60)]
    images = prepare(np.stack([frame.image for frame in frames]))
    labels = np.array([frame.label for frame in frames])
    for split, unit in load_all(shipped):
        expected = read(shipped.folder / f"{unit.name}.safetensors")[1]["selection"]
        head, tail = cut(shipped.backbone, after=SPLITS[split].after)
        with torch.inference_mode():
            symbols = unit.encode(head(images))
            said = tail(unit.decode(symbols)).logits.argmax(1).numpy()
        assert unit.tables is not None
        ideal = np.mean([unit.tables.ideal_bits(frame) for frame in symbols.numpy()]) / 8
        # Sixty frames: two standard errors of a share are about 12 points.
        assert (said == labels).mean() == pytest.approx(expected["top1"], abs=0.12)
        assert ideal == pytest.approx(expected["ideal_bytes"], rel=0.15)


def test_an_early_device_does_less_and_a_late_one_more(shipped: TrainedLadder) -> None:
    macs = {
        unit.name: SPLITS[split].head_macs + unit.shape.encoder_macs
        for split, unit in load_all(shipped)
    }
    assert macs["early-2"] < SPLITS["middle"].head_macs < macs["late-1"]


def test_a_unit_of_another_backbone_is_refused(shipped: TrainedLadder, tmp_path: Path) -> None:
    digest = ladder.save(tmp_path, shipped.backbone, {"seed": 5})
    assert digest != shipped.digest
    unit = shipped.units[0]
    ladder.save_unit(tmp_path, unit, {"seed": 5}, backbone=digest)
    shutil.copy(shipped.folder / "late-1.safetensors", tmp_path)
    with pytest.raises(InputError, match="must be trained for the backbone"):
        load_all(ladder.load(tmp_path))


def test_a_backbone_may_have_units_at_another_split_point_alone(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    backbone, digest, _ = ladder.load_backbone(folder)
    for path in folder.glob("*-*"):
        path.unlink()
    with pytest.raises(InputError, match="must hold at least one unit"):
        ladder.load(folder)
    late = SPLITS["late"].features_at(backbone.width)
    unit = BottleneckUnit(31, UnitShape(channels=2, features=late), name="late-1").eval()
    unit.seal(unit.encode(torch.rand(1, *late)).numpy())
    ladder.save_unit(folder, unit, {}, backbone=digest)
    trained = ladder.load(folder)
    assert trained.units == ()
    assert [name for name, _ in load_all(trained)] == ["late"]

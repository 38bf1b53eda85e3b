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
from models.units.other_splits import OTHERS, load_all
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

    from models.ladder import TrainedLadder


@pytest.fixture(scope="module")
def shipped() -> TrainedLadder:
    return ladder.load()


@pytest.fixture(scope="module")
def found(shipped: TrainedLadder) -> Found:
    return Found.read(shipped.folder / FILE)


def test_one_unit_ships_early_and_one_late(shipped: TrainedLadder) -> None:
    assert OTHERS == ("early", "late")
    assert [(split, unit.name) for split, unit in load_all(shipped)] == [
        ("early", "early-1"),
        ("late", "late-1"),
    ]


def test_the_record_is_of_the_shipped_backbone_and_its_units(
    shipped: TrainedLadder, found: Found
) -> None:
    assert found.backbone == shipped.digest
    assert {trial.design.split for trial in found.trials} == set(SPLITS)
    assert [unit.name for unit in found.longer] == ["early-1", "late-1"]
    for (_, unit), outcome in zip(load_all(shipped), found.longer, strict=True):
        assert unit.shape == outcome.design.shape


def test_shipped_units_answer_as_their_record_says(shipped: TrainedLadder, found: Found) -> None:
    frames = [render(seed=1, split="selection", clip=c, t=30) for c in range(60)]
    images = prepare(np.stack([frame.image for frame in frames]))
    labels = np.array([frame.label for frame in frames])
    for (split, unit), outcome in zip(load_all(shipped), found.longer, strict=True):
        head, tail = cut(shipped.backbone, after=SPLITS[split].after)
        with torch.inference_mode():
            symbols = unit.encode(head(images))
            said = tail(unit.decode(symbols)).logits.argmax(1).numpy()
        assert unit.tables is not None
        ideal = np.mean([unit.tables.ideal_bits(frame) for frame in symbols.numpy()]) / 8
        # Sixty frames: two standard errors of a share are about 12 points.
        assert (said == labels).mean() == pytest.approx(outcome.scores["top1"], abs=0.12)
        assert ideal == pytest.approx(outcome.payload_bytes, rel=0.15)


def test_an_early_device_does_less_and_a_late_one_more(found: Found) -> None:
    early, late = (unit.design.device_macs for unit in found.longer)
    assert early < SPLITS["middle"].head_macs < late


def test_a_unit_of_another_backbone_is_refused(shipped: TrainedLadder, tmp_path: Path) -> None:
    digest = ladder.save(tmp_path, shipped.backbone, {"seed": 5})
    assert digest != shipped.digest
    unit = shipped.units[0]
    ladder.save_unit(tmp_path, unit, {"seed": 5}, backbone=digest)
    shutil.copy(shipped.folder / "late-1.safetensors", tmp_path)
    with pytest.raises(InputError, match="must be trained for the backbone"):
        load_all(ladder.load(tmp_path))

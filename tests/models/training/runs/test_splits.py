"""Units at other split points, trained for seconds: what is written opens as units of a ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.split import SPLITS
from models.subjects.opening import open_network
from models.subjects.subject import Shown
from models.training.runs.splits import FULL, QUICK, train
from models.weightfile import read
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ["late-2", "early-2", "early-1"]


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    folder = untrained_weights(tmp_path_factory.mktemp("splits") / "weights")
    return train(folder, settings=QUICK, workers=1)


def test_every_unit_lies_beside_the_backbone_and_says_how_it_was_trained(
    written: list[Path],
) -> None:
    assert [path.stem for path in written] == NAMES
    for path, recipe in zip(written, QUICK.units, strict=True):
        about = read(path)[1]
        assert (about["number"], about["channels"]) == (recipe.number, recipe.channels)
        assert (about["images"], about["warm_images"]) == (recipe.images, recipe.warm_images)
        assert about["features"] == [*SPLITS[recipe.split].features]
        assert set(about["selection"]) == {"top1", "box_iou", "mask_iou", "ideal_bytes"}
    assert [read(path)[1]["start"] for path in written] == ["nothing", "nothing", "early-2"]


def test_a_finished_run_is_taken_up_and_gives_the_same_files(written: list[Path]) -> None:
    before, told = [path.read_bytes() for path in written], list[str]()
    train(written[0].parent, settings=QUICK, workers=1, tell=told.append)
    assert not any("loss" in line for line in told)
    assert [path.read_bytes() for path in written] == before


def test_units_of_other_splits_are_subjects_with_a_tail_of_their_own(written: list[Path]) -> None:
    network = open_network(written[0].parent, ())
    subjects = {subject.name: subject for subject in network.subjects}
    assert list(subjects) == ["device", "unit-1", "unit-2", "early-1", "early-2", "late-2"]
    images = np.random.default_rng(1).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    for name in NAMES:
        subject = subjects[name]
        coded = subject.code(Shown(images=images, features=torch.empty(0)))
        assert coded.features.shape == (2, *SPLITS[name[:-2]].features)
        assert subject.tail is not None
        assert subject.tail(coded.features).logits.shape == (2, 33)
        assert list(subject.device_steps) == ["prep", "head", "encode", "entropy_encode"]
        payload = images[:1]
        for step in subject.device_steps.values():
            payload = step(payload)
        assert len(payload[0]) == coded.payload_bytes[0]


def test_a_unit_at_the_wrong_split_point_is_refused(written: list[Path], tmp_path: Path) -> None:
    folder = written[0].parent
    for name, source in (("backbone", "backbone"), ("unit-1", "unit-1"), ("late-1", "early-1")):
        raw = (folder / f"{source}.safetensors").read_bytes()
        (tmp_path / f"{name}.safetensors").write_bytes(raw)
    with pytest.raises(InputError, match="must be of the late split point's features"):
        open_network(tmp_path, ())


def test_units_of_the_full_schedule_start_from_one_before_them_at_their_split_point() -> None:
    before = dict[int, str]()
    for recipe in FULL.units:
        assert recipe.start is None or before[recipe.start] == recipe.split
        before[recipe.number] = recipe.split
    assert sorted(recipe.name for recipe in FULL.units) == [
        *("early-1", "early-2"),
        *("late-1", "late-2", "late-3"),
    ]
    assert set(FULL.rows) == set(before.values())

"""The shipped weights: they load, are small, and their bits and answers are as they should be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.backbone import SPLIT_AFTER, prepare
from models.baselines import aware_file, learned_file, reduced_file
from models.scenes import render
from models.split import cut
from models.training.runs import pictures
from models.training.runs.reduced import FULL

if TYPE_CHECKING:
    from models.ladder import TrainedLadder


@pytest.fixture(scope="module")
def shipped() -> TrainedLadder:
    return ladder.load()


@pytest.fixture(scope="module")
def features(shipped: TrainedLadder) -> torch.Tensor:
    pictures = [render(seed=1, split="selection", clip=c, t=30).image for c in range(40)]
    with torch.inference_mode():
        found: torch.Tensor = cut(shipped.backbone, after=SPLIT_AFTER).head(
            prepare(np.stack(pictures))
        )
    return found


def test_at_least_five_units_ship_in_order(shipped: TrainedLadder) -> None:
    numbers = range(1, len(shipped.units) + 1)
    assert [unit.name for unit in shipped.units] == [f"unit-{k}" for k in numbers]
    assert len(shipped.units) >= 5


def test_each_unit_is_at_most_six_hundredths_of_the_backbone(shipped: TrainedLadder) -> None:
    for unit in shipped.units:
        assert shipped.storage_bytes(unit) <= 0.06 * shipped.storage_bytes()


def test_the_backbone_is_right_about_most_frames_it_never_saw(shipped: TrainedLadder) -> None:
    frames = [render(seed=1, split="selection", clip=c, t=30) for c in range(40)]
    with torch.inference_mode():
        out = shipped.backbone(prepare(np.stack([frame.image for frame in frames])))
    labels = np.array([frame.label for frame in frames])
    assert (out.logits.argmax(1).numpy() == labels).mean() > 0.8


def test_each_unit_takes_fewer_bits_than_the_next(
    shipped: TrainedLadder, features: torch.Tensor
) -> None:
    bits = []
    for unit in shipped.units:
        assert unit.tables is not None
        symbols = unit.encode(features).numpy()
        bits.append(np.mean([unit.tables.ideal_bits(frame) for frame in symbols]))
    assert bits == sorted(bits)
    assert bits[-1] > 12 * bits[0]


def test_higher_units_stay_closer_to_the_uncompressed_answer(
    shipped: TrainedLadder, features: torch.Tensor
) -> None:
    tail = cut(shipped.backbone, after=SPLIT_AFTER).tail
    with torch.inference_mode():
        wanted = tail(features).logits.softmax(1)
        apart = [
            float((tail(unit.decode(unit.encode(features))).logits.softmax(1) - wanted).abs().sum())
            for unit in shipped.units
        ]
    assert apart[-1] < 0.3 * apart[0]


def test_the_files_say_where_they_come_from(shipped: TrainedLadder) -> None:
    assert shipped.about["seed"] == 1
    assert shipped.about["images"] > 100_000
    assert 0.8 < shipped.about["selection"]["top1"] < 1


def test_shipped_cr_bq_units_belong_to_the_backbone_and_are_as_small_as_units(
    shipped: TrainedLadder,
) -> None:
    units = reduced_file.load_all(shipped.folder, shipped.digest)
    trained = {f"crbq-{recipe.channels}c-{recipe.bits}b" for recipe in FULL.units}
    assert {unit.name for unit in units} == trained
    assert {8, 2} <= {unit.bits for unit in units}
    for unit in units:
        size = (shipped.folder / f"{unit.name}.safetensors").stat().st_size
        assert size <= 0.06 * shipped.storage_bytes()


def test_counted_tables_code_cr_bq_symbols_in_fewer_bits_than_their_fixed_length(
    shipped: TrainedLadder, features: torch.Tensor
) -> None:
    for unit in reduced_file.load_all(shipped.folder, shipped.digest):
        assert unit.tables is not None
        coded = [unit.tables.ideal_bits(frame) for frame in unit.encode(features).numpy()]
        assert np.mean(coded) < unit.channels * 196 * unit.bits


def test_the_shipped_aware_backbone_and_image_codecs_are_as_their_schedules_say(
    shipped: TrainedLadder,
) -> None:
    assert aware_file.load(shipped) is not None
    ranks = [codec.rank for codec in learned_file.load_all(shipped.folder)]
    assert ranks == [recipe.rank for recipe in pictures.FULL.codecs]

"""The whole search, shortened: trials, Pareto set, units of other splits, the written page."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.search.record import Found
from models.search.report import write
from models.search.run import FULL, QUICK, train
from models.search.trial import DesignRecipe, features_of
from models.split import SPLITS, cut
from models.subjects.opening import open_network
from models.subjects.subject import Shown
from models.training.workshop import Workshop
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Found, list[str]]:
    folder = untrained_weights(tmp_path_factory.mktemp("search") / "weights")
    told: list[str] = []
    return folder, train(folder, settings=QUICK, tell=told.append), told


def test_every_split_point_has_its_trials(searched: tuple[Path, Found, list[str]]) -> None:
    folder, found, _ = searched
    names = [f"trial-{split}-{k}" for split in SPLITS for k in (1, 2)]
    assert [trial.name for trial in found.trials] == names
    assert Found.read(folder / "search.json") == found
    assert found.kept


def test_ways_to_train_differ_in_what_they_say(searched: tuple[Path, Found, list[str]]) -> None:
    labels, distillation, features, unrated = searched[1].modes
    assert labels.truth > 0
    assert distillation.truth == 0
    assert (features.images, features.warm_images) == (0, labels.images + labels.warm_images)
    assert labels.rated
    assert not unrated.rated


def test_finished_trials_are_taken_up_and_not_repeated(
    searched: tuple[Path, Found, list[str]],
) -> None:
    folder, found, told = searched
    again: list[str] = []
    assert train(folder, settings=QUICK, tell=again.append) == found
    assert any("ETA" in line for line in told)
    assert not any("ETA" in line for line in again)


def test_trials_may_run_beside_each_other(
    searched: tuple[Path, Found, list[str]], tmp_path: Path
) -> None:
    folder, found, _ = searched
    shutil.copytree(folder, tmp_path / "weights")
    shutil.copytree(folder.with_name(".weights.work"), tmp_path / ".weights.work")
    shutil.rmtree(tmp_path / ".weights.work" / "search")
    few, told = replace(QUICK, trials=1), list[str]()
    beside = train(tmp_path / "weights", settings=few, workers=2, tell=told.append)
    assert [trial.name for trial in beside.trials] == [f"trial-{split}-1" for split in SPLITS]
    assert [mode.name for mode in beside.modes] == [mode.name for mode in found.modes]
    assert any(line.startswith("trial-early-1: ") for line in told)


def test_units_of_other_splits_are_subjects_with_a_tail_of_their_own(
    searched: tuple[Path, Found, list[str]],
) -> None:
    network = open_network(searched[0], ())
    subjects = {subject.name: subject for subject in network.subjects}
    assert list(subjects) == ["device", "unit-1", "unit-2", "early-1", "late-1"]
    images = np.random.default_rng(1).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    for split in ("early", "late"):
        subject = subjects[f"{split}-1"]
        coded = subject.code(Shown(images=images, features=torch.empty(0)))
        assert coded.features.shape == (2, *SPLITS[split].features)
        assert subject.tail is not None
        assert subject.tail(coded.features).logits.shape == (2, 33)
        assert list(subject.device_steps) == ["prep", "head", "encode", "entropy_encode"]
        payload = images[:1]
        for step in subject.device_steps.values():
            payload = step(payload)
        assert len(payload[0]) == coded.payload_bytes[0]


def test_a_unit_at_the_wrong_split_point_is_refused(
    searched: tuple[Path, Found, list[str]], tmp_path: Path
) -> None:
    folder = searched[0]
    for name in ("backbone", "unit-1"):
        (tmp_path / f"{name}.safetensors").write_bytes(
            (folder / f"{name}.safetensors").read_bytes()
        )
    (tmp_path / "late-1.safetensors").write_bytes((folder / "early-1.safetensors").read_bytes())
    with pytest.raises(InputError, match="must be of the late split point's features"):
        open_network(tmp_path, ())


def test_features_are_those_of_the_split_points_head(
    searched: tuple[Path, Found, list[str]],
) -> None:
    folder = searched[0]
    shop = Workshop(weights=folder, work=folder.with_name(".weights.work"), footage=QUICK.footage)
    whole = shop.features.take(np.arange(4))
    for split, point in SPLITS.items():
        kept = features_of(shop, split, 32)
        assert len(kept) == 32
        batch = kept.take(np.arange(4))
        assert batch.features.shape == (4, *point.features)
        with torch.inference_mode():
            out = cut(shop.backbone, after=point.after).tail(batch.features)
        # Features were rounded to half precision, and computed in bfloat16.
        assert torch.allclose(out.logits, whole.teacher.logits, atol=0.05)
        assert batch.labels.tolist() == whole.labels.tolist()


def test_the_page_tells_of_every_trial(
    searched: tuple[Path, Found, list[str]], tmp_path: Path
) -> None:
    text = write(searched[0], tmp_path / "search.md")
    assert (tmp_path / "search.md").read_text() == text
    for row in ("| early-1 |", "| late-2 |", "| features | no |", "| `late-1` |", "| backbone |"):
        assert f"\n{row}" in text
    assert text.count("**kept**") == len(searched[1].kept)


def test_the_full_search_gives_each_trial_the_same_budget() -> None:
    recipes = FULL.recipes(1)
    assert len(recipes) >= 18
    assert {(recipe.images, recipe.warm_images) for recipe in recipes} == {
        (FULL.budget.images, FULL.budget.warm_images)
    }
    assert {recipe.thrift for recipe in recipes} == {1.0}
    assert FULL.modes(1)[-1].thrift == 0


def test_a_design_is_trained_as_it_says() -> None:
    recipe = DesignRecipe.of("x", FULL.compared, FULL.budget)
    assert recipe.name == "x"
    assert recipe.shape == FULL.compared.shape
    assert recipe.split == "middle"
    assert recipe.worth == FULL.compared.worth

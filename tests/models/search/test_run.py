"""The whole search, shortened: trials, Pareto set, the best trained longer, the written page."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models.search.record import FILE, Found, best
from models.search.report import write
from models.search.run import FULL, QUICK, train
from models.search.trial import DesignRecipe, features_of
from models.split import SPLITS, cut
from models.training.workshop import Workshop
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
    assert Found.read(folder / FILE) == found
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


def test_the_best_designs_are_recorded_longer_trained_and_written_to_no_file(
    searched: tuple[Path, Found, list[str]],
) -> None:
    folder, found, _ = searched
    assert [unit.name for unit in found.longer] == ["longer-early", "longer-late"]
    for unit, (split, budget) in zip(found.longer, QUICK.longer.items(), strict=True):
        assert unit.design == best(found.trials, split, QUICK.most_bytes).design
        assert (unit.images, unit.warm_images) == (budget.images, budget.warm_images)
    names = {path.name for path in folder.iterdir()}
    assert names == {f"{name}.safetensors" for name in ("backbone", "unit-1", "unit-2")} | {FILE}


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
    for row in (
        "| early-1 |",
        "| late-2 |",
        "| features | no |",
        "| `longer-late` |",
        "| backbone |",
    ):
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

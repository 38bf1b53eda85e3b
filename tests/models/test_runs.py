"""The runs that ship beside the ladder: three seeds on its backbone, and a wider backbone."""

from __future__ import annotations

from models import ladder
from models.runs import load_seeds, wide_folder
from models.training.runs import seeds, wide
from models.units import other_splits
from models.weightfile import read


def test_every_seed_of_the_schedule_ships_with_all_its_units() -> None:
    trained = ladder.load()
    found = load_seeds(trained)
    assert tuple(found) == seeds.FULL.seeds
    for seed, run in found.items():
        assert run.backbone is trained.backbone
        units = other_splits.load_all(run)
        for (split, unit), recipe in zip(units, seeds.FULL.units, strict=True):
            about = read(run.folder / f"{unit.name}.safetensors")[1]
            assert (split, unit.number, unit.channels) == ("late", recipe.number, recipe.channels)
            assert about["seed"] == seed
            assert (about["images"], about["warm_images"]) == (recipe.images, recipe.warm_images)


def test_units_of_a_seed_take_more_bytes_the_higher_their_rate() -> None:
    for run in load_seeds(ladder.load()).values():
        sizes = [
            read(run.folder / f"{unit.name}.safetensors")[1]["selection"]["ideal_bytes"]
            for _, unit in other_splits.load_all(run)
        ]
        assert sizes == sorted(sizes)
        assert len(sizes) > 1


def test_the_wide_backbone_ships_with_the_units_of_its_schedule() -> None:
    trained = ladder.load(wide_folder(ladder.load().folder))
    assert trained.backbone.width == wide.FULL.width
    assert trained.about["images"] == wide.FULL.backbone.images
    units = [unit for _, unit in other_splits.load_all(trained)]
    assert [unit.number for unit in units] == [recipe.number for recipe in wide.FULL.units]

"""The runs that ship beside the ladder: three seeds on its backbone."""

from __future__ import annotations

from models import ladder
from models.runs import load_seeds
from models.training.runs.seeds import FULL
from models.weightfile import read


def test_every_seed_of_the_schedule_ships_with_all_its_units() -> None:
    trained = ladder.load()
    found = load_seeds(trained)
    assert tuple(found) == FULL.seeds
    for seed, run in found.items():
        assert [unit.number for unit in run.units] == [3, 4, 5]
        assert run.backbone is trained.backbone
        for unit, recipe in zip(run.units, reversed(FULL.units), strict=True):
            about = read(run.folder / f"{unit.name}.safetensors")[1]
            assert about["seed"] == seed
            assert (about["images"], about["warm_images"]) == (recipe.images, recipe.warm_images)
            assert unit.channels == recipe.channels


def test_units_of_a_seed_take_more_bytes_the_higher_their_rate() -> None:
    for run in load_seeds(ladder.load()).values():
        sizes = [
            read(run.folder / f"{unit.name}.safetensors")[1]["selection"]["ideal_bytes"]
            for unit in run.units
        ]
        assert sizes == sorted(sizes)

"""CR+BQ units: levels, tables, starting from a wider unit, files, training shortened."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.baselines import reduced_file
from models.baselines.reduced import ReducedUnit
from models.subjects.opening import open_network
from models.training.reduced import narrowed, settled
from models.training.runs.ladder import FULL as LADDER_FULL
from models.training.runs.reduced import FULL, QUICK, train
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from models.weightfile import write
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path

    from models.training.cache import FeatureSet


class Features:
    """Stands for a set of cached features: the same few rows whatever is asked for."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        self.features = torch.rand(8, 48, 28, 28)

    def __len__(self) -> int:
        return 8

    def take(self, _rows: object) -> Features:
        return self


@pytest.fixture(scope="module")
def features() -> FeatureSet:
    return Features()  # type: ignore[return-value]


@pytest.mark.parametrize("bits", [1, 2, 8])
def test_symbols_are_levels_around_zero(bits: int, features: FeatureSet) -> None:
    unit = ReducedUnit(UnitShape(channels=2), bits).eval()
    unit.pick.weight.data *= 1000
    symbols = unit.encode(features.take(np.arange(8)).features)
    assert (int(symbols.min()), int(symbols.max())) == (unit.lowest, unit.lowest + unit.levels - 1)
    assert unit.lowest + unit.levels == -unit.lowest


def test_training_and_decoding_see_the_same_levels(features: FeatureSet) -> None:
    unit = ReducedUnit(UnitShape(channels=4), 2).eval()
    settled(unit, features)
    x = features.take(np.arange(8)).features
    with torch.no_grad():
        torch.testing.assert_close(unit(x), unit.decode(unit.encode(x)))


def test_gradients_pass_the_quantiser_inside_its_range(features: FeatureSet) -> None:
    unit = ReducedUnit(UnitShape(channels=4), 1)
    settled(unit, features)
    unit(features.take(np.arange(8)).features).sum().backward()
    assert unit.reduce.weight.grad is not None
    assert unit.reduce.weight.grad.abs().sum() > 0


def test_settling_changes_the_scale_and_not_the_answer(features: FeatureSet) -> None:
    unit = ReducedUnit(UnitShape(channels=3), 8).eval()
    x = features.take(np.arange(8)).features
    with torch.no_grad():
        before = super(ReducedUnit, unit).synthesise(unit.analyse(x))
        settled(unit, features)
        y = unit.analyse(x)
        torch.testing.assert_close(super(ReducedUnit, unit).synthesise(y), before)
    torch.testing.assert_close(y.mean((0, 2, 3)), torch.zeros(3), atol=1e-3, rtol=0)
    torch.testing.assert_close(y.std((0, 2, 3)), torch.ones(3), atol=1e-2, rtol=0)


def test_the_channels_that_say_most_are_kept(features: FeatureSet) -> None:
    wide, narrow = ReducedUnit(UnitShape(channels=4), 2), ReducedUnit(UnitShape(channels=2), 1)
    settled(wide, features)  # all channels vary alike: the decoder decides
    with torch.no_grad():
        for channel, weight in enumerate((0.1, 3.0, 0.2, 2.0)):
            wide.place.weight[:, channel] = weight
    narrowed(narrow, wide, features)
    assert narrow.place.weight[0, :, 0, 0].tolist() == [3.0, 2.0]
    torch.testing.assert_close(narrow.pick.weight, wide.pick.weight[[1, 3]])


def test_a_bottleneck_unit_gives_its_channels_but_not_its_prior(features: FeatureSet) -> None:
    unit, started = BottleneckUnit(1, UnitShape(channels=3)), ReducedUnit(UnitShape(channels=3), 2)
    narrowed(started, unit, features)
    torch.testing.assert_close(started.pick.weight, unit.pick.weight)
    assert not any("density" in name for name in started.state_dict())


def test_no_unit_has_a_smaller_budget_than_the_bottleneck_unit_of_its_place() -> None:
    first, *others = FULL.units
    place = LADDER_FULL.units[0]
    assert (first.images, first.warm_images) == (place.images, place.warm_images)
    assert (first.channels, first.start) == (place.channels, place.start)
    names = {f"unit-{recipe.number}" for recipe in LADDER_FULL.units}
    assert {recipe.bits for recipe in FULL.units} == {8, 7, 6, 5, 4, 3, 2, 1}
    for recipe in others:
        assert recipe.start in names
        assert recipe.images == 48_000
    assert FULL.footage == LADDER_FULL.footage


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    folder = untrained_weights(tmp_path_factory.mktemp("reduced") / "weights")
    told: list[str] = []
    train(folder, settings=QUICK, workers=1, tell=told.append)
    return folder, told


def test_training_brings_features_closer_and_writes_sealed_units(
    trained: tuple[Path, list[str]],
) -> None:
    folder, told = trained
    shown = [line for line in told if line.startswith("crbq-6c-4b ") and "apart" in line]
    apart = [float(line.split("apart ")[1].split()[0]) for line in shown]
    assert apart[-1] < apart[0]
    units = reduced_file.load_all(folder, ladder.load_backbone(folder)[1])
    assert [unit.name for unit in units] == ["crbq-6c-4b", "crbq-3c-1b"]
    assert any("crbq-3c-1b on the selection split: top1" in line for line in told)


def test_a_unit_is_measured_packed_and_coded(trained: tuple[Path, list[str]]) -> None:
    subjects = {s.name: s for s in open_network(trained[0], (), baselines=True).subjects}
    assert list(subjects)[3:] == [
        "zlib-8b",
        "crbq-packed-6c4b",
        "crbq-coded-6c4b",
        "crbq-packed-3c1b",
        "crbq-coded-3c1b",
        "server-png",
    ]
    assert {subjects[name].kind for name in list(subjects)[3:-1]} == {"feature-codec"}
    assert len({subject.digest for subject in subjects.values()}) == len(subjects)
    subjects["crbq-packed-6c4b"].load()


@pytest.fixture
def folder(trained: tuple[Path, list[str]], tmp_path: Path) -> Path:
    shutil.copytree(trained[0], tmp_path / "weights")
    return tmp_path / "weights"


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ({"backbone": "other"}, "must be trained for the backbone"),
        ({"channels": 0}, "must name its channels"),
        ({"bits": 9}, "must name its bits, 1 to 8"),
        ({"bits": 2}, "must hold a table of its levels"),
    ],
)
def test_foreign_units_are_refused(folder: Path, about: dict[str, object], complaint: str) -> None:
    digest = ladder.load_backbone(folder)[1]
    unit = ReducedUnit(UnitShape(channels=3), 1)
    unit.seal(np.zeros((1, 3, 14, 14), np.int32))
    facts = {"backbone": digest, "channels": 3, "bits": 1} | about
    assert unit.tables is not None
    extra = {name: torch.from_numpy(value) for name, value in unit.tables.arrays().items()}
    write(folder / "crbq-3c-1b.safetensors", unit, facts, extra)
    with pytest.raises(InputError, match=complaint):
        reduced_file.load_all(folder, digest)


def test_a_unit_without_tables_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        reduced_file.save(tmp_path, ReducedUnit(UnitShape(channels=3), 1), {}, backbone="")

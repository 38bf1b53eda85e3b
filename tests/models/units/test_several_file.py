"""Units with several tables on disk: what is stored comes back, foreign files are refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch

from models import ladder
from models.units import several_file
from models.units.continuous import ContinuousUnit
from models.units.layered import LayeredUnit
from models.units.shape import UnitShape
from models.weightfile import read, write
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_weights
from tests.models.untrained_levels import Features, any_rate, in_layers, untrained_levels

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    weights = untrained_weights(tmp_path_factory.mktemp("several") / "weights")
    untrained_levels(weights)
    return weights


def test_units_come_back_as_they_were(folder: Path) -> None:
    digest = ladder.load_backbone(folder)[1]
    x = Features().features
    any_, layered = (
        several_file.load(folder, ContinuousUnit, digest),
        several_file.load(folder, LayeredUnit, digest),
    )
    assert torch.equal(any_.encode(x, 0.4), any_rate().encode(x, 0.4))
    assert any_.digest == any_rate().digest
    for read_, was in zip(layered.encode(x), in_layers().encode(x), strict=True):
        assert torch.equal(read_, was)
    assert [layered.digest(k) for k in range(3)] == [in_layers().digest(k) for k in range(3)]


@pytest.mark.parametrize(
    ("about", "complaint"),
    [
        ({"backbone": "other"}, "must be trained for the backbone"),
        ({"channels": 0}, "must name its channels"),
        ({"stride": 4}, "must be of the ladder's split point"),
        ({"features": [48, 14, 14]}, "must be of the ladder's split point"),
        ({"channels": 5}, "must hold tables for 5 channels"),
    ],
)
def test_foreign_units_are_refused(
    folder: Path, tmp_path: Path, about: dict[str, object], complaint: str
) -> None:
    digest = ladder.load_backbone(folder)[1]
    tensors, said = read(folder / "layered.safetensors")
    unit = in_layers()
    extra = {name: value for name, value in tensors.items() if "prior." in name}
    write(tmp_path / "layered.safetensors", unit, said | about, extra)
    with pytest.raises(InputError, match=complaint):
        several_file.load(tmp_path, LayeredUnit, digest)


def test_a_unit_that_lacks_a_layers_tables_is_refused(folder: Path, tmp_path: Path) -> None:
    digest = ladder.load_backbone(folder)[1]
    tensors, said = read(folder / "layered.safetensors")
    extra = {name: value for name, value in tensors.items() if name.startswith(("0.", "1."))}
    write(tmp_path / "layered.safetensors", in_layers(), said, extra)
    with pytest.raises(InputError, match=r"must hold prior\.frequencies"):
        several_file.load(tmp_path, LayeredUnit, digest)


def test_numbers_that_are_none_are_refused(folder: Path, tmp_path: Path) -> None:
    digest = ladder.load_backbone(folder)[1]
    unit = ContinuousUnit(UnitShape(channels=3)).eval()
    unit.tables = any_rate().tables
    unit.gain.data[3, 1] = np.nan
    several_file.save(tmp_path, unit, {}, backbone=digest)
    with pytest.raises(InputError, match="must hold finite numbers"):
        several_file.load(tmp_path, ContinuousUnit, digest)


def test_a_unit_without_tables_cannot_be_saved(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="sealed"):
        several_file.save(tmp_path, LayeredUnit(UnitShape(channels=3)), {}, backbone="")

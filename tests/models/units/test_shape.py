"""Shapes of units: any stride at any split point gives features back, and MACs are what runs."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from models.split import SPLITS
from models.units.shape import UnitShape
from models.units.transform import Transform
from tests.models.counting import multiplications


class Half(nn.Module):
    """Runs one way through a transform."""

    def __init__(self, transform: Transform, way: str) -> None:
        super().__init__()
        self.transform, self.way = transform, way

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = getattr(self.transform, self.way)(x)
        return found


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("stride", [1, 2, 4, 8])
def test_any_stride_at_any_split_point_goes_there_and_back(split: str, stride: int) -> None:
    shape = UnitShape(features=SPLITS[split].features, channels=3, stride=stride, width=5)
    unit = Transform(shape).eval()
    features = torch.rand(2, *shape.features)
    with torch.inference_mode():
        symbols = unit.analyse(features)
        assert symbols.shape == (2, 3, *shape.grid)
        assert unit.synthesise(symbols).shape == features.shape
    assert multiplications(Half(unit, "analyse"), features) == shape.encoder_macs
    assert multiplications(Half(unit, "synthesise"), symbols) == shape.decoder_macs


@pytest.mark.parametrize("split", SPLITS)
@pytest.mark.parametrize("stride", [1, 2, 4, 8])
def test_the_encoder_looks_at_every_place(split: str, stride: int) -> None:
    shape = UnitShape(features=SPLITS[split].features, channels=1, stride=stride, width=4)
    features = torch.zeros(1, *shape.features, requires_grad=True)
    Transform(shape).reduce(features).square().sum().backward()
    assert features.grad is not None
    assert bool((features.grad != 0).any(dim=1).all())


def test_cells_that_reach_beyond_the_features_do_so_alike_on_both_sides() -> None:
    # 28 places in cells of 8 are 4 cells, 2 places too many on either side.
    coarse = UnitShape(channels=1, stride=8)
    assert (coarse.grid, coarse.margin, coarse.padding) == ((4, 4), (4, 4), (2, 2))
    fine = UnitShape(channels=1, stride=2)
    assert (fine.grid, fine.margin, fine.padding) == ((14, 14), (0, 0), (1, 1))

"""Bottleneck units: shapes, the quantiser's gradient, the learned prior, inheritance."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from models.backbone import FEATURES
from models.coding.density import Density
from models.training.units import inherit
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape
from models.units.transform import rounded


@pytest.fixture
def unit() -> BottleneckUnit:
    torch.manual_seed(0)
    unit = BottleneckUnit(3, UnitShape(channels=8))
    with torch.no_grad():
        unit.pick.weight *= 20  # so that symbols differ
    return unit.eval()


@pytest.fixture
def features() -> torch.Tensor:
    return torch.rand(4, *FEATURES, generator=torch.Generator().manual_seed(1))


def test_rounding_passes_gradients_straight_through() -> None:
    y = torch.tensor([-1.4, 0.2, 0.6, 2.5], requires_grad=True)
    out = rounded(y)
    assert out.tolist() == [-1, 0, 1, 2]
    (out * torch.tensor([1.0, 2.0, 3.0, 4.0])).sum().backward()  # type: ignore[no-untyped-call]
    assert y.grad is not None
    assert y.grad.tolist() == [1, 2, 3, 4]


def test_features_become_small_integers_and_features_again(
    unit: BottleneckUnit, features: torch.Tensor
) -> None:
    symbols = unit.encode(features)
    assert symbols.shape == (4, 8, 14, 14)
    assert symbols.dtype == torch.int32
    assert symbols.abs().max() <= 24
    assert len(np.unique(symbols.numpy())) > 3
    decoded = unit.decode(symbols)
    assert decoded.shape == features.shape
    assert decoded.min() >= 0


def test_frames_are_coded_alike_alone_and_in_a_batch(
    unit: BottleneckUnit, features: torch.Tensor
) -> None:
    together = unit.encode(features)
    alone = torch.cat([unit.encode(frame[None]) for frame in features])
    assert (together != alone).float().mean() < 1e-3


def test_sealing_gives_integer_tables_that_hold_every_symbol(
    unit: BottleneckUnit, features: torch.Tensor
) -> None:
    symbols = unit.encode(features).numpy()
    unit.seal(symbols)
    assert unit.tables is not None
    assert unit.tables.channels == 8
    assert (unit.tables.frequencies.sum(axis=1) == 1 << 16).all()
    assert unit.tables.frequencies.min() >= 1
    assert (unit.tables.clamp(symbols[0]) == symbols[0]).all()


def test_a_sealed_unit_clamps_to_its_tables(unit: BottleneckUnit, features: torch.Tensor) -> None:
    unit.seal(unit.encode(features).numpy())
    assert unit.tables is not None
    loud = unit.encode(1000 * features)
    lowest = int(unit.tables.lowest.min())
    assert loud.min() >= lowest
    assert loud.max() <= lowest + unit.tables.frequencies.shape[1] - 1


def test_training_sees_rounded_symbols_and_a_rate_that_can_fall(
    unit: BottleneckUnit, features: torch.Tensor
) -> None:
    noise = torch.rand(4, 8, 14, 14) - 0.5
    after, bits = unit(features, noise)
    assert after.shape == features.shape
    assert bits.shape == (4,)
    bits.mean().backward()
    for name in ("reduce.weight", "pick.weight", "density.scale", "density.centre"):
        grad = unit.get_parameter(name).grad
        assert grad is not None
        assert grad.abs().sum() > 0


def test_a_density_is_a_distribution_over_the_integers() -> None:
    table = Density(5).table(-60, 121)
    assert table.shape == (5, 121)
    assert table.sum(axis=1) == pytest.approx(np.ones(5), abs=1e-3)


def test_a_density_learns_what_it_sees() -> None:
    torch.manual_seed(0)
    seen = torch.where(torch.rand(64, 1, 8, 8) < 0.9, 0.0, 3.0)
    density = Density(1)
    optimiser = torch.optim.Adam(density.parameters(), lr=0.1)
    for _ in range(150):
        optimiser.zero_grad()
        density.bits(seen + torch.rand(seen.shape) - 0.5).mean().backward()  # type: ignore[no-untyped-call]
        optimiser.step()
    entropy = -(0.9 * np.log2(0.9) + 0.1 * np.log2(0.1)) * 64
    assert float(density.bits(seen).detach().mean()) < 1.35 * entropy


def test_far_symbols_cost_at_most_twenty_bits() -> None:
    cost = Density(1).bits(torch.full((1, 1, 1, 1), 900.0)).detach()
    assert 19 < float(cost) <= 20


def test_a_lower_unit_keeps_the_costliest_channels_of_the_higher(unit: BottleneckUnit) -> None:
    lower = BottleneckUnit(2, UnitShape(channels=3))
    inherit(lower, unit, np.array([5.0, 0, 9, 0, 0, 7, 1, 0]))
    assert torch.equal(lower.pick.weight, unit.pick.weight[[0, 2, 5]])
    assert torch.equal(lower.place.weight, unit.place.weight[:, [0, 2, 5]])
    assert torch.equal(lower.smooth.weight, unit.smooth.weight)
    assert torch.equal(lower.density.scale, unit.density.scale[[0, 2, 5]])

"""Generalised divisive normalisation: the arithmetic by hand, signs, files in half precision."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import pytest
import torch

from models.ladder import halved
from models.units.gdn import GDN
from models.weightfile import fill, read, write

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def layer() -> GDN:
    """Beta is (1, 1), gamma ((0, 0.25), (4, 0))."""
    found = GDN(2)
    with torch.no_grad():
        found.root_beta.fill_(math.sqrt(0.999))
        found.root_gamma.copy_(torch.tensor([[0.0, 0.5], [-2.0, 0.0]]))
    return found


def test_each_channel_is_divided_by_the_weighted_energy_of_all(layer: GDN) -> None:
    y = layer(torch.tensor([3.0, -4.0]).reshape(1, 2, 1, 1)).detach()
    # 3 / sqrt(1 + 0.25 x 16), -4 / sqrt(1 + 4 x 9)
    wanted = torch.tensor([3 / math.sqrt(5), -4 / math.sqrt(37)])
    torch.testing.assert_close(y.flatten(), wanted)


def test_places_do_not_see_each_other(layer: GDN) -> None:
    x = torch.zeros(1, 2, 1, 2)
    x[0, :, 0, 0] = torch.tensor([3.0, 4.0])
    x[0, 0, 0, 1] = 3.0
    assert layer(x).detach()[0, :, 0, 1].tolist() == pytest.approx([3.0, 0.0])


def test_beta_and_gamma_are_never_negative_whatever_is_learned() -> None:
    layer = GDN(3)
    with torch.no_grad():
        layer.root_beta.fill_(-0.5)
        layer.root_gamma.fill_(-0.1)
    assert layer.beta.tolist() == pytest.approx([0.251] * 3)
    assert layer.gamma.detach().min() == pytest.approx(0.01)
    with torch.no_grad():
        layer.root_beta.zero_()
        layer.root_gamma.zero_()
    assert layer.beta.min() > 0
    assert torch.isfinite(layer(torch.full((1, 3, 1, 1), 1e4))).all()


def test_fixing_changes_no_answer(layer: GDN) -> None:
    x = torch.randn(2, 2, 3, 3, generator=torch.Generator().manual_seed(1))
    before = layer(x).detach()
    layer.fix()
    assert torch.equal(layer(x), before)


def test_it_learns() -> None:
    layer = GDN(2)
    layer(torch.ones(1, 2, 2, 2)).sum().backward()
    for root in (layer.root_beta, layer.root_gamma):
        assert root.grad is not None
        assert root.grad.abs().min() > 0


def test_half_precision_on_disk_is_what_is_computed_with(tmp_path: Path) -> None:
    layer, again = GDN(4), GDN(4)
    with torch.no_grad():
        layer.root_gamma.copy_(torch.rand(4, 4, generator=torch.Generator().manual_seed(2)))
    exact = layer.gamma.detach()
    halved(layer)
    assert ((layer.gamma.detach() - exact).abs() <= exact / 1000).all()
    write(tmp_path / "gdn.safetensors", layer, {}, {})
    fill(tmp_path / "gdn.safetensors", again, read(tmp_path / "gdn.safetensors")[0])
    x = torch.randn(1, 4, 2, 2, generator=torch.Generator().manual_seed(3))
    assert torch.equal(again(x), layer(x).detach())

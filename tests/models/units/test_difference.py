from __future__ import annotations

import pytest
import torch
from torch import nn

from models.units.difference import differences, restored, settle


@pytest.fixture
def like() -> nn.Linear:
    layer = nn.Linear(2, 2)
    layer.weight.data = torch.tensor([[1.0, 2.0], [3.0, 4.0]])
    layer.bias.data = torch.tensor([0.5, -0.5])
    return layer


@pytest.fixture
def own(like: nn.Linear) -> nn.Linear:
    layer = nn.Linear(2, 2)
    layer.weight.data = like.weight.data + torch.tensor([[0.0, 0.7], [-0.35, 0.16]])
    layer.bias.data = torch.tensor([0.25, 0.75])
    return layer


def test_each_row_has_the_scale_of_its_largest_difference(own: nn.Linear, like: nn.Linear) -> None:
    stored = differences(own, like)
    assert stored["weight.steps"].tolist() == [[8 + 16 * 15], [1 + 16 * 11]]
    assert stored["weight.scale"].tolist() == pytest.approx([0.1, 0.05], rel=1e-3)
    assert stored["bias"].tolist() == [0.25, 0.75]
    assert {value.dtype for value in stored.values()} == {torch.uint8, torch.float16}


def test_what_is_restored_is_within_half_a_step(own: nn.Linear, like: nn.Linear) -> None:
    found = restored(differences(own, like), like)
    apart = (found["weight"] - own.weight.detach()).abs()
    assert (apart <= torch.tensor([[0.0501], [0.0251]])).all()
    assert torch.equal(found["bias"], own.bias.detach())


def test_a_settled_network_comes_back_bit_for_bit(own: nn.Linear, like: nn.Linear) -> None:
    settle(own, like)
    found = restored(differences(own, like), like)
    assert torch.equal(found["weight"], own.weight.detach())


def test_rows_of_odd_length_are_padded() -> None:
    own, like = nn.Conv2d(3, 2, 1), nn.Conv2d(3, 2, 1)
    stored = differences(own, like)
    assert stored["weight.steps"].shape == (2, 2)
    found = restored(stored, like)["weight"]
    step = stored["weight.scale"].float().reshape(2, 1, 1, 1)
    assert ((found - own.weight.detach()).abs() <= 0.51 * step).all()


def test_no_difference_at_all_is_stored_as_none(like: nn.Linear) -> None:
    found = restored(differences(like, like), like)
    assert torch.equal(found["weight"], like.weight.detach())


def test_what_makes_no_sense_is_left_out(own: nn.Linear, like: nn.Linear) -> None:
    stored = differences(own, like)
    assert "weight" not in restored(stored | {"weight.scale": torch.ones(3)}, like)
    assert "weight" not in restored(stored | {"weight.steps": torch.ones(2, 3)}, like)
    assert "bias" not in restored({k: v for k, v in stored.items() if k != "bias"}, like)

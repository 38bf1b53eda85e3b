"""A widened network answers as before, and its new channels learn something of their own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from torch import nn

from models import ladder
from models.split import SPLITS, cut
from models.training.widening import copies, shared_out, widened, widened_unit
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from models.backbone import Backbone

SHIPPED = Path(__file__).parents[3] / "models/weights/shapes-224"


def test_a_wider_layer_holds_every_channel_before_any_twice() -> None:
    rng = np.random.default_rng(0)
    found = copies(3, 8, rng)
    assert found[:3].tolist() == [0, 1, 2]
    assert sorted(found[3:6].tolist()) == [0, 1, 2]
    assert len(set(found[6:].tolist())) == 2
    assert copies(3, 3, rng).tolist() == [0, 1, 2]


def test_whoever_reads_a_channel_and_its_copy_shares_its_weight_out() -> None:
    weight = torch.tensor([[6.0, 10.0], [-4.0, 0.5]])
    of = np.array([0, 1, 0])
    found = shared_out(weight, of, np.random.default_rng(0))
    assert found.shape == (2, 3)
    assert found[:, 1].tolist() == [10.0, 0.5]
    assert torch.allclose(found[:, 0] + found[:, 2], torch.tensor([6.0, -4.0]))
    shares = found[:, 0] / weight[:, 0]
    assert 0.25 <= shares.min() < shares.max() <= 0.75  # by chance of its own for each reader


def test_three_copies_share_a_weight_between_them() -> None:
    weight = torch.ones(1, 1, 3, 3)
    found = shared_out(weight, np.array([0, 0, 0]), np.random.default_rng(0))
    assert torch.allclose(found.sum(1), torch.ones(1, 3, 3))
    assert found.min() > 0


def test_two_small_layers_answer_as_before_once_widened() -> None:
    first, second = nn.Linear(1, 2), nn.Linear(2, 1)
    with torch.no_grad():
        first.weight.copy_(torch.tensor([[1.0], [-2.0]]))
        first.bias.copy_(torch.tensor([0.0, 3.0]))
        second.weight.copy_(torch.tensor([[5.0, 7.0]]))
        second.bias.fill_(1.0)
    of = np.array([0, 1, 1])
    wide = nn.Sequential(nn.Linear(1, 3), nn.ReLU(), nn.Linear(3, 1))
    wide.load_state_dict(
        {
            "0.weight": first.weight[of],
            "0.bias": first.bias[of],
            "2.weight": shared_out(second.weight, of, np.random.default_rng(3)),
            "2.bias": second.bias,
        }
    )
    # x = 2: hidden (2, max(0, 3 - 4) = 0), 5 * 2 + 1 = 11; x = 1: hidden (1, 1), 5 + 7 + 1 = 13.
    assert wide(torch.tensor([[2.0], [1.0]])).flatten().tolist() == pytest.approx([11, 13])


@pytest.fixture(scope="module")
def shipped() -> Backbone:
    return ladder.load_backbone(SHIPPED)[0]


@pytest.fixture(scope="module")
def frames() -> torch.Tensor:
    return torch.rand(2, 3, 224, 224, generator=torch.Generator().manual_seed(0)) * 2 - 1


@pytest.mark.parametrize("width", [1.0, 1.25, 2.5])
def test_a_widened_network_answers_as_before(
    shipped: Backbone, frames: torch.Tensor, width: float
) -> None:
    wide = widened(shipped, width, seed=1).eval()
    with torch.inference_mode():
        for before, after in zip(shipped(frames), wide(frames), strict=True):
            assert torch.allclose(before, after, atol=1e-4)


def test_every_layer_but_the_deepest_and_the_answering_ones_grows(
    shipped: Backbone, frames: torch.Tensor
) -> None:
    wide = widened(shipped, 1.25, seed=1).eval()
    for name, point in SPLITS.items():
        with torch.inference_mode():
            features = cut(wide, after=point.after).head(frames)
        assert features.shape[1:] == point.features_at(1.25), name
    assert SPLITS["early"].features_at(1.25) == (40, 56, 56)
    assert wide.tail.deep_to_middle.conv.out_channels == 140  # 1.25 x 112
    assert wide.tail.deep.second.conv.out_channels == 192
    assert wide.tail.know.in_features == 2 * (80 + 140) + 192


@pytest.mark.parametrize("width", [1.0, 1.25])
@pytest.mark.parametrize("name", ["unit-3", "early-1", "late-1"])
def test_a_widened_unit_makes_the_old_symbols_of_widened_features(
    shipped: Backbone, frames: torch.Tensor, width: float, name: str
) -> None:
    split = "middle" if name == "unit-3" else name.split("-", maxsplit=1)[0]
    point, digest = SPLITS[split], ladder.load_backbone(SHIPPED)[1]
    unit = ladder.load_unit(SHIPPED / f"{name}.safetensors", digest, split=split)
    wide = widened(shipped, width, seed=1).eval()
    wider = widened_unit(unit, width, seed=1, split=split)
    with torch.inference_mode():
        features = cut(shipped, after=point.after).head(frames)
        wide_features = cut(wide, after=point.after).head(frames)
        assert torch.allclose(unit.analyse(features), wider.analyse(wide_features), atol=1e-4)
        symbols = torch.round(unit.analyse(features))
        before = cut(shipped, after=point.after).tail(unit.synthesise(symbols))
        after = cut(wide, after=point.after).tail(wider.synthesise(symbols))
    for one, other in zip(before, after, strict=True):
        assert torch.allclose(one, other, atol=1e-4)


def test_a_channel_and_its_copy_are_told_different_things_by_the_loss(
    shipped: Backbone, frames: torch.Tensor
) -> None:
    wide = widened(shipped, 2.0, seed=1).requires_grad_()
    wide(frames).logits.square().mean().backward()
    weight, gradient = wide.reduce.conv.weight, wide.reduce.conv.weight.grad
    assert gradient is not None
    pairs = [
        (k, 48 + int(torch.argmin((weight[48:] - weight[k]).square().sum((1, 2, 3)))))
        for k in range(48)
    ]
    likeness = torch.cosine_similarity(
        gradient[[a for a, _ in pairs]].flatten(1), gradient[[b for _, b in pairs]].flatten(1)
    )
    # A channel that fires in one place only is told one thing, and so is its copy.
    assert (likeness < 0.99999).float().mean() > 0.5


def test_the_same_seed_widens_alike_and_another_one_otherwise(shipped: Backbone) -> None:
    one, same, other = (
        widened(shipped, 1.25, seed=seed).state_dict()["tail.know.weight"] for seed in (1, 1, 2)
    )
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_a_wide_backbone_is_read_back_as_wide_as_it_was(shipped: Backbone, tmp_path: Path) -> None:
    wide = widened(shipped, 1.25, seed=1)
    ladder.halved(wide)
    ladder.save(tmp_path, wide, {})
    found, _, about = ladder.load_backbone(tmp_path)
    assert found.width == about["width"] == 1.25
    for name, value in wide.state_dict().items():
        assert torch.equal(value, found.state_dict()[name])


@pytest.mark.parametrize("width", [0.5, 1e9, float("nan"), "wide", True])
def test_a_backbone_of_no_possible_width_is_refused(
    shipped: Backbone, tmp_path: Path, width: object
) -> None:
    odd = widened(shipped, 1.0, seed=1)
    vars(odd)["width"] = width  # what a damaged file may say
    ladder.save(tmp_path, odd, {})
    with pytest.raises(InputError, match=r"must name its width, 1.0 to 4.0"):
        ladder.load_backbone(tmp_path)

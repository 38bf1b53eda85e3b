"""The backbone and its cut: shapes, a light head, folding, and losses that mean something."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
import pytest
import torch
from torch import nn

from models.backbone import FEATURES, SPLIT_AFTER, Backbone, Outputs, prepare
from models.scenes import CLASSES, EMPTY
from models.split import cut
from models.training.tasks import coaching_loss, distillation_loss, supervised_loss
from simulator.foundation.errors import InputError
from tests.models.counting import multiplications


@pytest.fixture(scope="module")
def frames() -> torch.Tensor:
    pixels = np.random.default_rng(0).integers(0, 256, (2, 224, 224, 3), dtype=np.uint8)
    return prepare(pixels)


def backbone(seed: int = 0) -> Backbone:
    torch.manual_seed(seed)
    return Backbone()


def test_frames_become_numbers_between_minus_one_and_one() -> None:
    black_and_white = np.zeros((1, 2, 2, 3), dtype=np.uint8)
    black_and_white[0, 0, 1] = 255
    x = prepare(black_and_white)
    assert x.shape == (1, 3, 2, 2)
    assert x[0, :, 0, 1].tolist() == [1, 1, 1]
    assert x[0, :, 1, 1].tolist() == [-1, -1, -1]


def test_read_only_frames_are_not_written_to() -> None:
    pixels = np.full((1, 2, 2, 3), 255, dtype=np.uint8)
    pixels.flags.writeable = False
    assert prepare(pixels).max() == 1
    assert pixels.min() == 255


def test_the_network_answers_three_tasks(frames: torch.Tensor) -> None:
    network = backbone().eval()
    head, tail = cut(network, after=SPLIT_AFTER)
    with torch.inference_mode():
        features = head(frames)
        out = tail(features)
        whole = network(frames)
    assert features.shape == (2, *FEATURES)
    assert out.logits.shape == (2, len(CLASSES))
    assert out.box.shape == (2, 4)
    assert out.mask.shape == (2, 56, 56)
    assert all(bool((a == b).all()) for a, b in zip(out, whole, strict=True))
    assert bool((out.box[:, 2:] >= out.box[:, :2]).all())


def test_the_tail_is_at_least_five_times_the_head(frames: torch.Tensor) -> None:
    head, tail = cut(backbone().eval(), after=SPLIT_AFTER)
    light = multiplications(head, frames) / 1e6
    heavy = multiplications(tail, torch.rand(1, *FEATURES)) / 1e6
    assert 10 < light < 40
    assert heavy > 5 * light
    assert light + heavy < 225


def test_folding_leaves_the_answers_as_they_were(frames: torch.Tensor) -> None:
    network = backbone()
    network(frames)  # gives the normalisation statistics of its own
    network.eval()
    with torch.inference_mode():
        before = network(frames)
        after = network.fold()(frames)
    assert not any(isinstance(module, nn.BatchNorm2d) for module in network.modules())
    for a, b in zip(before, after, strict=True):
        assert torch.allclose(a, b, atol=1e-4)
    assert network.fold() is network


def test_features_at_the_split_are_never_negative(frames: torch.Tensor) -> None:
    head = cut(backbone().eval(), after=SPLIT_AFTER).head
    with torch.inference_mode():
        assert head(frames).min() >= 0


@pytest.mark.parametrize("after", ["redeuce", "tail", "stem.conv"])
def test_a_cut_that_leaves_no_tail_is_refused(after: str) -> None:
    with pytest.raises(InputError, match=r"split point: .* must name a layer before the last"):
        cut(backbone(), after=after)


def test_any_row_of_layers_can_be_cut() -> None:
    network = nn.Sequential(OrderedDict(a=nn.Linear(2, 3), b=nn.ReLU(), c=nn.Linear(3, 1)))
    head, tail = cut(network, after="b")
    x = torch.rand(5, 2)
    assert bool((tail(head(x)) == network(x)).all())


def perfect(label: int) -> tuple[Outputs, torch.Tensor, torch.Tensor, torch.Tensor]:
    labels = torch.tensor([label])
    masks = torch.zeros(1, 56, 56)
    masks[0, 10:20, 10:30] = float(label != EMPTY)
    boxes = torch.tensor([[10.0, 10, 30, 20]]) / 56 * float(label != EMPTY)
    logits = 20.0 * torch.nn.functional.one_hot(labels, len(CLASSES))
    return Outputs(logits, boxes, 40 * masks - 20), labels, boxes, masks


@pytest.mark.parametrize("label", [0, 17, EMPTY])
def test_the_right_answer_costs_next_to_nothing_and_a_wrong_one_more(label: int) -> None:
    out, *truth = perfect(label)
    assert supervised_loss(out, *truth) < 0.01
    wrong, *_ = perfect((label + 5) % len(CLASSES))
    assert supervised_loss(wrong, *truth) > 1


def test_the_box_of_an_empty_frame_costs_nothing() -> None:
    out, *truth = perfect(EMPTY)
    elsewhere = out._replace(box=torch.ones(1, 4))
    assert supervised_loss(elsewhere, *truth) == supervised_loss(out, *truth)


def test_distillation_is_zero_only_for_the_teachers_own_answer() -> None:
    teacher, *_ = perfect(3)
    assert distillation_loss(teacher, teacher) == pytest.approx(0, abs=1e-5)
    pupil, *_ = perfect(4)
    assert distillation_loss(pupil, teacher) > 1


def test_the_coach_asks_cells_of_the_subject_only() -> None:
    _, labels, boxes, masks = perfect(1)  # triangle, stripes, blue-yellow
    hints = torch.zeros(1, 6, 28, 28)
    hints[0, 0, 5:10, 5:15] = 50.0
    hints[0, 5, 5:10, 5:15] = 50.0
    assert coaching_loss(hints, labels, boxes, masks) < 1e-3
    assert coaching_loss(-hints, labels, boxes, masks) > 1
    _, nothing, *rest = perfect(EMPTY)
    assert coaching_loss(hints, nothing, *rest) == 0

"""Subjects that decode to the same features are answered once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch

from models.backbone import Outputs
from models.baselines.reduced import ReducedUnit
from models.measuring.answering import Answering
from models.scoring import Truth
from models.subjects.network import Network
from models.subjects.reduced_unit import Reduced, Together
from models.subjects.subject import Shown
from models.units.shape import UnitShape

if TYPE_CHECKING:
    from torch import Tensor

FRAMES = 2
TRUTH = Truth(
    labels=np.zeros(FRAMES, np.int64),
    boxes=np.zeros((FRAMES, 4), np.float32),
    masks=np.zeros((FRAMES, 56, 56), np.uint8),
)


class Tail:
    """Answers with zeros and counts how often."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self, _features: Tensor) -> Outputs:
        self.asked += 1
        return Outputs(torch.zeros(FRAMES, 33), torch.zeros(FRAMES, 4), torch.zeros(FRAMES, 56, 56))


def codings() -> list[Reduced]:
    """Return an untrained CR+BQ unit in both codings."""
    torch.manual_seed(1)
    unit = ReducedUnit(UnitShape(channels=2), 2).eval()
    unit.seal(unit.encode(torch.rand(4, 48, 28, 28)).numpy())
    together = Together()
    return [
        Reduced(
            unit=unit,
            together=together,
            packed=packed,
            head=torch.nn.Identity(),
            digest="",
            costs={},
            load=lambda: None,
        )
        for packed in (True, False)
    ]


@pytest.fixture
def shown() -> Shown:
    return Shown(images=np.zeros((FRAMES, 8, 8, 3), np.uint8), features=torch.rand(2, 48, 28, 28))


def test_both_codings_of_a_unit_are_answered_once_for_each_batch(shown: Shown) -> None:
    tail, (packed, coded) = Tail(), codings()
    network = Network(head=torch.nn.Identity(), tail=tail, subjects=(packed, coded))
    sizes = []
    for _ in range(2):
        answering = Answering(network, TRUTH)
        found = [subject.code(shown) for subject in (packed, coded)]
        first, second = (
            answering.to(one.features, subject)
            for one, subject in zip(found, (packed, coded), strict=True)
        )
        assert first is second
        sizes += [one.payload_bytes.tolist() for one in found]
    assert tail.asked == 2
    assert sizes[0] != sizes[1]


def test_other_frames_are_decoded_anew(shown: Shown) -> None:
    packed, coded = codings()
    other = Shown(images=shown.images, features=shown.features.flip(0))
    first, second = packed.code(shown).features, coded.code(other).features
    assert torch.equal(first, second.flip(0))
    assert not torch.equal(first, second)


def test_a_tail_of_its_own_is_always_asked(shown: Shown) -> None:
    shared, own = Tail(), Tail()
    subject: Any = type("Subject", (), {"tail": own})()
    plain: Any = type("Subject", (), {"tail": None})()
    answering = Answering(Network(head=torch.nn.Identity(), tail=shared, subjects=()), TRUTH)
    for each in (plain, subject, plain, plain):
        answering.to(shown.features, each)
    assert (shared.asked, own.asked) == (2, 1)

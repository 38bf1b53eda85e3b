"""An untrained aware backbone and untrained image codecs for tests, beside an untrained ladder."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from models import ladder
from models.backbone import Backbone, prepare
from models.baselines import aware_file, learned_file
from models.baselines.learned import LearnedPicture, PictureShape
from models.scenes import render

if TYPE_CHECKING:
    from pathlib import Path

SHAPE = PictureShape(channels=4, width=8)
FRAME = render(seed=4, split="training", clip=2, t=3).image


def untrained_aware(folder: Path) -> None:
    """Write an aware backbone, drawn from another seed than the plain one."""
    torch.manual_seed(5)
    network = Backbone().eval().fold()
    ladder.halved(network)
    aware_file.save(folder, network, {"seed": 5}, backbone=ladder.load_backbone(folder)[1])


def untrained_picture(rank: int = 1) -> LearnedPicture:
    """Return a sealed codec."""
    torch.manual_seed(6 + rank)
    codec = LearnedPicture(rank, SHAPE).eval().requires_grad_(requires_grad=False)
    last = codec.analysis[-1]
    assert isinstance(last, torch.nn.Conv2d)
    last.weight *= 20  # so that symbols are not all zero
    ladder.halved(codec)
    codec.seal(codec.encode(prepare(FRAME[None])).numpy())
    return codec


def untrained_pictures(folder: Path, ranks: tuple[int, ...] = (1,)) -> None:
    """Write a codec for each rank."""
    for rank in ranks:
        learned_file.save(folder, untrained_picture(rank), {"seed": 6})

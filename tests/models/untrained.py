"""A folder of untrained weights for tests: what it answers is nonsense, but it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from models import ladder
from models.backbone import SPLIT_AFTER, Backbone, prepare
from models.baselines import reduced_file
from models.baselines.reduced import ReducedUnit
from models.scenes import render
from models.split import cut
from models.units.bottleneck import BottleneckUnit
from models.units.shape import UnitShape

if TYPE_CHECKING:
    from pathlib import Path


def untrained_weights(folder: Path, channels: tuple[int, ...] = (2, 6)) -> Path:
    """Write a backbone and a unit for each number of channels, all drawn from one seed."""
    torch.manual_seed(3)
    backbone = Backbone().eval().fold()
    ladder.halved(backbone)
    digest = ladder.save(folder, backbone, {"seed": 3})
    image = render(seed=3, split="training", clip=0, t=0).image
    with torch.inference_mode():
        features = cut(backbone, after=SPLIT_AFTER).head(prepare(image[None]))
    for number, width in enumerate(channels, start=1):
        unit = BottleneckUnit(number, UnitShape(channels=width)).eval()
        unit.pick.weight.data *= 20  # so that symbols are not all zero
        ladder.halved(unit)
        unit.seal(unit.encode(features).numpy().astype(np.int32))
        ladder.save_unit(folder, unit, {"seed": 3}, backbone=digest)
    return folder


def untrained_reduced(folder: Path, shapes: tuple[tuple[int, int], ...] = ((4, 2), (2, 1))) -> None:
    """Write a CR+BQ unit beside a backbone for each number of channels and bits."""
    torch.manual_seed(4)
    digest = ladder.load_backbone(folder)[1]
    for channels, bits in shapes:
        unit = ReducedUnit(UnitShape(channels=channels), bits).eval()
        ladder.halved(unit)
        unit.seal(unit.encode(torch.rand(2, 48, 28, 28)).numpy())
        reduced_file.save(folder, unit, {"images": 0, "start": "nothing"}, backbone=digest)

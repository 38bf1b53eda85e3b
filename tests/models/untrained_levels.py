"""Units of any rate and in layers for tests: untrained, but sealed, and each level another."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import torch

from models import ladder
from models.training import continuous, layered
from models.units import several_file
from models.units.bottleneck import BottleneckUnit
from models.units.continuous import ContinuousUnit
from models.units.layered import LayeredUnit
from models.units.shape import UnitShape

if TYPE_CHECKING:
    from pathlib import Path

    from models.training.cache import FeatureSet


class Features:
    """Stands for a set of cached features: the same few rows whatever is asked for."""

    def __init__(self) -> None:
        torch.manual_seed(1)
        self.features = torch.rand(4, 48, 28, 28)

    def __len__(self) -> int:
        return 4

    def take(self, _rows: object) -> Features:
        return self


def _top(seed: int) -> BottleneckUnit:
    torch.manual_seed(seed)
    top = BottleneckUnit(2, UnitShape(channels=3)).eval()
    top.pick.weight.data *= 60  # so that symbols are not all zero, at a tenth of the gain, too
    return top


def _features() -> FeatureSet:
    return Features()  # type: ignore[return-value]


@lru_cache
def any_rate(seed: int = 5) -> ContinuousUnit:
    """Return a unit of any rate, started and sealed."""
    unit = ContinuousUnit(UnitShape(channels=3)).eval()
    continuous.started(unit, _top(seed), span=400.0)
    ladder.halved(unit)
    return continuous.seal(unit, _features())


@lru_cache
def in_layers(seed: int = 5) -> LayeredUnit:
    """Return a layered unit, started and sealed."""
    unit = LayeredUnit(UnitShape(channels=3)).eval()
    layered.started(unit, _top(seed), (0.1, 0.3, 0.9))
    ladder.halved(unit)
    return layered.seal(unit, _features())


def untrained_levels(folder: Path) -> None:
    """Write both beside a backbone."""
    digest = ladder.load_backbone(folder)[1]
    for unit in (any_rate(), in_layers()):
        several_file.save(folder, unit, {"images": 0, "start": "nothing"}, backbone=digest)

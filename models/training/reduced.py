"""Training of CR+BQ units as the bottleneck units are trained, but for the rate.

Few channels of few bits do not train from nothing, nor from a unit of many bits: each starts from
the bottleneck unit of like rate, once that is trained, keeps the channels that say most, and goes
on. Its budget is then that unit's whole budget and its own pictures on top.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.baselines.reduced import ReducedUnit
from models.ladder import halved
from models.training.course import Course
from models.training.loop import go
from models.training.tasks import frozen_tail, likeness_loss, task_loss
from models.training.team import ALONE, Member
from models.training.units import encoded
from models.units.shape import UnitShape

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Backbone
    from models.training.cache import CachedBatch, FeatureSet
    from models.units.transform import Transform

__all__ = ["ReducedRecipe", "narrowed", "settled", "train_reduced"]

_ROWS = 600
_WORTH = 100.0  # as with the units, the gradient's length is then mostly what it is clipped to


@dataclass(frozen=True, slots=True, kw_only=True)
class ReducedRecipe:
    """How one CR+BQ unit is trained; fields as those of ``UnitRecipe``.

    Attributes:
        channels: C_r.
        bits: Bits a symbol.
        start: Name of the bottleneck unit it starts from; None for nothing.
        images: Showings with the task loss, through the frozen tail.
        warm_images: Showings before that with only the cheap feature distance.
        likeness: Weight of the relative squared feature distance within L_task.
        truth: Weight of the cross-entropy with the label within L_task.
        seed: Of the order and the first weights.
        batch: Frames a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
    """

    channels: int
    bits: int
    start: str | None
    images: int
    warm_images: int = 0
    likeness: float = 0.1
    truth: float = 0.2
    seed: int = 1
    batch: int = 48
    peak_rate: float = 1.5e-3
    keep_every: int = 200

    @property
    def steps(self) -> int:
        """Number of optimiser steps, warm-up included."""
        return (self.images + self.warm_images) // self.batch


@torch.no_grad()
def narrowed(unit: ReducedUnit, wider: Transform, features: FeatureSet) -> None:
    """Start a unit from a trained one, keeping the channels that say most.

    A channel says as much as its variance moves the decoder's first layer.

    Args:
        unit: The one to start.
        wider: Where its numbers come from; it has at least as many channels.
        features: Training features to look at.
    """
    y = wider.analyse(features.take(np.arange(min(_ROWS, len(features)))).features)
    says = y.var((0, 2, 3)) * wider.place.weight.square().sum((0, 2, 3))
    kept = torch.sort(torch.argsort(says, descending=True, stable=True)[: unit.channels]).values
    own = unit.state_dict()
    numbers = {name: value for name, value in wider.state_dict().items() if name in own}
    for name in ("pick.weight", "pick.bias"):
        numbers[name] = numbers[name][kept]
    numbers["place.weight"] = numbers["place.weight"][:, kept]
    unit.load_state_dict(numbers)


@torch.no_grad()
def settled(unit: ReducedUnit, features: FeatureSet) -> None:
    """Scale what the encoder gives to zero mean and unit variance; the decoder undoes it."""
    y = unit.analyse(features.take(np.arange(min(_ROWS, len(features)))).features)
    mean, spread = y.mean((0, 2, 3)), y.std((0, 2, 3)).clamp(min=1e-3)
    unit.pick.weight /= spread[:, None, None, None]
    if unit.pick.bias is None or unit.place.bias is None:
        raise AssertionError  # pragma: no cover - made with both
    unit.pick.bias.copy_((unit.pick.bias - mean) / spread)
    unit.place.bias += (unit.place.weight[:, :, 0, 0] * mean).sum(1)
    unit.place.weight *= spread[:, None, None]


def _loss(
    unit: ReducedUnit,
    tail: torch.nn.Module,
    recipe: ReducedRecipe,
    batch: CachedBatch,
    step: int,
) -> tuple[Tensor, float]:
    with torch.autocast("cpu", torch.bfloat16):
        after = unit(batch.features)
        out = None if step * recipe.batch < recipe.warm_images else tail(after)
    apart = likeness_loss(after, batch.features)
    if out is None:
        return 4 * _WORTH * apart, apart.item()
    loss = task_loss(out, after, batch, truth=recipe.truth, likeness=recipe.likeness)
    return _WORTH * loss, apart.item()


def train_reduced(
    folder: Path,
    recipe: ReducedRecipe,
    backbone: Backbone,
    features: FeatureSet,
    *,
    wider: Transform | None = None,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> ReducedUnit:
    """Train one unit, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: Folded, frozen.
        features: What its head makes of the training frames.
        wider: The trained bottleneck unit to start from.
        member: This process's place in the team that trains the unit.
        tell: Called with a line of progress.

    Returns:
        The unit, halved and sealed, in evaluation mode.
    """
    torch.manual_seed(recipe.seed * 1000 + 10 * recipe.channels + recipe.bits)
    unit = ReducedUnit(UnitShape(channels=recipe.channels), recipe.bits)
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if wider is not None:
        narrowed(unit, wider, features)
    settled(unit, features)
    path = folder / f"{unit.name}.safetensors"
    course = Course.of(recipe, path, name=unit.name, figure="apart {:.4f}")
    loss = partial(_loss, unit, frozen_tail(backbone), recipe)
    go(course, unit, {1.0: [*unit.parameters()]}, features, loss, member=member, tell=tell)
    halved(unit)
    unit.eval().seal(encoded(unit, features))
    return unit

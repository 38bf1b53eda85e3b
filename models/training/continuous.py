"""Training of the unit of any rate: every batch at several levels, each with its own lambda."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.training.parts import part_loss
from models.training.several import train_several
from models.training.tasks import frozen_tail
from models.training.team import ALONE, Member
from models.units.continuous import GRID, ContinuousUnit
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Backbone
    from models.training.cache import CachedBatch, FeatureSet
    from models.units.bottleneck import BottleneckUnit

__all__ = ["ContinuousRecipe", "started", "train_continuous"]

_SEALING_ROWS = 1000
_FIRST_GAIN = 0.4  # power of lambda: steps by the square root were best if noise were all


@dataclass(frozen=True, slots=True, kw_only=True)
class ContinuousRecipe:
    """How the unit of any rate is trained; further fields as those of ``UnitRecipe``.

    Attributes:
        start: Name of the bottleneck unit it starts from, which becomes its highest level.
        images: Showings with the task loss, through the frozen tail.
        least: The lambda of level 0.
        most: The lambda of level 1; in between its logarithm runs straight.
        parts: Levels in a batch, one from each equal part of 0..1.
    """

    start: str
    images: int
    least: float = 0.2
    most: float = 80.0
    parts: int = 4
    likeness: float = 0.1
    truth: float = 0.2
    seed: int = 1
    batch: int = 48
    peak_rate: float = 1.5e-3
    keep_every: int = 200

    @property
    def steps(self) -> int:
        """Number of optimiser steps."""
        return self.images // self.batch


@torch.no_grad()
def started(unit: ContinuousUnit, top: BottleneckUnit, *, span: float) -> None:
    """Start from a bottleneck unit: itself at level 1, and coarser steps below.

    Args:
        unit: The one to start.
        top: Where its numbers come from.
        span: How many times the lambda of level 0 goes into that of level 1.
    """
    numbers = top.state_dict()
    unit.core.load_state_dict({name: numbers[name] for name in unit.core.state_dict()})
    nodes = unit.gain.shape[0]
    gain = torch.linspace(-_FIRST_GAIN * float(np.log(span)), 0, nodes)
    unit.gain.copy_(gain[:, None].expand_as(unit.gain))
    unit.inverse.copy_(-unit.gain)
    unit.density.centre.copy_(top.density.centre * torch.exp(gain)[:, None, None])
    unit.density.scale.copy_(top.density.scale + gain[:, None, None])
    unit.density.weight.copy_(top.density.weight.expand_as(unit.density.weight))


def _loss(
    unit: ContinuousUnit,
    tail: torch.nn.Module,
    recipe: ContinuousRecipe,
    member: Member,
    batch: CachedBatch,
    step: int,
) -> tuple[Tensor, float]:
    rng = generator(recipe.seed, "levels and noise", unit.name, step)
    drawn = (np.arange(recipe.parts) + rng.random(recipe.parts)) / recipe.parts
    shape = (recipe.batch, unit.shape.channels, *unit.shape.grid)
    noise = torch.from_numpy(member.share(rng.random(shape, dtype=np.float32))) - 0.5
    part = torch.from_numpy(member.share(np.arange(recipe.batch) * recipe.parts // recipe.batch))
    levels = torch.from_numpy(drawn.astype(np.float32))[part]
    with torch.autocast("cpu", torch.bfloat16):
        after, bits = unit(batch.features, levels, noise)
        out = tail(after)
    total = torch.zeros(())
    for k, level in enumerate(drawn):
        worth = recipe.least * (recipe.most / recipe.least) ** float(level)
        total = total + part_loss(
            bits, out, after, batch, rows=part == k, worth=worth, recipe=recipe
        )
    return total / recipe.parts, bits.mean().item() / 8


def train_continuous(
    folder: Path,
    recipe: ContinuousRecipe,
    backbone: Backbone,
    features: FeatureSet,
    *,
    top: BottleneckUnit,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> ContinuousUnit:
    """Train the unit, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: Folded, frozen.
        features: What its head makes of the training frames.
        top: The trained bottleneck unit to start from.
        member: This process's place in the team that trains the unit.
        tell: Called with a line of progress.

    Returns:
        The unit, halved and sealed, in evaluation mode.
    """
    unit = ContinuousUnit(top.shape)
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    started(unit, top, span=recipe.most / recipe.least)
    train_several(
        folder,
        unit,
        recipe,
        features,
        loss=partial(_loss, unit, frozen_tail(backbone), recipe, member),
        member=member,
        tell=tell,
    )
    return seal(unit, features)


def seal(unit: ContinuousUnit, features: FeatureSet) -> ContinuousUnit:
    """Give a trained unit its integer tables, level by level, counted on training frames."""
    unit.tables = ()
    rows = np.arange(min(_SEALING_ROWS, len(features)))
    batches = [features.take(part).features for part in np.array_split(rows, 10)]
    tables = []
    for place in range(GRID):
        level = place / (GRID - 1)
        symbols = np.concatenate([unit.encode(batch, level).numpy() for batch in batches])
        tables.append(unit.counted_at(place, symbols))
    unit.tables = tuple(tables)
    return unit

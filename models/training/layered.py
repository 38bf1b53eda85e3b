"""Training of the layered unit: every batch is decoded from one layer, from two, from all."""

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
from models.units.layered import LAYERS, LayeredUnit
from models.units.sealing import counted
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Backbone
    from models.training.cache import CachedBatch, FeatureSet
    from models.units.bottleneck import BottleneckUnit

__all__ = ["LayeredRecipe", "started", "train_layered"]

_SEALING_ROWS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class LayeredRecipe:
    """How the layered unit is trained; further fields as those of ``UnitRecipe``.

    Attributes:
        start: Name of the bottleneck unit it starts from.
        images: Showings with the task loss, through the frozen tail.
        worths: By last layer, the lambda of all layers up to it.
        gains: By layer, the gain it starts with over the bottleneck unit's.
    """

    start: str
    images: int
    worths: tuple[float, ...] = (1.5, 6.0, 25.0)
    gains: tuple[float, ...] = (0.12, 0.25, 0.5)
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
def started(unit: LayeredUnit, top: BottleneckUnit, gains: tuple[float, ...]) -> None:
    """Start from a bottleneck unit, every layer with a coarser step than all of it had."""
    numbers = top.state_dict()
    unit.core.load_state_dict({name: numbers[name] for name in unit.core.state_dict()})
    unit.gain.copy_(torch.tensor(gains).log()[:, None].expand_as(unit.gain))
    # Where the base is 0, all is left over: a refinement starts as a base of its step would.
    unit.density.centre.copy_(top.density.centre * torch.tensor(gains)[:, None, None])
    unit.density.scale.copy_(top.density.scale + torch.tensor(gains).log()[:, None, None])
    unit.density.weight.copy_(top.density.weight.expand_as(unit.density.weight))


def _loss(
    unit: LayeredUnit,
    tail: torch.nn.Module,
    recipe: LayeredRecipe,
    member: Member,
    batch: CachedBatch,
    step: int,
) -> tuple[Tensor, float]:
    rng = generator(recipe.seed, "noise", unit.name, step)
    noise = [
        torch.from_numpy(
            member.share(
                rng.random((recipe.batch, unit.shape.channels, *unit.shape.grid), dtype=np.float32)
            )
        )
        - 0.5
        for _ in range(LAYERS)
    ]
    lasts = torch.from_numpy(member.share(np.arange(recipe.batch) * LAYERS // recipe.batch))
    with torch.autocast("cpu", torch.bfloat16):
        after, by_layer = unit(batch.features, lasts, torch.stack(noise))
        out = tail(after)
    total, bits = torch.zeros(()), torch.zeros(len(lasts))
    for last, worth in enumerate(recipe.worths):
        bits = bits + by_layer[last]
        total = total + part_loss(
            bits, out, after, batch, rows=lasts == last, worth=worth, recipe=recipe
        )
    return total / LAYERS, bits.mean().item() / 8


def train_layered(
    folder: Path,
    recipe: LayeredRecipe,
    backbone: Backbone,
    features: FeatureSet,
    *,
    top: BottleneckUnit,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> LayeredUnit:
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
    unit = LayeredUnit(top.shape)
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    started(unit, top, recipe.gains)
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


def seal(unit: LayeredUnit, features: FeatureSet) -> LayeredUnit:
    """Give a trained unit its integer tables, layer by layer, counted on training frames."""
    unit.tables = ()
    rows = np.arange(min(_SEALING_ROWS, len(features)))
    parts = [unit.encode(features.take(part).features) for part in np.array_split(rows, 20)]
    layers = [
        np.concatenate([layer.numpy() for layer in ones]) for ones in zip(*parts, strict=True)
    ]
    unit.tables = tuple(counted(symbols, unit.prior(k)) for k, symbols in enumerate(layers))
    return unit

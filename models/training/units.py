"""Training of a ladder's units on cached features: rate against distance to the teacher."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.ladder import halved
from models.split import SPLITS
from models.training.course import Course
from models.training.loop import go
from models.training.tasks import frozen_tail, likeness_loss, task_loss
from models.training.team import ALONE, Member
from models.units.bottleneck import BottleneckUnit
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Backbone
    from models.baselines.reduced import ReducedUnit
    from models.training.cache import CachedBatch, FeatureSet
    from models.training.unit_recipe import UnitRecipe
    from models.units.shape import UnitShape

__all__ = [
    "encoded",
    "inherit",
    "train_unit",
    "unit_loss",
]

_BITS_IN_RATE = 1000.0  # the rate term counts kilobits a frame
_SEALING_ROWS = 3000


def inherit(unit: BottleneckUnit, higher: BottleneckUnit, rates: NDArray[np.float64]) -> None:
    """Start a unit from one of a higher rate, keeping its costliest channels.

    Args:
        unit: The one to start.
        higher: Where its numbers come from.
        rates: Bits that each channel of ``higher`` takes.
    """
    kept = torch.from_numpy(np.sort(np.argsort(-rates, kind="stable")[: unit.channels]))
    numbers = higher.state_dict()
    for name in ("pick.weight", "pick.bias"):
        numbers[name] = numbers[name][kept]
    numbers["place.weight"] = numbers["place.weight"][:, kept]
    for name in ("centre", "scale", "weight"):
        numbers[f"density.{name}"] = numbers[f"density.{name}"][kept]
    unit.load_state_dict(numbers)


def channel_rates(unit: BottleneckUnit, features: FeatureSet) -> NDArray[np.float64]:
    """Return the bits that each channel of a unit takes on a frame, under its learned density."""
    batch = features.take(np.arange(min(300, len(features))))
    with torch.inference_mode():
        symbols = unit.encode(batch.features).float()
        bits = -torch.log2(unit.density.likelihood(symbols)).sum((2, 3)).mean(0)
    return bits.double().numpy()


def unit_loss(
    unit: BottleneckUnit,
    tail: torch.nn.Module,
    recipe: UnitRecipe,
    member: Member,
    batch: CachedBatch,
    step: int,
) -> tuple[Tensor, float]:
    """Return a step's L = rate (kbit) + lambda * L_task, and its rate in bytes a frame.

    Args:
        unit: The unit in training.
        tail: The frozen rest of the network.
        recipe: How it is trained; at first only the feature distance stands for the task.
        member: Whose share of the step's noise it sees.
        batch: Frames.
        step: Number of the step.
    """
    noise = torch.from_numpy(member.share(_noise(recipe, unit.shape, step)))
    with torch.autocast("cpu", torch.bfloat16):
        after, bits = unit(batch.features, noise)
        warm = step * recipe.batch < recipe.warm_images
        out = None if warm else tail(after)
    rate = bits.mean() / _BITS_IN_RATE
    if out is None:
        distance = 4 * likeness_loss(after, batch.features)
    else:
        distance = task_loss(out, after, batch, truth=recipe.truth, likeness=recipe.likeness)
    return recipe.thrift * rate + recipe.worth * distance, rate.item() * _BITS_IN_RATE / 8


def _noise(recipe: UnitRecipe, of: UnitShape, step: int) -> NDArray[np.float32]:
    rng = generator(recipe.seed, "noise", recipe.number, step)
    shape = (recipe.batch, of.channels, *of.grid)
    return rng.random(shape, dtype=np.float32) - np.float32(0.5)


def train_unit(
    folder: Path,
    recipe: UnitRecipe,
    backbone: Backbone,
    features: FeatureSet,
    *,
    higher: BottleneckUnit | None = None,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> BottleneckUnit:
    """Train one unit, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: Folded, frozen.
        features: What its head makes of the training frames.
        higher: The trained unit to start from.
        member: This process's place in the team that trains the unit.
        tell: Called with a line of progress.

    Returns:
        The unit, halved and sealed, in evaluation mode.
    """
    torch.manual_seed(recipe.seed * 1000 + recipe.number)
    point = SPLITS[recipe.split]
    shape = replace(recipe.shape, features=point.features_at(backbone.width))
    unit = BottleneckUnit(recipe.number, shape, name=recipe.name)
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if higher is not None:
        inherit(unit, higher, channel_rates(higher, features))
    prior: list[Tensor] = [*unit.density.parameters()]
    rest: list[Tensor] = [
        value for name, value in unit.named_parameters() if not name.startswith("density")
    ]
    path = folder / f"{unit.name}-{unit.channels}-from-{recipe.start}.safetensors"
    course = Course.of(recipe, path, name=unit.name, figure="rate {:.0f} B")
    tail = frozen_tail(backbone, after=point.after)
    loss = partial(unit_loss, unit, tail, recipe, member)
    go(course, unit, {1.0: rest, 4.0: prior}, features, loss, member=member, tell=tell)
    halved(unit).eval()
    unit.seal(encoded(unit, features))
    return unit


def encoded(unit: BottleneckUnit | ReducedUnit, features: FeatureSet) -> NDArray[np.int32]:
    """Return the symbols that a unit makes of the training frames its tables are counted on."""
    rows = np.arange(min(_SEALING_ROWS, len(features)))
    return np.concatenate(
        [unit.encode(features.take(part).features).numpy() for part in np.array_split(rows, 20)]
    )

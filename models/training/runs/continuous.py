"""The whole training of the unit of any rate: it starts from the trained unit-5 of the ladder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import torch

from models.training import workshop
from models.training.continuous import ContinuousRecipe, train_continuous
from models.training.several import learn_several
from models.training.team import together
from models.training.workshop import Footage, Workshop
from models.units.continuous import POINTS, ContinuousUnit, step_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.training.selection import Point

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained: on which frames, and how."""

    footage: Footage
    recipe: ContinuousRecipe


FULL = Settings(footage=workshop.FULL, recipe=ContinuousRecipe(start="unit-5", images=120_000))
"""The schedule of the shipped unit: the whole budget of unit-5, and these pictures on top."""

QUICK = Settings(
    footage=workshop.QUICK,
    recipe=ContinuousRecipe(start="unit-2", images=160, batch=16, keep_every=5),
)
"""A look at the machinery in seconds; the weights are good for nothing."""


def train(
    weights: Path,
    *,
    seed: int = 1,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 2,
    tell: Tell = lambda _line: None,
) -> list[Path]:
    """Train the unit of any rate of a ladder, and write it beside the ladder's units.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order and the levels.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The file written.

    Raises:
        InputError: There is no backbone in the folder, or no unit to start from, or it is damaged.
    """
    footage = settings.footage.seeded(seed)
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    task = partial(
        learn_several,
        shop=shop,
        recipe=replace(settings.recipe, seed=seed),
        train=train_continuous,
        points=_points,
    )
    together(task, workers, tell=tell)
    return [weights / f"{ContinuousUnit.name}.safetensors"]


def _points(unit: ContinuousUnit) -> dict[str, Point]:
    """Return what codes features at each of the unit's points."""
    return {name: partial(_coded, unit, level) for name, level in POINTS.items()}


def _coded(unit: ContinuousUnit, level: float, features: Tensor) -> tuple[Tensor, list[float]]:
    symbols, step = unit.encode(features, level), step_of(level)
    bits = [unit.tables_at(step).ideal_bits(frame) for frame in symbols.numpy()]
    return unit.decode(symbols, torch.full((len(features),), step)), bits

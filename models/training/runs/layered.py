"""The whole training of the layered unit: it starts from the trained unit-5 of the ladder."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.training import workshop
from models.training.layered import LayeredRecipe, train_layered
from models.training.several import learn_several
from models.training.team import together
from models.training.workshop import Footage, Workshop
from models.units.layered import LAYERS, LayeredUnit

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
    recipe: LayeredRecipe


FULL = Settings(footage=workshop.FULL, recipe=LayeredRecipe(start="unit-5", images=66_000))
"""The schedule of the shipped unit: the whole budget of unit-5, and these pictures on top."""

QUICK = Settings(
    footage=workshop.QUICK,
    recipe=LayeredRecipe(start="unit-2", images=160, batch=18, keep_every=4),
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
    """Train the layered unit of a ladder, and write it beside the ladder's units.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order and the noise.
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
        train=train_layered,
        points=_points,
    )
    together(task, workers, tell=tell)
    return [weights / f"{LayeredUnit.name}.safetensors"]


def _points(unit: LayeredUnit) -> dict[str, Point]:
    """Return what codes features in the first layers, one or more."""
    return {f"layers-{k}": partial(_coded, unit, k) for k in range(1, LAYERS + 1)}


def _coded(unit: LayeredUnit, layers: int, features: Tensor) -> tuple[Tensor, list[float]]:
    symbols = unit.encode(features, layers)
    frames = zip(*(layer.numpy() for layer in symbols), strict=True)
    bits = [
        sum(table.ideal_bits(layer) for table, layer in zip(unit.tables, frame, strict=False))
        for frame in frames
    ]
    return unit.decode(symbols), bits

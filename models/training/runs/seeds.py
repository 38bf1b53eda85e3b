"""The units around the headline figure, trained again from several seeds on one frozen backbone.

One schedule, shorter than the ladder's own, is run whole with each seed of order, noise and first
weights. Frames and cached features are those of the ladder's training, the same for every seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.runs import seed_folder
from models.training import workshop
from models.training.runs import ladder
from models.training.schedule import learn_in_turn
from models.training.unit_recipe import UnitRecipe
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: On which frames.
        units: How the units are trained, in this order; a seed takes the place of theirs.
        rows: How many training frames features are kept of, by split point but the middle one.
        seeds: Of order, noise and first weights.
    """

    footage: Footage
    units: tuple[UnitRecipe, ...]
    rows: Mapping[str, int]
    seeds: tuple[int, ...] = (1, 2, 3)


FULL = Settings(
    footage=workshop.FULL,
    units=(
        UnitRecipe(
            number=32,
            split="late",
            start=None,
            channels=16,
            width=57,
            worth=8.0,
            likeness=0.2,
            warm_images=60_000,
            images=60_000,
            peak_rate=3e-3,
        ),
        UnitRecipe(
            number=33, split="late", start=32, channels=16, width=57, worth=25.0, images=40_000
        ),
    ),
    rows={"late": 48_000},
)
"""The schedule of the shipped seeds: about 9 minutes a seed on one thread."""

QUICK = Settings(
    footage=workshop.QUICK,
    units=(
        *(replace(unit, warm_images=unit.warm_images // 4) for unit in ladder.QUICK.units),
        UnitRecipe(
            number=32,
            split="late",
            start=None,
            channels=2,
            worth=8.0,
            images=64,
            batch=16,
            keep_every=2,
        ),
    ),
    rows={"late": 64},
    seeds=(1, 2),
)
"""A look at the machinery in seconds; the weights are good for nothing."""


def train(
    weights: Path,
    *,
    seed: int = 1,
    seeds: Sequence[int] | None = None,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 2,
    tell: Tell = lambda _line: None,
) -> list[Path]:
    """Train the units of every seed, and write each to its folder when it is done.

    The same seed and number of workers give the same units, bit for bit, on the same machine.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it; its backbone is shared.
        seed: Of the frames, as in the ladder's training.
        seeds: Of order, noise and first weights; by default those of the settings.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The files written.

    Raises:
        InputError: There is no backbone in the folder, or it is damaged.
    """
    footage = settings.footage.seeded(seed)
    middle = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    shops = {"middle": middle} | {
        split: middle.at(split, rows, tell) for split, rows in settings.rows.items()
    }
    return [
        path
        for own in (settings.seeds if seeds is None else seeds)
        for path in learn_in_turn(
            settings.units, shops, seed_folder(weights, own), seed=own, workers=workers, tell=tell
        )
    ]

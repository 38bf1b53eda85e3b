"""Units at an early and at a late split point of the ladder's backbone: a short ladder at each.

Heads and tails are those of the frozen backbone, cut elsewhere; units are trained as the ladder's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.training import workshop
from models.training.schedule import learn_in_turn
from models.training.unit_recipe import UnitRecipe
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: On which frames.
        rows: How many training frames features are kept of, by split point.
        units: How the units are trained, in this order; each starts from one before it.
    """

    footage: Footage
    rows: Mapping[str, int]
    units: tuple[UnitRecipe, ...]


_LATE = UnitRecipe(
    number=32,
    split="late",
    start=None,
    channels=16,
    width=57,
    worth=8.0,
    likeness=0.2,
    warm_images=100_000,
    images=130_000,
    peak_rate=3e-3,
)
_EARLY = UnitRecipe(
    number=22,
    split="early",
    start=None,
    channels=20,
    stride=4,
    worth=20.0,
    likeness=0.2,
    warm_images=60_000,
    images=80_000,
    peak_rate=3e-3,
)

FULL = Settings(
    footage=workshop.FULL,
    rows={"early": 24_000, "late": 48_000},  # of the early one's features a frame takes 0.2 MB
    units=(
        _LATE,
        UnitRecipe(
            number=33, split="late", start=32, channels=16, width=57, worth=25.0, images=100_000
        ),
        UnitRecipe(
            number=31, split="late", start=32, channels=12, width=57, worth=2.0, images=80_000
        ),
        _EARLY,
        UnitRecipe(
            number=21, split="early", start=22, channels=16, stride=4, worth=6.0, images=40_000
        ),
    ),
)
"""The schedule of the shipped units.

The search's short trials favour few channels and a high lambda; at this budget the ladder's many
channels and low lambdas are better by far (docs/unit-search.md). Widths at the late point are those
of the search's best design there.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    rows={"early": 32, "late": 32},
    units=(
        replace(_LATE, channels=4, images=32, warm_images=32, batch=16, keep_every=2),
        replace(_EARLY, channels=4, images=32, warm_images=32, batch=16, keep_every=2),
        replace(
            _EARLY,
            number=21,
            start=22,
            channels=2,
            worth=6.0,
            images=32,
            warm_images=0,
            batch=16,
            keep_every=2,
        ),
    ),
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
    """Train the units of other split points, and write each beside the backbone when it is done.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order, the noise and the first weights.
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
    shops = {split: middle.at(split, rows, tell) for split, rows in settings.rows.items()}
    return learn_in_turn(settings.units, shops, weights, seed=seed, workers=workers, tell=tell)

"""The whole training of the CR+BQ units of a backbone: ``splitcast units train --only crbq``.

Frames and cached features are those of the ladder's own training, taken up where they are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.baselines import reduced_file
from models.ladder import load_unit
from models.training import workshop
from models.training.reduced import ReducedRecipe, train_reduced
from models.training.selection import evaluate_unit, told
from models.training.team import Member, together
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained: on which frames, and how each unit, in this order."""

    footage: Footage
    units: tuple[ReducedRecipe, ...]


_PASS = workshop.FULL.training.frames  # one pass over the training frames

FULL = Settings(
    footage=workshop.FULL,
    units=(
        ReducedRecipe(
            channels=24, bits=8, start=None, likeness=0.5, warm_images=250_000, images=130_000
        ),
        ReducedRecipe(channels=48, bits=2, start="unit-6", likeness=0.5, images=_PASS),
        ReducedRecipe(channels=24, bits=3, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=24, bits=2, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=7, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=6, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=5, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=4, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=20, bits=1, start="unit-4", images=_PASS),
        ReducedRecipe(channels=12, bits=2, start="unit-4", images=_PASS),
        ReducedRecipe(channels=6, bits=2, start="unit-3", images=_PASS),
    ),
)
"""The schedule of the shipped CR+BQ units.

The one of 8 bits, from nothing, has the budget of the ladder's first unit. Each of the others has
the whole budget of the bottleneck unit it starts from, and one pass over the training frames more.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    units=(
        ReducedRecipe(
            channels=6, bits=4, start=None, images=0, warm_images=480, batch=16, keep_every=6
        ),
        ReducedRecipe(channels=3, bits=1, start="unit-2", images=80, batch=16, keep_every=5),
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
    """Train the CR+BQ units of a backbone, and write each beside it when it is done.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order and the first weights.
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
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    written = []
    for unit in settings.units:
        task = partial(_learn, shop=shop, recipe=replace(unit, seed=seed))
        together(task, workers, tell=tell)
        written.append(weights / f"crbq-{unit.channels}c-{unit.bits}b.safetensors")
    return written


def _learn(member: Member, *, shop: Workshop, recipe: ReducedRecipe, tell: Tell) -> None:
    start = recipe.start
    wider = load_unit(shop.weights / f"{start}.safetensors", shop.digest) if start else None
    unit = train_reduced(
        shop.work, recipe, shop.backbone, shop.features, wider=wider, member=member, tell=tell
    )
    if member.rank:
        return
    selection = evaluate_unit(unit, shop.backbone, shop.selection)
    tell(told(unit.name, selection))
    about = {
        "seed": recipe.seed,
        "images": recipe.images,
        "warm_images": recipe.warm_images,
        "start": recipe.start or "nothing",
        "selection": selection,
    }
    reduced_file.save(shop.weights, unit, about, backbone=shop.digest)

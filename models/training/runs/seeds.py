"""The units around the headline figure, trained again from several seeds on one frozen backbone.

One schedule, shorter than the ladder's own, is run whole with each seed of order, noise and first
weights. Frames and cached features are those of the ladder's training, the same for every seed.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.ladder import load_unit, save_unit
from models.runs import seed_folder
from models.training import workshop
from models.training.runs import ladder
from models.training.team import Member, together
from models.training.units import UnitRecipe, evaluate_unit, train_unit
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from models.units.bottleneck import BottleneckUnit

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "learn", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: On which frames.
        units: How the units are trained, in this order; a seed takes the place of theirs.
        seeds: Of order, noise and first weights.
    """

    footage: Footage
    units: tuple[UnitRecipe, ...]
    seeds: tuple[int, ...] = (1, 2, 3)


FULL = Settings(
    footage=workshop.FULL,
    units=(
        UnitRecipe(
            number=5,
            start=None,
            channels=24,
            worth=80.0,
            likeness=0.2,
            warm_images=100_000,
            images=40_000,
        ),
        UnitRecipe(number=4, start=5, channels=20, worth=20.0, images=40_000),
        UnitRecipe(number=3, start=4, channels=16, worth=6.0, images=40_000),
    ),
)
"""The schedule of the shipped seeds: about 10 minutes a seed on one thread."""

QUICK = Settings(
    footage=workshop.QUICK,
    units=tuple(replace(unit, warm_images=unit.warm_images // 4) for unit in ladder.QUICK.units),
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
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    written = []
    for own in settings.seeds if seeds is None else seeds:
        for unit in settings.units:
            out = seed_folder(weights, own)
            higher = None
            if unit.start is not None:
                higher = load_unit(out / f"unit-{unit.start}.safetensors", shop.digest)
            start = higher.name if higher else "nothing"
            recipe = replace(unit, seed=own)
            task = partial(learn, shop=shop, out=out, recipe=recipe, higher=higher, start=start)
            together(task, workers, tell=tell)
            written.append(out / f"unit-{unit.number}.safetensors")
    return written


def learn(
    member: Member,
    *,
    shop: Workshop,
    out: Path,
    recipe: UnitRecipe,
    higher: BottleneckUnit | None,
    start: str,
    tell: Tell,
) -> None:
    """Train a unit on a workshop's features, and write it to a folder of a run's own.

    Args:
        member: This process's place in the team that trains it.
        shop: Backbone, frames and features.
        out: The folder.
        recipe: How to train.
        higher: The unit to start from.
        start: What the file is to say about that.
        tell: Called with a line of progress.
    """
    checkpoints = shop.work / out.parent.name / out.name
    checkpoints.mkdir(parents=True, exist_ok=True)
    unit = train_unit(
        checkpoints, recipe, shop.backbone, shop.features, higher=higher, member=member, tell=tell
    )
    if member.rank:
        return
    selection = evaluate_unit(unit, shop.backbone, shop.selection, split=recipe.split)
    said = ", ".join(f"{name} {value:.4g}" for name, value in selection.items())
    tell(f"seed {recipe.seed}, {unit.name} on the selection split: {said}")
    about = {
        "seed": recipe.seed,
        "images": recipe.images,
        "warm_images": recipe.warm_images,
        "start": start,
        "worth": recipe.worth,
        "selection": selection,
    }
    out.mkdir(parents=True, exist_ok=True)
    save_unit(out, unit, about, backbone=shop.digest)

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
from models.units.bottleneck import BottleneckUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "learn", "train"]


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
    written = []
    for own in settings.seeds if seeds is None else seeds:
        out, trained = seed_folder(weights, own), dict[int, BottleneckUnit]()
        for unit in settings.units:
            higher = trained[unit.start] if unit.start is not None else None
            task = partial(
                learn,
                shop=shops[unit.split],
                out=out,
                recipe=replace(unit, seed=own),
                higher=higher,
                start=higher.name if higher else "nothing",
            )
            together(task, workers, tell=tell)
            written.append(out / f"{unit.name}.safetensors")
            trained[unit.number] = load_unit(written[-1], middle.digest, split=unit.split)
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

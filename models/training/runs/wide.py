"""A wider backbone with the units around the headline figure: does width change what they save?

backbone -> widened, with the same answers -> trained on -> cached features --+
units of one seed -> widened, with the same symbols ----------------------------+-> trained on
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models import ladder
from models.ladder import halved
from models.runs import seed_folder, wide_folder
from models.training import workshop
from models.training.backbone import BackboneRecipe, train_backbone
from models.training.runs import seeds
from models.training.runs.ladder import QUICK as LADDER_QUICK
from models.training.schedule import learn
from models.training.selection import evaluate, told
from models.training.team import Member, together
from models.training.widening import widened, widened_unit
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.training.unit_recipe import UnitRecipe

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: On which frames.
        width: How many times as wide the backbone becomes.
        backbone: How it is trained on after widening.
        rows: Training frames whose features are cached for its units.
        units: How its units are trained on, each from the one of its number.
    """

    footage: Footage
    width: float
    backbone: BackboneRecipe
    rows: int
    units: tuple[UnitRecipe, ...]


FULL = Settings(
    footage=workshop.FULL,
    width=1.25,
    backbone=BackboneRecipe(seed=1, images=40_000, peak_rate=2e-4),
    rows=16_000,
    units=tuple(
        replace(unit, start=unit.number, images=16_000, warm_images=0, peak_rate=1.5e-3)
        for unit in seeds.FULL.units
    ),
)
"""The schedule of the shipped weights.

Nothing here is trained from nothing. The backbone sees 40,000 pictures on top of the 260,000 that
the narrow one saw, which also goes on teaching; each unit sees 16,000 on top of all that the same
unit of seed 1 saw.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    width=1.25,
    backbone=replace(LADDER_QUICK.backbone, images=64, peak_rate=6e-4),
    rows=96,
    units=tuple(
        replace(unit, start=unit.number, images=16, warm_images=0) for unit in seeds.QUICK.units
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
    """Widen the backbone of a folder and the units of its first seed, and train them on; resumable.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it, with seeds' units beside it.
        seed: Of the frames, as in the ladder's training, and of all that is drawn here.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The files written.

    Raises:
        InputError: The backbone or a unit of the first seed is missing, or damaged.
    """
    out = wide_folder(weights)
    work = work or weights.with_name(f".{weights.name}.work")
    footage = settings.footage.seeded(seed)
    narrow = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    first = seed_folder(weights, seeds.FULL.seeds[0])
    units = [
        ladder.load_unit(first / f"{unit.name}.safetensors", narrow.digest, split=unit.split)
        for unit in settings.units
    ]
    backbone = replace(settings.backbone, seed=seed)
    task = partial(_learn, shop=narrow, out=out, recipe=backbone, width=settings.width)
    together(task, workers, tell=tell)
    middle = Workshop.furnished(
        out, footage, work=work, shelf=f"{out.name}-features", rows=settings.rows, tell=tell
    )
    elsewhere = {unit.split for unit in settings.units} - {middle.split}
    shops = {"middle": middle} | {
        split: middle.at(split, settings.rows, tell) for split in elsewhere
    }
    for recipe, unit in zip(settings.units, units, strict=True):
        task = partial(
            learn,
            shop=shops[recipe.split],
            out=out,
            recipe=replace(recipe, seed=seed),
            higher=widened_unit(unit, settings.width, seed=seed, split=recipe.split),
            start=f"{first.name}/{unit.name}, widened",
        )
        together(task, workers, tell=tell)
    names = ("backbone", *(unit.name for unit in settings.units))
    return [out / f"{name}.safetensors" for name in names]


def _learn(
    member: Member, *, shop: Workshop, out: Path, recipe: BackboneRecipe, width: float, tell: Tell
) -> None:
    """Write the wide backbone, trained on; a finished run writes the same file again."""
    checkpoints = shop.work / out.name
    checkpoints.mkdir(parents=True, exist_ok=True)
    network = train_backbone(
        checkpoints,
        recipe,
        shop.training,
        start=widened(shop.backbone, width, seed=recipe.seed),
        teacher=shop.backbone,
        member=member,
        tell=tell,
    )
    if member.rank:
        return
    halved(network)
    selection = evaluate(network, shop.selection)
    tell(told("wide backbone", selection))
    about = {
        "seed": recipe.seed,
        "images": recipe.images,
        "start": f"the backbone {shop.digest}, widened",
        "selection": selection,
    }
    out.mkdir(parents=True, exist_ok=True)
    ladder.save(out, network, about)

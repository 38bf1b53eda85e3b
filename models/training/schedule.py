"""Schedules of units: one trained after the other on cached features, each written when done."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from models.ladder import load_unit, save_unit
from models.training.selection import evaluate_unit, told
from models.training.team import Member, together
from models.training.units import train_unit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from models.training.unit_recipe import UnitRecipe
    from models.training.workshop import Workshop
    from models.units.bottleneck import BottleneckUnit

    Tell = Callable[[str], None]

__all__ = ["learn", "learn_in_turn"]


def learn_in_turn(
    units: Sequence[UnitRecipe],
    shops: Mapping[str, Workshop],
    out: Path,
    *,
    seed: int,
    workers: int,
    tell: Tell,
) -> list[Path]:
    """Train units in their order, each from nothing or from one before it.

    Args:
        units: How each is trained.
        shops: Backbone, frames and features by split point.
        out: The folder that the units are written to.
        seed: Takes the place of the recipes' seeds.
        workers: One-thread processes that train together.
        tell: Called with a line of progress.

    Returns:
        The files written.
    """
    written: dict[int, Path] = {}
    for recipe in units:
        shop = shops[recipe.split]
        higher = None
        if recipe.start is not None:
            higher = load_unit(written[recipe.start], shop.digest, split=recipe.split)
        task = partial(
            learn,
            shop=shop,
            out=out,
            recipe=replace(recipe, seed=seed),
            higher=higher,
            start=higher.name if higher else "nothing",
        )
        together(task, workers, tell=tell)
        written[recipe.number] = out / f"{recipe.name}.safetensors"
    return [*written.values()]


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
    """Train a unit on a workshop's features, and write it to a folder.

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
    tell(told(f"seed {recipe.seed}, {unit.name}", selection))
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

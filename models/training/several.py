"""Units of several rates: trained at all of them at once, scored at each, kept in one file."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Protocol, TypeVar

from models.ladder import halved, load_unit
from models.training.course import Course, Recipe
from models.training.loop import go
from models.training.selection import evaluate_points, told
from models.units import several_file
from models.units.continuous import ContinuousUnit
from models.units.layered import LayeredUnit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor

    from models.training.cache import CachedBatch, FeatureSet
    from models.training.selection import Point
    from models.training.team import Member
    from models.training.workshop import Workshop

    Tell = Callable[[str], None]

__all__ = ["learn_several", "train_several"]

_FAST = ("gain", "inverse", "density.")
_PACE = 4.0  # gains and priors follow this much faster than the rest

Unit = TypeVar("Unit", ContinuousUnit, LayeredUnit)


class _Started(Recipe, Protocol):
    """A recipe of what goes on from a unit of the ladder."""

    @property
    def start(self) -> str:
        """That unit's name."""


def train_several(
    folder: Path,
    unit: ContinuousUnit | LayeredUnit,
    recipe: Recipe,
    features: FeatureSet,
    *,
    loss: Callable[[CachedBatch, int], tuple[Tensor, float]],
    member: Member,
    tell: Tell,
) -> None:
    """Train a unit in place, and round it to what its file holds; it is not sealed yet.

    Args:
        folder: Where the checkpoint lies.
        unit: What is trained, started.
        recipe: How to train.
        features: What the head makes of the training frames.
        loss: Of a batch at a step: the loss, and the rate in bytes.
        member: This process's place in the team that trains the unit.
        tell: Called with a line of progress.
    """
    rest: list[Tensor] = []
    fast: list[Tensor] = []
    for name, value in unit.named_parameters():
        (fast if name.startswith(_FAST) else rest).append(value)
    path = folder / f"{unit.name}.safetensors"
    course = Course.of(recipe, path, name=unit.name, figure="rate {:.0f} B")
    go(course, unit, {1.0: rest, _PACE: fast}, features, loss, member=member, tell=tell)
    halved(unit).eval()


def learn_several(
    member: Member,
    *,
    shop: Workshop,
    recipe: _Started,
    train: Callable[..., Unit],
    points: Callable[[Unit], Mapping[str, Point]],
    tell: Tell,
) -> None:
    """Train a unit, and write it beside the backbone with its scores on the selection split.

    Args:
        member: This process's place in the team that trains it.
        shop: Backbone, frames and features.
        recipe: How to train.
        train: Trains the unit, sealed, from the ladder's unit that the recipe names.
        points: Returns what of it codes features, by the name of the rate.
        tell: Called with a line of progress.
    """
    top = load_unit(shop.weights / f"{recipe.start}.safetensors", shop.digest)
    unit = train(shop.work, recipe, shop.backbone, shop.features, top=top, member=member, tell=tell)
    if member.rank:
        return
    selection = evaluate_points(points(unit), shop.backbone, shop.selection)
    for name, scores in selection.items():
        tell(told(name, scores))
    about = asdict(recipe) | {"selection": selection}
    several_file.save(shop.weights, unit, about, backbone=shop.digest)

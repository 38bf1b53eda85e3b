"""The whole training of the CR+BQ units of a backbone: ``splitcast units baselines``.

Frames and cached features are those of the ladder's own training, taken up where they are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models.baselines import reduced_file
from models.ladder import load_backbone, load_unit
from models.training import run
from models.training.cache import cached
from models.training.frames import rendered
from models.training.reduced import ReducedRecipe, train_reduced
from models.training.team import Member, gathered
from models.training.units import evaluate_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.training.frames import Recipe

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        training: Which frames are learned from.
        selection: Which frames the scores in the files come from; nothing is learned from them.
        units: How the units are trained, in this order.
    """

    training: Recipe
    selection: Recipe
    units: tuple[ReducedRecipe, ...]

    def seeded(self, seed: int) -> Settings:
        """Return the same settings with another seed everywhere."""
        return replace(
            self,
            training=replace(self.training, seed=seed),
            selection=replace(self.selection, seed=seed),
            units=tuple(replace(unit, seed=seed) for unit in self.units),
        )


_PASS = run.FULL.training.frames  # one pass over the training frames

FULL = Settings(
    training=run.FULL.training,
    selection=run.FULL.selection,
    units=(
        ReducedRecipe(
            channels=24, bits=8, start=None, likeness=0.5, warm_images=250_000, images=130_000
        ),
        ReducedRecipe(channels=48, bits=2, start="unit-6", likeness=0.5, images=_PASS),
        ReducedRecipe(channels=24, bits=2, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=4, start="unit-5", likeness=0.2, images=_PASS),
        ReducedRecipe(channels=12, bits=2, start="unit-4", images=_PASS),
        ReducedRecipe(channels=6, bits=2, start="unit-3", images=_PASS),
    ),
)
"""The schedule of the shipped CR+BQ units.

The one of 8 bits, from nothing, has the budget of the ladder's first unit. Each of the others has
the whole budget of the bottleneck unit it starts from, and one pass over the training frames more.
"""

QUICK = Settings(
    training=run.QUICK.training,
    selection=run.QUICK.selection,
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
        weights: A folder of weights as ``run.train`` wrote it.
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
    work = work or weights.with_name(f".{weights.name}.work")
    settings = settings.seeded(seed)
    backbone, digest, _ = load_backbone(weights)
    for recipe in (settings.selection, settings.training):
        rendered(work / recipe.split, recipe, workers=workers, tell=tell)
    frames = rendered(work / settings.training.split, settings.training)
    cached(work / "features", backbone, frames, digest=digest, tell=tell)
    written = []
    for unit in settings.units:
        task = partial(_learn, weights=weights, work=work, settings=settings, recipe=unit)
        with gathered(partial(task, tell=_quiet), workers) as member:
            task(member, tell=tell)
        written.append(weights / f"crbq-{unit.channels}c-{unit.bits}b.safetensors")
    return written


def _quiet(_line: str) -> None:
    """Say nothing: only a team's first member tells of progress."""


def _learn(
    member: Member,
    *,
    weights: Path,
    work: Path,
    settings: Settings,
    recipe: ReducedRecipe,
    tell: Tell,
) -> None:
    backbone, digest, _ = load_backbone(weights)
    frames = rendered(work / settings.training.split, settings.training)
    features = cached(work / "features", backbone, frames, digest=digest)
    start = recipe.start
    wider = load_unit(weights / f"{start}.safetensors", digest) if start else None
    unit = train_reduced(work, recipe, backbone, features, wider=wider, member=member, tell=tell)
    if member.rank:
        return
    selection = evaluate_unit(
        unit, backbone, rendered(work / settings.selection.split, settings.selection)
    )
    said = ", ".join(f"{name} {value:.4g}" for name, value in selection.items())
    tell(f"{unit.name} on the selection split: {said}")
    about = {
        "seed": recipe.seed,
        "images": recipe.images,
        "warm_images": recipe.warm_images,
        "start": recipe.start or "nothing",
        "selection": selection,
    }
    reduced_file.save(weights, unit, about, backbone=digest)

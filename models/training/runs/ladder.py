"""The whole training, from a seed to a folder of weights; a killed run goes on where it was.

frames -> backbone -> cached features -> units, from the highest rate -> backbone, unit-1 ...
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from models import ladder
from models.ladder import TrainedLadder, halved
from models.training import weights_folder, workshop
from models.training.backbone import BackboneRecipe, train_backbone
from models.training.cache import cached
from models.training.frames import FrameSet, rendered
from models.training.selection import evaluate, evaluate_unit, told
from models.training.team import Member, together
from models.training.unit_recipe import UnitRecipe
from models.training.units import train_unit

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.training.workshop import Footage
    from models.units.bottleneck import BottleneckUnit

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: Which frames.
        backbone: How the backbone is trained.
        units: How the units are trained, in this order; a later one of the same number replaces.
    """

    footage: Footage
    backbone: BackboneRecipe
    units: tuple[UnitRecipe, ...]

    def seeded(self, seed: int) -> Settings:
        """Return the same settings with another seed everywhere."""
        return replace(
            self,
            footage=self.footage.seeded(seed),
            backbone=replace(self.backbone, seed=seed),
            units=tuple(replace(unit, seed=seed) for unit in self.units),
        )


FULL = Settings(
    footage=workshop.FULL,
    backbone=BackboneRecipe(seed=1, images=260_000),
    units=(
        UnitRecipe(
            number=6,
            start=None,
            channels=24,
            worth=300.0,
            likeness=0.5,
            warm_images=250_000,
            images=130_000,
        ),
        UnitRecipe(number=5, start=6, channels=24, worth=80.0, likeness=0.2, images=110_000),
        UnitRecipe(number=4, start=5, channels=20, worth=20.0, images=120_000),
        UnitRecipe(number=3, start=4, channels=16, worth=6.0, images=130_000),
        UnitRecipe(number=2, start=3, channels=12, worth=1.2, images=150_000),
        UnitRecipe(number=1, start=2, channels=12, worth=0.2, images=170_000),
        # The first unit-6 was no better than unit-5: a wider one takes its place.
        UnitRecipe(
            number=6,
            start=None,
            channels=48,
            worth=900.0,
            likeness=0.5,
            warm_images=200_000,
            images=130_000,
        ),
    ),
)
"""The schedule of the shipped weights.

A rebuild comes close to them, not to the same bits: the first 2750 of the backbone's 4062 steps
followed a learning rate laid out for 380,000 images, before its schedule was cut to this one.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    backbone=BackboneRecipe(seed=1, images=480, batch=16, averaging=0.9, keep_every=6),
    units=(
        UnitRecipe(
            number=2,
            start=None,
            channels=6,
            worth=30.0,
            images=0,
            warm_images=480,
            batch=16,
            keep_every=6,
        ),
        UnitRecipe(number=1, start=2, channels=4, worth=1.0, images=160, batch=16, keep_every=5),
    ),
)
"""A look at the machinery in seconds; the weights are good for nothing."""


def train(
    out: Path,
    *,
    seed: int = 1,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 2,
    tell: Tell = lambda _line: None,
) -> TrainedLadder:
    """Train a backbone and its ladder, and write them to a folder that appears when all is done.

    The same seed, settings and number of workers give the same weights on the same machine.

    Args:
        out: The folder of weights to write; weights of ours that are there are replaced at the end.
        seed: Of the data, the order, the noise and the first weights.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``out``.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The ladder as read back from ``out``.

    Raises:
        InputError: ``out`` holds something else, or cannot be written.
    """
    weights_folder.refuse_foreign(out)
    work = work or out.with_name(f".{out.name}.work")
    settings = settings.seeded(seed)
    for frames in (settings.footage.selection, settings.footage.training):
        rendered(work / frames.split, frames, workers=workers, tell=tell)
    job = partial(_learn_backbone, work=work, settings=settings)
    together(job, workers, tell=tell)
    backbone, digest, _ = ladder.load_backbone(work / "weights")
    cached(work / "features", backbone, _frames(work, settings), digest=digest, tell=tell)
    for recipe in settings.units:
        task = partial(_learn_unit, work=work, settings=settings, recipe=recipe)
        together(task, workers, tell=tell)
    trained = work / "weights"
    units = sorted({f"unit-{recipe.number}" for recipe in settings.units})
    weights_folder.put(
        out,
        trained / "backbone.safetensors",
        [trained / f"{name}.safetensors" for name in units],
    )
    return ladder.load(out)


def _frames(work: Path, settings: Settings) -> FrameSet:
    return rendered(work / "training", settings.footage.training)


def _learn_backbone(member: Member, *, work: Path, settings: Settings, tell: Tell) -> None:
    frames = _frames(work, settings)
    network = train_backbone(work, settings.backbone, frames, member=member, tell=tell)
    if member.rank == 0:
        halved(network.fold())
        selection = evaluate(network, rendered(work / "selection", settings.footage.selection))
        tell(told("backbone", selection))
        about = {
            "seed": settings.backbone.seed,
            "images": settings.backbone.images,
            "selection": selection,
        }
        ladder.save(work / "weights", network, about)


def _learn_unit(
    member: Member, *, work: Path, settings: Settings, recipe: UnitRecipe, tell: Tell
) -> None:
    backbone, digest, _ = ladder.load_backbone(work / "weights")
    features = cached(work / "features", backbone, _frames(work, settings), digest=digest)
    higher: BottleneckUnit | None = None
    if recipe.start is not None:
        path = work / "weights" / f"unit-{recipe.start}.safetensors"
        higher = ladder.load_unit(path, digest)
    unit = train_unit(work, recipe, backbone, features, higher=higher, member=member, tell=tell)
    if member.rank == 0:
        frames = rendered(work / "selection", settings.footage.selection)
        selection = evaluate_unit(unit, backbone, frames)
        tell(told(unit.name, selection))
        about = {
            "seed": recipe.seed,
            "images": recipe.images,
            "worth": recipe.worth,
            "selection": selection,
        }
        ladder.save_unit(work / "weights", unit, about, backbone=digest)

"""One trial of the search: a design trained at the budget that all have, then coded and scored."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import torch

from models.scoring import TASKS
from models.search.record import Outcome
from models.split import SPLITS, cut
from models.subjects.bottleneck import Bottleneck
from models.subjects.subject import Shown
from models.training.selection import Answer, means
from models.training.unit_recipe import UnitRecipe
from models.training.units import train_unit
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    from models.search.sampling import Design
    from models.training.cache import FeatureSet
    from models.training.workshop import Workshop
    from models.units.bottleneck import BottleneckUnit
    from models.units.shape import UnitShape

    Tell = Callable[[str], None]

__all__ = ["Budget", "DesignRecipe", "features_of", "tried"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What every design is given alike.

    Attributes:
        images: Showings with the task loss, through the frozen rest of the network.
        warm_images: Showings before that with only the feature distance.
        frames: How many of the training frames are used.
        selection: How many frames of the selection split it is scored on.
        batch: Frames a step.
        keep_every: Steps between checkpoints.
    """

    images: int
    warm_images: int
    frames: int
    selection: int
    batch: int = 48
    keep_every: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class DesignRecipe(UnitRecipe):
    """How a design is trained.

    Attributes:
        title: What the unit is called.
        design: The design.
        rated: Whether the estimated rate is part of the loss.
    """

    title: str
    design: Design
    rated: bool = True

    @classmethod
    def of(
        cls,
        title: str,
        design: Design,
        budget: Budget,
        *,
        number: int = 1,
        seed: int = 1,
        truth: float = 0.2,
        rated: bool = True,
    ) -> DesignRecipe:
        """Return how a design is trained from nothing at a budget."""
        return cls(
            title=title,
            design=design,
            split=design.split,
            stride=design.stride,
            width=design.width,
            number=number,
            channels=design.channels,
            worth=design.worth,
            start=None,
            images=budget.images,
            warm_images=budget.warm_images,
            likeness=0.2,
            truth=truth,
            seed=seed,
            batch=budget.batch,
            peak_rate=3e-3,
            keep_every=budget.keep_every,
            rated=rated,
        )

    @property
    def name(self) -> str:
        """The unit's name."""
        return self.title

    @property
    def shape(self) -> UnitShape:
        """The unit's size."""
        return self.design.shape

    @property
    def thrift(self) -> float:
        """Weight of the estimated rate within the loss."""
        return 1.0 if self.rated else 0.0


def features_of(
    shop: Workshop, split: str, frames: int, tell: Tell = lambda _line: None
) -> FeatureSet:
    """Return what a split point's head makes of the first training frames."""
    if split == shop.split:
        return shop.features.first(frames)
    return shop.at(split, frames, tell).features


def learned(
    shop: Workshop, recipe: DesignRecipe, budget: Budget, tell: Tell = lambda _line: None
) -> BottleneckUnit:
    """Return a design's trained unit, going on from a checkpoint where there is one."""
    features = features_of(shop, recipe.split, budget.frames, tell)
    folder = shop.work / "search"
    folder.mkdir(parents=True, exist_ok=True)
    return train_unit(folder, recipe, shop.backbone, features, tell=tell)


def judged(shop: Workshop, recipe: DesignRecipe, unit: BottleneckUnit, frames: int) -> Outcome:
    """Return a sealed unit's real bytes and scores on the first frames of the selection split."""
    head, tail = cut(shop.backbone, after=SPLITS[recipe.split].after)
    if unit.tables is None:
        raise ValueError("a unit must be sealed before it is judged")
    subject = Bottleneck(
        unit=unit,
        tables=unit.tables,
        head=head,
        feature_shape=unit.shape.features,
        digest="",
        costs={},
        load=lambda: None,
        tail=tail,
    )

    def coded(images: NDArray[np.uint8]) -> dict[str, Answer]:
        found = subject.code(Shown(images=images, features=torch.empty(0)))
        return {unit.name: Answer(tail(found.features), {"payload_bytes": found.payload_bytes})}

    marks = means(coded, shop.selection, rows=frames)[unit.name]
    return Outcome(
        name=recipe.name,
        design=recipe.design,
        truth=recipe.truth,
        images=recipe.images,
        warm_images=recipe.warm_images,
        rated=recipe.rated,
        payload_bytes=round(marks["payload_bytes"], 1),
        scores={task: round(marks[task], 4) for task in TASKS},
    )


def tried(
    shop: Workshop, recipe: DesignRecipe, budget: Budget, tell: Tell = lambda _line: None
) -> Outcome:
    """Return what became of a design, from an earlier run where that tried the very same."""
    file = shop.work / "search" / f"{recipe.name}.json"
    same = json.dumps([shop.digest, asdict(recipe), asdict(budget), asdict(shop.footage)])
    if file.exists():
        kept = json.loads(file.read_text())
        if kept["same"] == same:
            return Outcome.read(kept["outcome"])
    outcome = judged(shop, recipe, learned(shop, recipe, budget, tell), budget.selection)
    marks = ", ".join(f"{task} {value:.3f}" for task, value in outcome.scores.items())
    tell(f"{outcome.name}: {outcome.payload_bytes:.0f} B, {marks}")
    write_atomically(file, json.dumps({"same": same, "outcome": asdict(outcome)}))
    return outcome

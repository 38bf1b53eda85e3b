"""The whole search on a trained backbone: ``splitcast units train DIR --only search``.

designs -> short trials at three split points -> Pareto set -> best early and late ones, longer
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch

from models.search.record import FILE, Found, Outcome, best
from models.search.sampling import Design, designs
from models.search.trial import Budget, DesignRecipe, features_of, tried
from models.split import SPLITS
from models.training import workshop
from models.training.workshop import Footage, Workshop
from simulator.foundation.processes import pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is searched.

    Attributes:
        footage: Which frames.
        trials: Designs at each split point.
        budget: Of each trial.
        longer: Of the best design at a split point, where the ladder does not stand.
        most_bytes: What a frame of the best design may take.
        compared: The design that is trained in several ways.
    """

    footage: Footage
    trials: int
    budget: Budget
    longer: Mapping[str, Budget]
    most_bytes: float
    compared: Design

    def recipes(self, seed: int) -> tuple[DesignRecipe, ...]:
        """Return the trials of all split points."""
        return tuple(
            DesignRecipe.of(f"trial-{split}-{k}", design, self.budget, seed=seed)
            for split in SPLITS
            for k, design in enumerate(designs(seed, split, self.trials), start=1)
        )

    def best(self, trials: Sequence[Outcome], seed: int) -> Iterator[tuple[DesignRecipe, Budget]]:
        """Return how the best designs of the trials are trained longer."""
        for split, budget in self.longer.items():
            design = best(trials, split, self.most_bytes).design
            number = SPLITS[split].first_on_wire
            title = f"longer-{split}"
            yield DesignRecipe.of(title, design, budget, number=number, seed=seed), budget

    def modes(self, seed: int) -> tuple[DesignRecipe, ...]:
        """Return one design's trainings: with labels, without, by features only, without a rate."""
        whole = self.budget.images + self.budget.warm_images
        apart = Budget(
            images=0,
            warm_images=whole,
            frames=self.budget.frames,
            selection=self.budget.selection,
            batch=self.budget.batch,
            keep_every=self.budget.keep_every,
        )
        make = partial(DesignRecipe.of, design=self.compared, seed=seed)
        return (
            make("mode-labels", budget=self.budget),
            make("mode-distillation", budget=self.budget, truth=0.0),
            make("mode-features", budget=apart, truth=0.0),
            make("mode-unrated", budget=self.budget, rated=False),
        )


FULL = Settings(
    footage=workshop.FULL,
    trials=6,
    budget=Budget(images=3_840, warm_images=7_200, frames=12_000, selection=1_000),
    longer={
        "early": Budget(images=28_800, warm_images=24_000, frames=12_000, selection=3_000),
        "late": Budget(
            images=130_000, warm_images=100_000, frames=48_000, selection=3_000, keep_every=200
        ),
    },
    most_bytes=500.0,
    compared=Design(split="middle", channels=16, stride=2, width=64, step=1.0, worth=20.0),
)
"""The search behind the shipped record."""

QUICK = Settings(
    footage=workshop.QUICK,
    trials=2,
    budget=Budget(images=16, warm_images=16, frames=32, selection=4, batch=8, keep_every=2),
    longer=dict.fromkeys(
        ("early", "late"),
        Budget(images=16, warm_images=32, frames=32, selection=4, batch=8, keep_every=2),
    ),
    most_bytes=1000.0,
    compared=Design(split="middle", channels=4, stride=4, width=16, step=1.0, worth=20.0),
)
"""A look at the machinery in seconds; what it finds means nothing."""


def train(
    weights: Path,
    *,
    seed: int = 1,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 1,
    tell: Tell = lambda _line: None,
) -> Found:
    """Search for units on a trained backbone; a killed search goes on where it was.

    Writes the record beside the backbone; the units that it tries are not kept.

    Args:
        weights: A folder of weights as ``splitcast units train`` wrote it.
        seed: Of the designs, the order, the noise and the first weights.
        settings: How much is searched.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``.
        workers: Trials at a time, one thread each.
        tell: Called with a line of progress.

    Raises:
        InputError: There is no backbone in the folder, or it is damaged.
    """
    shop = Workshop.furnished(weights, settings.footage, work=work, workers=workers, tell=tell)
    for split in SPLITS:
        features_of(shop, split, settings.budget.frames, tell)
    trials = _all(
        shop, [(recipe, settings.budget) for recipe in settings.recipes(seed)], workers, tell
    )
    modes = _all(
        shop, [(recipe, settings.budget) for recipe in settings.modes(seed)], workers, tell
    )
    longer = _all(shop, [*settings.best(trials, seed)], workers, tell)
    found = Found(
        backbone=shop.digest,
        frames=settings.budget.frames,
        selection=settings.budget.selection,
        most_bytes=settings.most_bytes,
        trials=trials,
        modes=modes,
        longer=longer,
    )
    found.write(weights / FILE)
    return found


def _all(
    shop: Workshop, jobs: Sequence[tuple[DesignRecipe, Budget]], workers: int, tell: Tell
) -> tuple[Outcome, ...]:
    if workers == 1:
        return tuple(tried(shop, recipe, budget, tell) for recipe, budget in jobs)
    with pool(workers, _start, "the search") as trying:
        outcomes = []
        for outcome in trying.map(partial(tried, shop), *zip(*jobs, strict=True)):
            tell(f"{outcome.name}: {outcome.payload_bytes:.0f} B, {outcome.mean_score:.3f}")
            outcomes.append(outcome)
    return tuple(outcomes)


def _start() -> None:
    torch.set_num_threads(1)

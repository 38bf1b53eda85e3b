"""The loop of training on features or frames: keyed batches, rates, checkpoints, progress."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

import numpy as np
import torch

from models.training.backbone import learning_rate
from models.training.batches import batch_rows
from models.training.checkpoint import keep, restore
from models.training.team import ALONE, Member

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from models.training.course import Course

__all__ = ["Rows", "Showable", "go"]

Batch = TypeVar("Batch")
Taken_co = TypeVar("Taken_co", covariant=True)


class Showable(Protocol, Generic[Taken_co]):
    """What batches are taken from: cached features, or anything else with rows."""

    def __len__(self) -> int:
        """Return the number of rows."""

    def take(self, rows: NDArray[np.int64]) -> Taken_co:
        """Return what these rows hold."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows alone, for a loss that reads what it needs by itself.

    Attributes:
        total: How many there are.
    """

    total: int

    def __len__(self) -> int:
        """Return the number of rows."""
        return self.total

    def take(self, rows: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the rows."""
        return rows


def go(
    course: Course,
    unit: nn.Module,
    parameters: Mapping[float, list[Tensor]],
    shown: Showable[Batch],
    loss: Callable[[Batch, int], tuple[Tensor, float]],
    *,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Train a unit in place, going on from a checkpoint of the same run where there is one.

    Args:
        course: The way through the frames.
        unit: What is trained.
        parameters: Its parameters by the multiple of the learning rate that they follow.
        shown: What it learns from.
        loss: Of a batch at a step: the loss, and a figure for the progress.
        member: This process's place in the team that trains the unit.
        tell: Called with a line of progress.
    """
    recipe = course.recipe
    optimiser = torch.optim.Adam([{"params": group} for group in parameters.values()])
    parts = {"unit": unit}
    done = restore(course.path, run=course.run, parts=parts, optimiser=optimiser)
    began, losses, figures = time.monotonic(), [0.0], [0.0]
    unit.train()
    for step in range(done, recipe.steps):
        rows = batch_rows(
            seed=recipe.seed,
            purpose=course.name,
            step=step,
            size=recipe.batch,
            total=len(shown),
        )
        pace = learning_rate(step, recipe.steps, recipe.peak_rate)
        for group, times in zip(optimiser.param_groups, parameters, strict=True):
            group["lr"] = times * pace
        found, figure = loss(shown.take(member.share(rows)), step)
        optimiser.zero_grad()
        found.backward()  # type: ignore[no-untyped-call]
        member.agree(unit)
        torch.nn.utils.clip_grad_norm_(unit.parameters(), 5.0)
        optimiser.step()
        losses.append(found.item())
        figures.append(figure)
        if (step + 1) % recipe.keep_every == 0 or step + 1 == recipe.steps:
            if member.rank == 0:
                keep(course.path, run=course.run, step=step + 1, parts=parts, optimiser=optimiser)
            seconds = (time.monotonic() - began) / (step + 1 - done)
            recent = slice(-recipe.keep_every, None)
            tell(
                f"{course.name} {step + 1}/{recipe.steps} loss {np.mean(losses[recent]):.4f} "
                f"{course.figure.format(np.mean(figures[recent]))} "
                f"{recipe.batch / seconds:.0f} images/s "
                f"ETA {(recipe.steps - step - 1) * seconds / 60:.1f} min"
            )

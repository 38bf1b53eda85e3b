"""The loss of a part of a batch, where parts of one batch learn for different rates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from models.backbone import Outputs
from models.training.cache import CachedBatch
from models.training.tasks import task_loss

if TYPE_CHECKING:
    from torch import Tensor

__all__ = ["Weights", "part_loss"]

_BITS_IN_RATE = 1000.0  # the rate term counts kilobits a frame


class Weights(Protocol):
    """What a recipe says of L_task."""

    @property
    def likeness(self) -> float:
        """Weight of the relative squared feature distance."""

    @property
    def truth(self) -> float:
        """Weight of the cross-entropy with the label."""


def part_loss(
    bits: Tensor,
    out: Outputs,
    after: Tensor,
    batch: CachedBatch,
    *,
    rows: Tensor,
    worth: float,
    recipe: Weights,
) -> Tensor:
    """Return rate + lambda * L_task of some rows, divided by the square root of lambda.

    Where D falls as a power of the rate, both terms at the optimum grow like the root of lambda:
    divided by it, no rate outweighs the others.

    Args:
        bits: Ideal code length of each frame, (n,).
        out: What the tail says of the unit's features.
        after: The unit's features.
        batch: What they were made from, and what the teacher says.
        rows: Which rows of the batch count, bool (n,).
        worth: Their lambda.
        recipe: How L_task is weighed.
    """
    these = CachedBatch(
        batch.features[rows], Outputs(*(value[rows] for value in batch.teacher)), batch.labels[rows]
    )
    answers = Outputs(*(value[rows] for value in out))
    distance = task_loss(answers, after[rows], these, truth=recipe.truth, likeness=recipe.likeness)
    root: float = worth**0.5
    return bits[rows].mean() / _BITS_IN_RATE / root + root * distance

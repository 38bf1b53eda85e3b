"""How one bottleneck unit is trained: its place, its size, its lambda and its budget."""

from __future__ import annotations

from dataclasses import dataclass

from models.split import SPLITS
from models.units.shape import UnitShape

__all__ = ["UnitRecipe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRecipe:
    """How one unit is trained.

    Attributes:
        number: 1 for the lowest rate.
        channels: Its C_r.
        worth: The lambda of L = rate (kbit) + lambda * L_task.
        start: Number of the trained unit it starts from; None for nothing. Its own number to go on.
        images: Showings with the task loss, through the frozen tail.
        warm_images: Showings before that with only the cheap feature distance.
        likeness: Weight of the relative squared feature distance within L_task.
        truth: Weight of the cross-entropy with the label within L_task.
        seed: Of order and noise.
        batch: Frames a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
        split: The split point that it stands at, one of ``models.split.SPLITS``.
        stride: By how much its symbols are coarser than the features there.
        width: Its hidden channels.
    """

    number: int
    channels: int
    worth: float
    start: int | None
    images: int
    warm_images: int = 0
    likeness: float = 0.1
    truth: float = 0.2
    seed: int = 1
    batch: int = 48
    peak_rate: float = 1.5e-3
    keep_every: int = 200
    split: str = "middle"
    stride: int = 2
    width: int = 64

    @property
    def steps(self) -> int:
        """Number of optimiser steps, warm-up included."""
        return (self.images + self.warm_images) // self.batch

    @property
    def name(self) -> str:
        """The unit's name: ``"unit-2"``, or by the split point and the number there.

        Example:
            >>> UnitRecipe(
            ...     number=32, split="late", channels=16, worth=8.0, start=None, images=0
            ... ).name
            'late-2'
        """
        title = "unit" if self.split == "middle" else self.split
        return f"{title}-{self.number - SPLITS[self.split].first_on_wire + 1}"

    @property
    def shape(self) -> UnitShape:
        """The unit's size on a backbone of width 1."""
        return UnitShape(
            features=SPLITS[self.split].features,
            channels=self.channels,
            stride=self.stride,
            width=self.width,
        )

    @property
    def thrift(self) -> float:
        """Weight of the estimated rate within the loss."""
        return 1.0

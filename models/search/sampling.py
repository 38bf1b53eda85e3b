"""Designs of bottleneck units, drawn at random so that few of them cover the whole range.

After Datta et al. (ICPR 2022, arXiv 2208.11596), who sample channels, stride, lambda and step size;
by Latin hypercubes (McKay, Beckman and Conover, "A comparison of three methods for selecting
values of input variables", Technometrics 21, 1979): each part of each range is drawn from once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.split import SPLITS
from models.units.shape import UnitShape
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    import numpy as np

__all__ = ["CHANNELS", "STEPS", "STRIDES", "WIDTHS", "WORTHS", "Design", "designs"]

CHANNELS = (4, 48)
STRIDES = (1, 2, 4, 8)
WIDTHS = (16, 96)
STEPS = (0.5, 2.0)
WORTHS = (3.0, 300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What is chosen of a unit before it is trained.

    Attributes:
        split: The split point, one of ``models.split.SPLITS``.
        channels: C_r: channels of its symbols.
        stride: By how much its symbols are coarser than the features.
        width: Hidden channels.
        step: Size of the quantiser's step.
        worth: The lambda of L = rate (kbit) + lambda * L_task.
    """

    split: str
    channels: int
    stride: int
    width: int
    step: float
    worth: float

    @property
    def shape(self) -> UnitShape:
        """The unit's size at its split point."""
        return UnitShape(
            features=SPLITS[self.split].features,
            channels=self.channels,
            stride=self.stride,
            width=self.width,
            step=self.step,
        )

    @property
    def device_macs(self) -> int:
        """Multiply-accumulates of head and encoder for a frame."""
        return SPLITS[self.split].head_macs + self.shape.encoder_macs


def designs(seed: int, split: str, count: int) -> tuple[Design, ...]:
    """Draw designs at one split point; the same seed, split point and count give the same.

    Channels, width, step and lambda spread evenly over the logarithms of their ranges.

    Args:
        seed: Of the draw.
        split: The split point.
        count: How many designs.

    Example:
        >>> found = designs(1, "early", 8)
        >>> sorted(design.stride for design in found)
        [1, 1, 2, 2, 4, 4, 8, 8]
        >>> found == designs(1, "early", 8)
        True
    """
    rng = generator(seed, "designs", split)
    channels, strides, widths, steps, worths = (_spread(rng, count) for _ in range(5))
    return tuple(
        Design(
            split=split,
            channels=round(_between(CHANNELS, channels[k])),
            stride=STRIDES[int(strides[k] * len(STRIDES))],
            width=round(_between(WIDTHS, widths[k])),
            step=round(_between(STEPS, steps[k]), 2),
            worth=round(_between(WORTHS, worths[k]), 1),
        )
        for k in range(count)
    )


def _spread(rng: np.random.Generator, count: int) -> list[float]:
    """Return one number of each of ``count`` equal parts of 0..1, in any order."""
    places: list[float] = ((rng.permutation(count) + rng.random(count)) / count).tolist()
    return places


def _between(ends: tuple[float, float], share: float) -> float:
    """Return the number at a share of the way between two, by their logarithms."""
    return math.exp((1 - share) * math.log(ends[0]) + share * math.log(ends[1]))

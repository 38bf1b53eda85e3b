"""Means with 95 % intervals in which the clip, not the frame, is the independent unit.

Frames of a clip resemble each other, so frames taken as independent would make intervals far too
narrow. Clips are drawn with replacement (Efron's percentile bootstrap); all quantities that are
asked for together meet the same draws, so that a difference of two is a paired one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Estimate", "draws", "estimate", "resamplings", "spread"]

_DRAWS = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A mean and the ends of its 95 % interval."""

    mean: float
    low: float
    high: float

    def scaled(self, factor: float) -> Estimate:
        """Return the estimate in another unit; ``factor`` must be > 0."""
        return Estimate(mean=self.mean * factor, low=self.low * factor, high=self.high * factor)

    def as_json(self) -> dict[str, float]:
        """Return mean, low and high by name, rounded to what two decimals of a point need."""
        return {name: round(getattr(self, name), 6) for name in ("mean", "low", "high")}


@lru_cache(maxsize=4)
def resamplings(clips: int, draws: int = _DRAWS) -> NDArray[np.float64]:
    """Return weights ``[draw, clip]`` of the clips in each draw; a row adds up to 1."""
    rng = generator(0, "bootstrap over clips", clips)
    weights: NDArray[np.float64] = (
        rng.multinomial(clips, np.full(clips, 1 / clips), size=draws) / clips
    )
    weights.flags.writeable = False  # it is shared by all who ask
    return weights


def estimate(values: NDArray[Any], weights: NDArray[np.float64] | None = None) -> Estimate:
    """Return the mean of ``[clip, frame]`` values with its interval over clips.

    Args:
        values: One value a frame; every clip has the same number of frames.
        weights: From :func:`resamplings`, where many estimates of the same clips are made.

    Example:
        >>> estimate(np.array([[0, 1], [1, 1]]))
        Estimate(mean=0.75, low=0.5, high=1.0)
    """
    by_clip = values.mean(axis=1, dtype=np.float64)
    drawn = (resamplings(len(by_clip)) if weights is None else weights) @ by_clip
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Estimate(mean=float(by_clip.mean()), low=float(low), high=float(high))


@lru_cache(maxsize=4)
def draws(clips: int) -> NDArray[np.float64]:
    """Return weights ``[1 + draw, clip]``: all clips alike, then the rows of `resamplings`."""
    weights = np.concatenate([np.full((1, clips), 1 / clips), resamplings(clips)])
    weights.flags.writeable = False
    return weights


def spread(values: NDArray[np.float64]) -> Estimate:
    """Return a quantity of all clips with its interval over draws.

    Args:
        values: In the rows of `draws`.

    Example:
        >>> spread(np.array([0.5, 0.4, 0.4, 0.7, 0.7]))
        Estimate(mean=0.5, low=0.4, high=0.7)
    """
    low, high = np.quantile(values[1:], (0.025, 0.975))
    return Estimate(mean=float(values[0]), low=float(low), high=float(high))

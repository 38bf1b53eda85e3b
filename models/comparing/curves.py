"""Rate-accuracy curves: bytes for a score, and the Bjøntegaard difference of two curves.

A curve runs through a family's settings that no smaller one beats, as score over logarithmic bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BdRate", "Curve", "bd_rate", "bytes_needed", "front"]

_LEAST_POINTS = 2


class Curve(NamedTuple):
    """Mean bytes and mean scores of a family's settings, both rising."""

    sizes: NDArray[np.float64]
    scores: NDArray[np.float64]


class BdRate(NamedTuple):
    """How many percent more bytes one curve takes than another, and over which scores."""

    percent: float
    low: float
    high: float


def front(sizes: NDArray[np.float64], scores: NDArray[np.float64]) -> Curve:
    """Return the settings that no setting of as few bytes beats, by rising bytes.

    Example:
        >>> front(np.array([300.0, 100.0, 200.0]), np.array([0.8, 0.6, 0.5])).sizes.tolist()
        [100.0, 300.0]
    """
    order = np.lexsort((-scores, sizes))
    best = np.maximum.accumulate(scores[order])
    kept = order[np.concatenate([[True], best[1:] > best[:-1]])]
    return Curve(sizes[kept], scores[kept])


def bytes_needed(
    sizes: NDArray[np.float64], scores: NDArray[np.float64], wanted: float
) -> float | None:
    """Return the size at which a codec first reaches a score, interpolated in log size.

    Args:
        sizes: Mean bytes of the codec's settings, rising.
        scores: Mean score of each.
        wanted: The score to reach.

    Returns:
        The size; the smallest one if that suffices already, None if the largest does not.

    Example:
        >>> sizes, scores = np.array([100.0, 400.0]), np.array([0.5, 0.7])
        >>> bytes_needed(sizes, scores, 0.4), bytes_needed(sizes, scores, 0.8)
        (100.0, None)
        >>> round(bytes_needed(sizes, scores, 0.6), 6)
        200.0
    """
    enough = np.flatnonzero(scores >= wanted)
    if not enough.size:
        return None
    first = int(enough[0])
    if first == 0:
        return float(sizes[0])
    below, above = scores[first - 1], scores[first]
    share = (wanted - below) / (above - below)
    logs = np.log(sizes[first - 1 : first + 1])
    return float(np.exp(logs[0] + share * (logs[1] - logs[0])))


def bd_rate(anchor: Curve, other: Curve) -> BdRate | None:
    """Return the mean difference in bytes at equal score, over the scores both curves have.

    Bjøntegaard, "Calculation of average PSNR differences between RD-curves" (VCEG-M33, 2001), with
    a score in place of PSNR and, as is usual since, piecewise cubics that never overshoot (Fritsch
    and Carlson, 1980) of the logarithmic rate over the score.

    Args:
        anchor: Curve of reference.
        other: Curve that is compared with it.

    Returns:
        The difference, positive where ``other`` takes more; None where the curves share no scores
        or one has fewer than two points.

    Example:
        >>> anchor = Curve(np.array([100.0, 200.0, 400.0]), np.array([0.5, 0.7, 0.8]))
        >>> twice = bd_rate(anchor, Curve(2 * anchor.sizes, anchor.scores))
        >>> round(twice.percent, 6), twice.low, twice.high
        (100.0, 0.5, 0.8)
    """
    if min(len(anchor.sizes), len(other.sizes)) < _LEAST_POINTS:
        return None
    low = float(max(anchor.scores[0], other.scores[0]))
    high = float(min(anchor.scores[-1], other.scores[-1]))
    if high <= low:
        return None
    means = [
        PchipInterpolator(curve.scores, np.log(curve.sizes)).integrate(low, high) / (high - low)
        for curve in (anchor, other)
    ]
    return BdRate(100 * float(np.expm1(means[1] - means[0])), low, high)

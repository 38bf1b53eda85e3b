"""Bootstrap intervals of means over traces: the percentile method, seeded.

The independent unit is the trace: frames of one trace share its fades, so taking frames as
independent makes intervals far too narrow. See Efron and Tibshirani, "An Introduction to the
Bootstrap" (1993), chapter 13.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation import keyed

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CONFIDENCE", "interval", "intervals"]

CONFIDENCE = 0.95

_RESAMPLES = 4000


def intervals(
    values: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return means over traces with their bootstrap intervals.

    Args:
        values: [traces, metrics]; NaN where a trace says nothing about a metric.

    Returns:
        Means, lower and upper ends, [metrics] each. Ends are NaN where fewer than two traces
        count, means where none does.
    """
    there = np.isfinite(values)
    filled = np.where(there, values, 0.0)
    counts = there.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        means = filled.sum(axis=0) / counts
        weights = _weights(len(values))
        drawn = (weights @ filled) / (weights @ there.astype(np.float64))
    ends = np.full((2, values.shape[1]), np.nan)
    for metric in np.flatnonzero(counts > 1):
        column = drawn[:, metric]
        tail = (1 - CONFIDENCE) / 2
        ends[:, metric] = np.quantile(column[np.isfinite(column)], [tail, 1 - tail])
    return means, ends[0], ends[1]


def interval(values: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return the mean of one value a trace, and the ends of its interval.

    Example:
        >>> mean, low, high = interval(np.array([1.0, 2.0, 3.0, 4.0, 5.0, 6.0]))
        >>> mean, 2.0 < low < 2.5, 4.5 < high < 5.0
        (3.5, True, True)
    """
    mean, low, high = intervals(values[:, None])
    return float(mean[0]), float(low[0]), float(high[0])


@lru_cache(maxsize=32)
def _weights(traces: int) -> NDArray[np.float64]:
    """Return how often each trace is drawn in each resample, [resamples, traces]."""
    rng = keyed.generator(0, "bootstrap", traces)
    return rng.multinomial(traces, np.full(traces, 1 / traces), size=_RESAMPLES).astype(np.float64)

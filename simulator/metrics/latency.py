"""How long answers took, in all and stage by stage."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection

__all__ = ["frames_needed", "latency_metrics", "percentile", "stage_times"]

_BOUNDS = {
    "camera_wait": ("captured_ns", "chosen_ns"),
    "device": ("chosen_ns", "device_end_ns"),
    "uplink_queue": ("sent_ns", "uplink_start_ns"),
    "uplink_transmission": ("uplink_start_ns", "uplink_end_ns"),
    "propagation": ("uplink_end_ns", "arrived_ns"),
    "server_wait": ("arrived_ns", "service_start_ns"),
    "service": ("service_start_ns", "served_ns"),
    "downlink": ("served_ns", "done_ns"),
}
"""The instants between which a stage lies."""

_NS_PER_MS = 1e6
_FEWEST_BEYOND = 10


def stage_times(
    columns: Mapping[str, NDArray[np.int64]],
) -> dict[str, NDArray[np.int64]]:
    """Return what each stage took, ns [frames]; `NEVER` where a frame did not pass it.

    Args:
        columns: Instants of a frame log.

    Returns:
        A column for each of ``STAGES``. Those that an answered frame passed add up to its
        latency.
    """
    return {
        stage: np.where(
            (columns[begin] != NEVER) & (columns[end] != NEVER),
            columns[end] - columns[begin],
            NEVER,
        )
        for stage, (begin, end) in _BOUNDS.items()
    }


def percentile(values: NDArray[np.integer], share: float) -> float:
    """Return a percentile, or NaN where fewer than ten values lie beyond it.

    Example:
        >>> percentile(np.arange(1001), 0.95), percentile(np.arange(100), 0.95)
        (950.0, nan)
    """
    if len(values) < frames_needed(share):
        return float("nan")
    return float(np.quantile(values, share))


def frames_needed(share: float) -> int:
    """Return the fewest values that a percentile is taken of: ten lie beyond it.

    Example:
        >>> [frames_needed(share) for share in (0.5, 0.95, 0.99)]
        [20, 200, 1000]
    """
    return math.ceil(_FEWEST_BEYOND / (1 - share) - 1e-6)


def latency_metrics(frames: Selection) -> dict[str, float]:
    """Return means and percentiles, in ms, over answered frames."""
    answered = frames.answered
    found = _spread("latency", (frames["done_ns"] - frames["captured_ns"])[answered])
    found["latency_p50_ms"], found["latency_p99_ms"] = (
        percentile((frames["done_ns"] - frames["captured_ns"])[answered], share) / _NS_PER_MS
        for share in (0.5, 0.99)
    )
    for stage, times in stage_times(frames.columns).items():
        found |= _spread(stage, times[answered & (times != NEVER)])
    return found


def _spread(name: str, times: NDArray[np.int64]) -> dict[str, float]:
    mean = float(times.mean()) if len(times) else float("nan")
    return {
        f"{name}_mean_ms": mean / _NS_PER_MS,
        f"{name}_p95_ms": percentile(times, 0.95) / _NS_PER_MS,
    }

"""What an objective is judged by in one run: its value, and what more frames could make of it.

Frames that were not answered count as beyond every bound, unless an objective's name says that it
is over answered frames alone. Where a percentile has too few frames, those that it lacks might
all have been answered at once (``least``), or never (``most``).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.metrics.latency import frames_needed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection
    from simulator.scenario.objectives import Objective

__all__ = ["BEYOND", "extended_percentile", "judged", "number", "written"]

BEYOND = "inf"
"""What stands in JSON for a value beyond every bound."""

_NS_PER_MS = 1e6


def judged(
    name: str, frames: Selection, shares: Mapping[str, float], objectives: Sequence[Objective]
) -> Iterator[dict[str, Any]]:
    """Yield for each objective what it is judged by, as JSON has it.

    Args:
        name: Of the group.
        frames: Its frames.
        shares: Its metrics, for objectives that are no latency.
        objectives: Of the scenario.

    Yields:
        ``group metric``; ``value``, None where there are too few frames; ``least`` and ``most``,
        which equal the value where there is one; ``frames`` captured, ``answered`` of them;
        ``needed``, the fewest that it may be taken over.
    """
    if not objectives:
        return
    answered = frames.answered
    times = np.sort((frames["done_ns"] - frames["captured_ns"])[answered])
    for objective in objectives:
        needed = 1
        if not objective.is_latency:
            value = shares[objective.metric]
            least, most = (0.0, 1.0) if math.isnan(value) else (value, value)
        else:
            unanswered = 0 if objective.of_answered else len(frames) - len(times)
            if objective.share is not None:
                needed = frames_needed(objective.share)
            value, least, most = _latency(times, unanswered, objective.share, needed)
        yield {
            "group": name,
            "metric": objective.metric,
            "value": written(value),
            "least": written(least),
            "most": written(most),
            "frames": len(frames),
            "answered": len(times),
            "needed": needed,
        }


def _latency(
    times: NDArray[np.int64], unanswered: int, share: float | None, needed: int
) -> tuple[float, float, float]:
    """Return a mean (without a share) or percentile in ms, and what more frames could make of it.

    Args:
        times: Latencies of answered frames, ns, ascending.
        unanswered: How many frames count as beyond every bound.
        share: Of the percentile.
        needed: The fewest frames that it may be taken over.
    """
    lacking = max(0, needed - len(times) - unanswered)
    if share is None:
        if unanswered:
            return (math.inf,) * 3
        if lacking:
            return math.nan, 0.0, math.inf
        return (float(times.mean()) / _NS_PER_MS,) * 3
    at_once = np.concatenate([np.zeros(lacking, np.int64), times])
    least = extended_percentile(at_once, unanswered, share) / _NS_PER_MS
    most = extended_percentile(times, unanswered + lacking, share) / _NS_PER_MS
    return math.nan if lacking else least, least, most


def extended_percentile(times: NDArray[np.int64], beyond: int, share: float) -> float:
    """Return a percentile of values of which some are beyond every bound.

    Args:
        times: Those that are not, ascending.
        beyond: How many are.
        share: Of the percentile.

    Example:
        >>> [extended_percentile(np.arange(n), 10, 0.9) for n in (190, 90)]
        [179.1, inf]
    """
    place = share * (len(times) + beyond - 1)
    if math.ceil(place - 1e-9) >= len(times):
        return math.inf
    # What is beyond only has to be no less than the rest: no rank of it is read.
    return float(np.quantile(np.concatenate([times, np.full(beyond, times[-1])]), share))


def written(value: float) -> float | str | None:
    """Return a value as JSON has it.

    Example:
        >>> written(65.0), written(math.inf), written(math.nan)
        (65.0, 'inf', None)
    """
    return None if math.isnan(value) else BEYOND if math.isinf(value) else value


def number(value: float | str | None) -> float:
    """Return what `written` made JSON of.

    Example:
        >>> number(written(math.inf)), number(None)
        (inf, nan)
    """
    return math.nan if value is None else float(value)

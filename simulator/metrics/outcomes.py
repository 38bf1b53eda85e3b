"""How frames ended: counts, shares, reasons, timely accuracy, runs of misses, the warm-up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import Outcome
from simulator.metrics.catalogue import REASONS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection

__all__ = ["miss_run_lengths", "outcome_metrics"]

_WARMUP_SHARE = 0.1
_LONGEST_WARMUP_NS = 5_000_000_000


def outcome_metrics(frames: Selection) -> dict[str, float]:
    """Return the metrics that follow from outcomes and scores.

    Args:
        frames: At least one frame, or all shares are NaN.
    """
    counts = np.bincount(frames["outcome"], minlength=len(Outcome))
    found: dict[str, float] = {"frames": len(frames)}
    for outcome in Outcome:
        name = outcome.name.lower()
        found[f"{name}_frames"] = int(counts[outcome])
        found[name] = _ratio(int(counts[outcome]), len(frames))
    reasons = np.bincount(frames["reason"], minlength=len(REASONS) + 1)
    for name, reason in REASONS.items():
        found[name] = _ratio(int(reasons[reason]), len(frames))
    worth = np.where(frames.on_time, frames["score"], 0.0)
    found["timely_accuracy"] = _ratio(float(worth.sum(dtype=np.float64)), len(frames))
    answered = frames["score"][frames.answered]
    found["answered_score"] = _ratio(float(answered.sum(dtype=np.float64)), len(answered))
    lengths = miss_run_lengths(~frames.on_time, frames["stream"])
    found["miss_runs"] = len(lengths)
    found["miss_run_mean"] = _ratio(float(lengths.sum()), len(lengths)) if len(lengths) else 0.0
    found["miss_run_max"] = int(lengths.max(initial=0))
    end_ns = min(_WARMUP_SHARE * frames.duration_ns, _LONGEST_WARMUP_NS)
    warmup = frames["captured_ns"] < end_ns
    for name, part in (("warmup", warmup), ("settled", ~warmup)):
        size = int(part.sum())
        found[f"on_time_{name}"] = _ratio(int(frames.on_time[part].sum()), size)
        found[f"timely_accuracy_{name}"] = _ratio(float(worth[part].sum(dtype=np.float64)), size)
    return found


def miss_run_lengths(missed: NDArray[np.bool_], stream: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return the lengths of runs of successive missed frames, which end with their stream.

    Example:
        >>> miss_run_lengths(np.array([1, 1, 0, 1, 1], bool), np.array([0, 0, 0, 0, 1]))
        array([2, 1, 1])
    """
    if not len(missed):
        return np.zeros(0, np.int64)
    fresh = np.concatenate([[True], stream[1:] != stream[:-1]])
    before = np.concatenate([[False], missed[:-1]]) & ~fresh
    begins = np.flatnonzero(missed & ~before)
    after = np.concatenate([missed[1:], [False]]) & ~np.concatenate([fresh[1:], [True]])
    ends = np.flatnonzero(missed & ~after)
    return (ends - begins + 1).astype(np.int64)


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")

"""What must hold for any array of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from models.profile.records import Profile

__all__ = ["LONGEST_NS", "Complaint", "content", "fractions", "samples"]

LONGEST_NS = 24 * 3600 * 10**9
"""Longest time of a stage, far below what sums and slow machines could make too large for int64."""

Complaint: TypeAlias = "tuple[str, object, str]"
"""What is wrong, its value, and the rule it breaks."""


def content(profile: Profile) -> tuple[int, int]:
    """Return the shape of arrays over content: clips and frames of each."""
    return profile.clips, profile.frames_per_clip


def fractions(
    what: str, values: NDArray[np.float32], shape: tuple[int, ...]
) -> Iterator[Complaint]:
    """Check scores or confidences, each between 0 and 1."""
    if values.shape != shape:
        yield what, values.shape, f"must have the shape {shape} (of clips and frames)"
    elif values.size and not (values.min() >= 0 and values.max() <= 1):  # false for NaN, too
        yield what, f"{values.min()} to {values.max()}", "must be finite and between 0 and 1"


def samples(what: str, times: NDArray[np.int64], shape: tuple[int, ...]) -> Iterator[Complaint]:
    """Check sorted time samples; -1 in ``shape`` stands for the free number of samples."""
    fits = times.ndim == len(shape) and shape[:-1] == times.shape[:-1]
    if not fits or not times.size:
        yield what, times.shape, f"must have the shape {shape}, where -1 is one sample or more"
    elif times.min() < 0:
        yield what, int(times.min()), "must be >= 0"
    elif times.max() > LONGEST_NS:
        yield what, int(times.max()), f"must be at most {LONGEST_NS} ns, a day"
    elif (np.diff(times, axis=-1) < 0).any():
        yield what, "unsorted samples", "must be sorted, fastest first"

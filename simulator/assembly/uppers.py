"""Upper forecasts of sizes, calibrated by walking known frames as a sender would meet them.

A sender scales each unit's mean by one moving average: actual over mean size of what it encoded.
How far a size may lie above that depends on which unit was encoded last, since units do not swell
alike, and on how many captures ago, since contents move on. So one unit encodes every capture of
the calibration, and for each unit and each gap behind it the size is taken, over the average just
then, that nine frames in ten do not exceed. Nothing in it is tuned, and no replayed frame is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np

from simulator.world.plan import GAPS, RATIO_GAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.profile import Profile
    from simulator.workload import Workload
    from simulator.world.plan import HighAfter

__all__ = ["Walked", "high_after", "kept_high_after"]

_LEVEL = 0.9
_FIRST = 10
_MOST_WALKED = 1_000_000
_MOST_RATIOS = 4_000_000
_LEAST_RATIOS = 500
_GOLDEN = 0.6180339887498949

_KEPT: WeakKeyDictionary[Profile | Workload, dict[object, HighAfter]] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Walked:
    """One unit on the successive captures of one stream, [captures] each.

    Attributes:
        shown: Size over the mean of such frames: what the moving average learns from.
        again: Payload bytes where this unit encoded the last frame, too.
        afresh: Payload bytes where another unit did; other than these for video codecs alone.
    """

    shown: NDArray[np.float64]
    again: NDArray[np.float64]
    afresh: NDArray[np.float64]


def kept_high_after(
    source: Profile | Workload, key: object, walk: Callable[[], Sequence[Sequence[Walked | None]]]
) -> HighAfter:
    """Return `high_after` of a profile or workload, worked out once for as long as that is kept.

    Args:
        source: What is calibrated on.
        key: Which units of it, at which frame rate.
        walk: Returns the streams.
    """
    known = _KEPT.setdefault(source, {})
    if key not in known:
        known[key] = high_after(walk())
    return known[key]


def high_after(streams: Sequence[Sequence[Walked | None]]) -> HighAfter:
    """Return the sizes over the moving average that nine frames in ten do not exceed.

    Args:
        streams: By stream and unit; None for a unit that sends nothing.

    Returns:
        Bytes by unit encoded last, gap of `GAPS` since, and unit; see ``LadderPlan``.
    """
    units = len(streams[0])
    sending = [unit for unit in range(units) if streams[0][unit] is not None]
    table = [((0.0,) * units,) * len(GAPS)] * units
    walked = [[its for its in stream if its is not None] for stream in streams]
    total = sum(len(stream[0].shown) for stream in walked if stream)
    share = max(_LEAST_RATIOS, _MOST_RATIOS // max(len(sending) ** 2, 1)) / max(total, 1)
    sizes = [np.array([its.afresh for its in stream], np.float32) for stream in walked]
    for place, last in enumerate(sending):
        found: list[list[NDArray[np.float32]]] = [[] for _ in GAPS]
        for stream, size in zip(walked, sizes, strict=True):
            ratio = _ratios(stream[place].shown[: _MOST_WALKED // len(sending)])
            at = _places(len(ratio), share)
            over = 1 / ratio[at]
            for gap, parts in zip(GAPS, found, strict=True):
                met = (at - 1 + gap) % size.shape[1]
                part = size[:, met]
                part[place] = stream[place].again[met]
                parts.append(part * over.astype(np.float32))
        table[last] = tuple(
            _spread(_quantiles(np.concatenate(parts, axis=1)), sending, units) for parts in found
        )
    return tuple(table)


def _spread(values: Sequence[float], places: Sequence[int], length: int) -> tuple[float, ...]:
    """Return values at their places among zeros."""
    row = [0.0] * length
    for place, value in zip(places, values, strict=True):
        row[place] = value
    return tuple(row)


def _ratios(shown: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the moving average before each capture, exactly as a device has it."""
    ratio = 1.0
    found = []
    for value in shown.tolist():
        found.append(ratio)
        ratio += RATIO_GAIN * (value - ratio)
    return np.array(found)


def _places(captures: int, share: float) -> NDArray[np.intp]:
    """Return captures spread evenly over all but the first, in no step of their own."""
    first = min(_FIRST, captures // 2)
    wanted = ceil(share * captures)
    if wanted >= captures - first:
        return np.arange(first, captures)
    spread = np.arange(1, wanted + 1) * _GOLDEN % 1.0
    return first + (spread * (captures - first)).astype(np.intp)


def _quantiles(values: NDArray[np.float32]) -> list[float]:
    """Return of each row the least value that nine in ten do not exceed."""
    rank = ceil(_LEVEL * values.shape[1]) - 1
    found: list[float] = np.partition(values, rank, axis=1)[:, rank].tolist()
    return found

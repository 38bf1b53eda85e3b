"""The feature codecs of a network, calibrated on its features of a few frames."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.own.affine import Affine, Layout
from models.own.feature_codec import FeatureCodec
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

__all__ = ["BITS", "calibration_frames", "codecs", "stored_codecs"]

BITS = (8, 6, 4, 2)
"""Bits a value, of the range-coded ladder; 8 also go through zlib."""

_VALUES = 1 << 24  # looked at in all, so that calibration takes seconds
_FEWEST, _MOST = 4, 256


def calibration_frames(shape: tuple[int, ...]) -> int:
    """Return how many frames to calibrate on, for features of a shape.

    Example:
        >>> calibration_frames((256, 56, 56)), calibration_frames((64, 7, 7))
        (20, 256)
    """
    return min(_MOST, max(_FEWEST, _VALUES // int(np.prod(shape))))


def codecs(features: Tensor) -> list[FeatureCodec]:
    """Return the ladder of feature codecs.

    Args:
        features: Of calibration frames, float (n, ...).

    Raises:
        InputError: The wire format has no room for such features.
    """
    shape = tuple(features.shape[1:])
    grid = Layout(shape).to_grid(features.float().cpu())
    by_channel = np.ascontiguousarray(grid.movedim(1, 0).flatten(1).numpy())
    found: list[FeatureCodec] = []
    for bits in BITS:
        quantiser = Affine.calibrated(by_channel, bits)
        tables = quantiser.counted(quantiser.quantise(grid))
        found.append(FeatureCodec(quantiser, tables, shape))
    return [FeatureCodec(found[0].quantiser, None, shape), *found]


def stored_codecs(folder: Path, shape: tuple[int, ...]) -> list[FeatureCodec]:
    """Return the ladder that an export left in a folder.

    Args:
        folder: Of either end.
        shape: Of one image's features, which the codecs must be for.

    Raises:
        InputError: A file is missing or damaged, or the codecs are for other features.
    """
    names = [f"zlib-{BITS[0]}", *(f"affine-{bits}" for bits in BITS)]
    found = [FeatureCodec.load(folder, name) for name in names]
    if others := [codec for codec in found if codec.layout.shape != shape]:
        raise InputError(
            Problem(
                where=str(folder),
                what=others[0].name,
                value=others[0].layout.shape,
                rule=f"must be for features of the shape {shape}",
                remedy="take the codecs of the same network, cut at the same place",
            )
        )
    return found

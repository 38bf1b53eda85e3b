"""What can be coded: whole numbers that fit int32, in exactly the shape that both ends agreed on.

Whatever else is handed over is refused. numpy would truncate 0.7, let 2^32 become 0 and repeat a
row for all channels, and the other end would decode what nobody encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["INT32", "checked", "count", "rows", "whole"]

INT32 = np.iinfo(np.int32)


def whole(values: object, what: str = "symbols") -> NDArray[np.int32]:
    """Return whole numbers as int32.

    Raises:
        ValueError: They are of another type (floats of whole numbers too), or do not fit.

    Example:
        >>> whole(np.array([-1, 7]))
        array([-1,  7], dtype=int32)
    """
    found = np.asarray(values)
    if found.dtype.kind not in "iu":
        msg = f"{what} must be integers, not {found.dtype}"
        raise ValueError(msg)
    if found.dtype != np.int32 and found.size:
        low, high = int(found.min()), int(found.max())
        if low < INT32.min or high > INT32.max:
            msg = f"{what} must fit int32, and go from {low} to {high}"
            raise ValueError(msg)
    return found.astype(np.int32, copy=False)


def checked(symbols: object, shape: tuple[int, ...]) -> NDArray[np.int32]:
    """Return symbols as int32 that have this shape.

    Raises:
        ValueError: They are no such symbols.

    Example:
        >>> checked(np.zeros((1, 4), np.int64), (2, 4))
        Traceback (most recent call last):
        ValueError: symbols must have the shape (2, 4), not (1, 4)
    """
    found = whole(symbols)
    if found.shape != shape:
        msg = f"symbols must have the shape {shape}, not {found.shape}"
        raise ValueError(msg)
    return found


def rows(symbols: object, channels: int) -> NDArray[np.int32]:
    """Return symbols ``[channel, ...]`` as int32, one row a channel.

    Raises:
        ValueError: They are no such symbols.
    """
    found = whole(symbols)
    if not found.ndim or len(found) != channels:
        msg = f"symbols must be [channel, ...] of {channels} channels, not {found.shape}"
        raise ValueError(msg)
    return found


def count(positions: object, what: str = "positions") -> int:
    """Return how many symbols a channel has.

    Raises:
        ValueError: It is no whole number, or below 0.
    """
    if isinstance(positions, bool) or not isinstance(positions, int | np.integer) or positions < 0:
        msg = f"{what} must be a whole number from 0 on, not {positions!r}"
        raise ValueError(msg)
    return int(positions)

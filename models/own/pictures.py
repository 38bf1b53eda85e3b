"""Picture files of unknown origin, decoded within bounds.

Only the named formats are tried; a file's and a picture's size are looked at before a pixel is
decoded, so that a small file that claims to be a huge picture costs nothing.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["SUFFIXES", "read_frame", "read_frames", "read_indices"]

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".bmp"})
"""Of the files that are taken for pictures, in lower case."""

_FORMATS = ("JPEG", "PNG", "WEBP", "BMP")
_FILE_LIMIT_BYTES = 64_000_000
_MOST_PIXELS = 50_000_000
_INDEXED = ("P", "L", "1")


def read_frame(path: Path, side: int) -> NDArray[np.uint8]:
    """Return a picture as a frame, uint8 (side, side, 3), stretched to the square.

    Raises:
        InputError: The file is missing, too large, damaged, or no picture.
    """
    return np.asarray(_opened(path).convert("RGB").resize((side, side), _SMOOTH))


def read_frames(paths: Sequence[Path], side: int) -> NDArray[np.uint8]:
    """Return pictures as frames, uint8 (n, side, side, 3).

    Raises:
        InputError: A file is missing, too large, damaged, or no picture.
    """
    return np.stack([read_frame(path, side) for path in paths])


def read_indices(path: Path, side: int) -> NDArray[np.uint8]:
    """Return the class index of each pixel of a mask, uint8 (side, side), none in between.

    Raises:
        InputError: The file is missing, too large or damaged, or has colours for indices.
    """
    picture = _opened(path)
    if picture.mode not in _INDEXED:
        raise _refused(path, picture.mode, "must be a palette or grey picture of class indices")
    return np.asarray(picture.resize((side, side), _NEAREST), np.uint8)


_SMOOTH, _NEAREST = Image.Resampling.BICUBIC, Image.Resampling.NEAREST


def _opened(path: Path) -> Image.Image:
    raw = read_bounded(path, limit_bytes=_FILE_LIMIT_BYTES, what="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # bounded below
            picture = Image.open(io.BytesIO(raw), formats=_FORMATS)
            if picture.width * picture.height <= _MOST_PIXELS:
                picture.load()
                return picture
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        rule = f"must be a whole {', '.join(_FORMATS)} file"
        raise _refused(path, error, rule) from error
    except Image.DecompressionBombError as error:
        raise _refused(path, error, f"must be at most {_MOST_PIXELS} pixels") from error
    size = f"{picture.width}x{picture.height}"
    raise _refused(path, size, f"must be at most {_MOST_PIXELS} pixels")


def _refused(path: Path, value: object, rule: str) -> InputError:
    remedy = "remove it from the data, or save it anew"
    return InputError(
        Problem(where=str(path), what="picture", value=value, rule=rule, remedy=remedy)
    )

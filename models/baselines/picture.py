"""Still pictures through Pillow: a frame to a file's bytes, and only such a frame back."""

from __future__ import annotations

import hashlib
import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, UnidentifiedImageError

from models.coding.wire import Identity
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["compressed", "identity_of", "picture"]

_BROKEN = (UnidentifiedImageError, OSError, SyntaxError, ValueError, RuntimeError)
"""What Pillow's readers raise for files that are damaged, one this, another that."""


def identity_of(unit_id: int, name: str, side: int) -> Identity:
    """Return whose bytes a codec's payloads are on the wire: its number, its setting, its frames.

    Args:
        unit_id: On the wire.
        name: Of the codec's setting.
        side: Height and width of the frames.
    """
    digest = hashlib.sha256(name.encode()).digest()
    return Identity(unit_id=unit_id, tables_digest=digest, shape=(3, side, side))


def compressed(image: NDArray[np.uint8], kind: str, **options: object) -> bytes:
    """Return a frame, uint8 (h, w, 3), as the bytes of a picture file of a kind."""
    coded = io.BytesIO()
    Image.fromarray(image).save(coded, format=kind, **options)
    return coded.getvalue()


def picture(coded: bytes, kind: str, side: int, where: str) -> NDArray[np.uint8]:
    """Return the frame in a picture file.

    Args:
        coded: The file's bytes.
        kind: ``JPEG``, ``WEBP``, ``AVIF`` or ``PNG``; no other kind is tried.
        side: Height and width that it must have.
        where: What messages name as the place.

    Raises:
        InputError: It is no RGB picture of that kind and size.
    """
    try:
        with Image.open(io.BytesIO(coded), formats=[kind]) as opened:
            found: object = (opened.height, opened.width, opened.mode)
            # Only the header is read so far: a picture of another size is never allocated.
            if found == (side, side, "RGB"):
                return np.asarray(opened)
    except _BROKEN as error:
        found = error
    raise InputError(
        Problem(
            where=where,
            what=kind,
            value=found,
            rule=f"must be an RGB picture of {side}x{side}",
            remedy="decode whole payloads with the unit that encoded them",
        )
    )

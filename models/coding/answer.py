"""Finished answers as payloads: a class, with its box, with its mask; the whole network ran before.

Behind the wire header::

    bytes  field
        1  index of the class
        1  the answer's confidence, in 255ths
        4  left, top, right and bottom of the box, in 255ths of the frame's side
        -  mask: top, bottom, left and right of the cells that show the subject, a byte each; then
           these rows, each but the first as its difference to the row above, bits packed, deflated

A class goes alone, a box behind a class, a mask behind a box. Whoever is sent no box has an empty
one, and whoever is sent no mask has one without cells.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from models.coding.wire import Identity, pack, unpack
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PARTS", "Answer", "AnswerCodec"]

PARTS = ("class", "box", "mask")
"""What is sent: this, and all before it."""

_UNIT_ID = 56  # the settings' hash tells what is sent
_MOST = 255
_CLASS_BYTES, _BOX_BYTES, _BOUNDS_BYTES = 2, 6, 10  # up to the end of each, mask without its rows
_RAW = -15  # deflate without zlib's header and checksum: the wire's header has one
_EFFORT = 9


class Answer(NamedTuple):
    """What a network says about one frame.

    Attributes:
        label: Index of the class.
        confidence: Of the class, 0 to 1.
        box: float32 (4,): left, top, right, bottom in 0..1.
        mask: bool (height, width), which cells show the subject.
    """

    label: int
    confidence: float
    box: NDArray[np.float32]
    mask: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCodec:
    """One way to send answers.

    Attributes:
        part: The last of ``PARTS`` that is sent.
        classes: How many classes there are, at most 256.
        cells: Height and width of masks, at most 255.

    Example:
        >>> mask = np.zeros((8, 8), bool)
        >>> mask[2:5, 3:6] = True
        >>> said = Answer(4, 0.8, np.float32([0.4, 0.2, 0.8, 0.6]), mask)
        >>> sizes = [len(AnswerCodec(part=part, classes=9, cells=8).encode(said)) for part in PARTS]
        >>> sizes
        [22, 26, 34]
        >>> codec = AnswerCodec(part="mask", classes=9, cells=8)
        >>> bool((codec.decode(codec.encode(said)).mask == mask).all())
        True
    """

    part: str
    classes: int
    cells: int

    @property
    def name(self) -> str:
        """The unit's name, such as ``answer-box``."""
        return f"answer-{self.part}"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return Identity(
            unit_id=_UNIT_ID,
            tables_digest=hashlib.sha256(self.name.encode()).digest(),
            shape=(self.classes, self.cells, self.cells),
        )

    def encode(self, answer: Answer) -> bytes:
        """Return the payload of one answer."""
        coded = bytes((answer.label, _level(answer.confidence)))
        if self.part != "class":
            coded += bytes(_level(edge) for edge in answer.box)
        if self.part == "mask":
            coded += _mask_bytes(answer.mask)
        return pack(coded, self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> Answer:
        """Return the answer of a payload, as far as it was sent.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or holds no such answer.
        """
        coded = unpack(payload, self.identity, where)
        mask = np.zeros((self.cells, self.cells), bool)
        if self.part == "mask":
            fits = len(coded) >= _BOUNDS_BYTES and _paint(mask, coded[_BOX_BYTES:])
        else:
            fits = len(coded) == (_CLASS_BYTES if self.part == "class" else _BOX_BYTES)
        if not fits or coded[0] >= self.classes:
            raise InputError(
                Problem(
                    where=where,
                    what=self.name,
                    value=f"{len(coded)} bytes",
                    rule=f"must be an answer of {self.classes} classes",
                    remedy="decode whole payloads with the unit that encoded them",
                )
            )
        box = np.frombuffer(coded[_CLASS_BYTES:_BOX_BYTES] or bytes(4), np.uint8) / np.float32(
            _MOST
        )
        return Answer(coded[0], coded[1] / _MOST, box.astype(np.float32), mask)


def _level(value: float) -> int:
    return round(_MOST * min(max(float(value), 0.0), 1.0))


def _mask_bytes(mask: NDArray[np.bool_]) -> bytes:
    rows, columns = (np.flatnonzero(mask.any(axis=axis)) for axis in (1, 0))
    if not rows.size:
        return bytes(4)
    bounds = (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)
    inner = mask[bounds[0] : bounds[1], bounds[2] : bounds[3]]
    changes = inner.copy()
    changes[1:] ^= inner[:-1]
    deflate = zlib.compressobj(_EFFORT, zlib.DEFLATED, _RAW)
    return (
        bytes(map(int, bounds)) + deflate.compress(np.packbits(changes).tobytes()) + deflate.flush()
    )


def _paint(mask: NDArray[np.bool_], coded: bytes) -> bool:
    """Set the cells of a mask; return whether the bytes hold one of this size."""
    bounds, rows = coded[:4], coded[4:]
    top, bottom, left, right = bounds
    height, width = bottom - top, right - left
    if not any(bounds):
        return not rows
    if min(height, width) <= 0 or bottom > len(mask) or right > len(mask):
        return False
    inflate = zlib.decompressobj(_RAW)
    expected = -(-height * width // 8)
    try:
        packed = inflate.decompress(rows, expected + 1)
    except zlib.error:
        return False
    if len(packed) != expected or not inflate.eof or inflate.unused_data:
        return False
    changes = np.unpackbits(np.frombuffer(packed, np.uint8), count=height * width)
    inner = np.bitwise_xor.accumulate(changes.reshape(height, width), axis=0)
    mask[top:bottom, left:right] = inner.astype(bool)
    return True

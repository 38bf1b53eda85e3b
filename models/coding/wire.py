"""The wire format: a 20-byte header that says whose bytes these are and whether they are whole.

All numbers are little-endian::

    offset  bytes  field
         0      2  magic "sC"
         2      1  version, 1
         3      1  unit id
         4      4  first bytes of the SHA-256 of the unit's tables (or of a codec's settings)
         8      4  shape: channels (2), height (1), width (1); for an image codec the frame's
        12      4  length of the coded symbols or image
        16      4  CRC-32 of all other bytes
        20      -  coded symbols or image

Bottleneck units count from 1, at the early split point from 21, at the late one from 31; 51 is the
unit of any rate, 52 a layer of the layered unit, 53 the learned image codec, 54 PNG, 55 AVIF, 56
finished answers, 61 CR+BQ, 62 WebP, 63 features through zlib, 64 video codecs, where the settings'
or tables' hash tells one from another; 65 upwards is JPEG.

The receiver knows which unit it expects and compares; nothing in a header makes it allocate. The
CRC covers the header, too: one flipped bit anywhere is always found, and so is a burst of up to 32.
A payload that refines another starts its CRC from that of the other, and so fits no other frame's.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

from models.coding.symbols import count
from simulator.foundation.errors import InputError, Problem

MAGIC = b"sC"
VERSION = 1
_BEFORE_CRC = struct.Struct("<2sBB4sHBBI")
_CRC = struct.Struct("<I")
HEADER_BYTES = _BEFORE_CRC.size + _CRC.size
_HASH_BYTES = 4
_MOST_ID = 255
_MOST_SHAPE = (65_535, 255, 255)
_MOST_BYTES = (1 << 32) - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What both ends of a wire agree on for one unit.

    Attributes:
        unit_id: The unit's number on the wire, 0 to 255.
        tables_digest: SHA-256 of its tables, or of a codec's settings; its first 4 bytes are sent.
        shape: (channels, height, width) of its symbols, or of a codec's frames.
    """

    unit_id: int
    tables_digest: bytes
    shape: tuple[int, int, int]

    def __post_init__(self) -> None:
        """Refuse what a header has no room for.

        Raises:
            ValueError: The unit's number, the digest or the shape does not fit.
        """
        digest = self.tables_digest
        if not isinstance(digest, bytes) or len(digest) < _HASH_BYTES:
            msg = f"a tables' digest must be {_HASH_BYTES} bytes or more, not {digest!r}"
            raise ValueError(msg)
        if len(self.shape) != len(_MOST_SHAPE):
            msg = f"a shape must be channels, height and width, not {self.shape}"
            raise ValueError(msg)
        fields = ((self.unit_id, _MOST_ID), *zip(self.shape, _MOST_SHAPE, strict=True))
        for number, most in fields:
            if count(number, "a number in a header") > most:
                msg = f"a number in a header must be at most {most}, not {number}"
                raise ValueError(msg)


def pack(coded: bytes, identity: Identity, behind: bytes = b"") -> bytes:
    """Return a payload: the header of a unit, then its coded bytes.

    Args:
        coded: The coded bytes.
        identity: The unit.
        behind: The payload that this one refines, if it refines one.

    Example:
        >>> who = Identity(unit_id=3, tables_digest=bytes(32), shape=(16, 14, 14))
        >>> len(pack(b"12345", who)), unpack(pack(b"12345", who), who)
        (25, b'12345')

    Raises:
        ValueError: There are 4 GiB or more of them.
    """
    if len(coded) > _MOST_BYTES:
        msg = f"coded bytes must be at most {_MOST_BYTES}, not {len(coded)}"
        raise ValueError(msg)
    header = _BEFORE_CRC.pack(
        MAGIC,
        VERSION,
        identity.unit_id,
        identity.tables_digest[:_HASH_BYTES],
        *identity.shape,
        len(coded),
    )
    return header + _CRC.pack(_counted(header, coded, behind)) + coded


def unpack(
    payload: bytes, expected: Identity, where: str = "payload", behind: bytes = b""
) -> bytes:
    """Return the coded bytes of a payload of the expected unit.

    Args:
        payload: The received bytes.
        expected: The unit the receiver decodes with.
        where: What messages name as the place.
        behind: The payload that this one refines, if it refines one.

    Raises:
        InputError: The payload is cut, damaged, of another version or of another unit, or refines
            another payload.
    """
    if len(payload) < HEADER_BYTES:
        rule = f"must be at least the {HEADER_BYTES} of a header"
        raise _refused(where, "bytes", len(payload), rule)
    magic, version, unit_id, digest, *shape, length = _BEFORE_CRC.unpack_from(payload)
    (crc,) = _CRC.unpack_from(payload, _BEFORE_CRC.size)
    coded = payload[HEADER_BYTES:]
    own = expected.tables_digest[:_HASH_BYTES]
    comparisons: tuple[tuple[str, object, object], ...] = (
        ("magic", magic, MAGIC),
        ("version", version, VERSION),
        ("unit id", unit_id, expected.unit_id),
        ("tables hash", digest.hex(), own.hex()),
        ("shape", tuple(shape), expected.shape),
        ("length", length, len(coded)),
    )
    for what, found, wanted in comparisons:
        if found != wanted:
            raise _refused(where, what, found, f"must be {wanted}")
    counted = _counted(payload[: _BEFORE_CRC.size], coded, behind)
    if crc != counted:
        of = "its bytes behind those it refines" if behind else "its bytes"
        raise _refused(where, "CRC-32", f"{crc:08x}", f"must be {counted:08x}, that of {of}")
    return coded


def apart(joined: bytes, where: str = "payload") -> list[bytes]:
    """Return the payloads that were joined one behind the other.

    Raises:
        InputError: The last one is cut; what else may be damaged is for `unpack` to find.

    Example:
        >>> who = Identity(unit_id=3, tables_digest=bytes(32), shape=(16, 14, 14))
        >>> [len(payload) for payload in apart(pack(b"12345", who) + pack(b"", who))]
        [25, 20]
    """
    payloads, at = [], 0
    while at < len(joined):
        if len(joined) - at < HEADER_BYTES:
            rule = f"must be at least the {HEADER_BYTES} of a header"
            raise _refused(where, "bytes", len(joined) - at, rule)
        *_, length = _BEFORE_CRC.unpack_from(joined, at)
        end = at + HEADER_BYTES + length
        if end > len(joined):
            raise _refused(where, "length", length, f"must be {len(joined) - at - HEADER_BYTES}")
        payloads.append(joined[at:end])
        at = end
    return payloads


def _counted(header: bytes, coded: bytes, behind: bytes) -> int:
    return zlib.crc32(coded, zlib.crc32(header, zlib.crc32(behind)))


def _refused(where: str, what: str, value: object, rule: str) -> InputError:
    remedy = "decode whole payloads with the unit that encoded them"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))

"""A gzip file unpacked in bounded memory: a bomb is refused while it is being unpacked."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

from traces.formats.interface import refuse

if TYPE_CHECKING:
    from simulator.foundation.errors import InputError

__all__ = ["GZIP", "gunzipped"]

GZIP = b"\x1f\x8b"
"""How a gzip file begins, whatever its name."""

_PIECE = 2**16
_MOST_MEMBERS = 10_000
_WITH_GZIP_HEADER = 31


def gunzipped(data: bytes, name: str, limit_bytes: int) -> bytes:
    """Return what a gzip file holds.

    Args:
        data: The file's content, of one or several members.
        name: The file as the user named it.
        limit_bytes: Most bytes to unpack. At most one more is ever unpacked.

    Raises:
        InputError: If it is damaged, ends early, or holds more.

    Example:
        >>> import gzip
        >>> gunzipped(gzip.compress(b"0 1"), "x.gz", 100)
        b'0 1'
        >>> gunzipped(gzip.compress(bytes(10**6)), "bomb.gz", 100)
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: bomb.gz content: over 100 bytes unpacked must be ...
    """

    def refused(value: object, rule: str, remedy: str) -> InputError:
        return refuse(name, None, "content", value, rule=rule, remedy=remedy)

    unpacked = bytearray()
    at = members = 0
    while at < len(data) and (data[at] or data[at:].strip(b"\0")):  # zeros may pad the end
        members += 1
        if members > _MOST_MEMBERS:
            raise refused(members, f"must be at most {_MOST_MEMBERS} members", "compress it again")
        member = zlib.decompressobj(_WITH_GZIP_HEADER)
        while not member.eof:
            piece = data[at : at + _PIECE]
            at += len(piece)
            if not piece:
                raise refused("a gzip file", "ends early", "fetch or compress it again")
            try:
                unpacked += member.decompress(piece, limit_bytes + 1 - len(unpacked))
            except zlib.error as error:
                said = str(error).rpartition(": ")[2]
                raise refused(said, "makes this no gzip file", "compress it again") from None
            if len(unpacked) > limit_bytes:
                said = f"over {limit_bytes} bytes unpacked"
                rule = f"must be at most {limit_bytes} bytes"
                raise refused(said, rule, "cut it into smaller files")
        at -= len(member.unused_data)
    return bytes(unpacked)

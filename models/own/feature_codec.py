"""Features to payloads and back: quantiser, coder and wire format, as both ends hold them.

features -> levels -> range coder with the calibrated tables, or zlib -> header, bytes
"""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load as _parse
from safetensors.numpy import save as _dump

from models.coding.coder import RangeCoder
from models.coding.prior import FrequencyTables
from models.coding.symbols import checked
from models.coding.wire import Identity, pack, unpack
from models.own.affine import Affine, Layout
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["FeatureCodec"]

_FORMAT = "splitcast feature codec 1"
_LIMIT_BYTES = 1 << 28
_EFFORT = 6  # zlib's own choice between 1, fast, and 9, small
_ENTROPY_CODED, _DEFLATED = 32, 48  # numbers on the wire, plus the bits
_MOST_BITS = 8


class _Coder(Protocol):
    """Turns levels to bytes and back."""

    def encode(self, symbols: NDArray[np.int32]) -> bytes:
        """Return the bytes of levels ``[channel, position]``."""

    def decode(self, data: bytes, positions: int, where: str) -> NDArray[np.int32]:
        """Return the levels ``[channel, position]`` in such bytes."""


class _Deflate:
    """Levels as bytes through zlib (RFC 1950), channel after channel."""

    def __init__(self, channels: int) -> None:
        self._channels = channels

    def encode(self, symbols: NDArray[np.int32]) -> bytes:
        if symbols.size and not 0 <= symbols.min() <= symbols.max() < 1 << _MOST_BITS:
            raise ValueError("levels must fit a byte")
        return zlib.compress(symbols.astype(np.uint8).tobytes(), _EFFORT)

    def decode(self, data: bytes, positions: int, where: str) -> NDArray[np.int32]:
        wanted = self._channels * positions
        try:
            # No more is inflated than the levels take: a bomb stays small.
            levels = zlib.decompressobj().decompress(data, wanted + 1)
        except zlib.error as error:
            raise _refused(where, error, "must be a zlib stream") from error
        if len(levels) != wanted:
            raise _refused(where, f"{len(levels)} bytes", f"must inflate to {wanted} levels")
        found = np.frombuffer(levels, np.uint8).astype(np.int32)
        return found.reshape(self._channels, positions)


class FeatureCodec:
    """One feature codec, at either end of the wire.

    Args:
        quantiser: Calibrated.
        tables: Of its levels; without them they go through zlib.
        shape: Of one image's features.

    Attributes:
        name: ``affine-4`` for 4 bits a value, range coded; ``zlib-8`` for 8 through zlib.
        number: On the wire.
        digest: SHA-256 of all that both ends must agree on.
    """

    def __init__(
        self, quantiser: Affine, tables: FrequencyTables | None, shape: tuple[int, ...]
    ) -> None:
        """Build the coder."""
        self.quantiser, self.tables, self.layout = quantiser, tables, Layout(shape)
        grid = self.layout.grid
        self.name = f"{'affine' if tables else 'zlib'}-{quantiser.bits}"
        self.number = (_ENTROPY_CODED if tables else _DEFLATED) + quantiser.bits
        sha = hashlib.sha256(f"{_FORMAT} {self.name} {shape}".encode())
        for part in (quantiser.low, quantiser.step):
            sha.update(part.astype("<f4").tobytes())
        sha.update(tables.digest if tables else b"")
        self.digest = sha.digest()
        self._identity = Identity(unit_id=self.number, tables_digest=self.digest, shape=grid)
        self._coder: _Coder = RangeCoder(tables) if tables else _Deflate(grid[0])

    def quantise(self, features: Tensor) -> NDArray[np.int32]:
        """Return levels (n, channels, height, width) of features (n, ...)."""
        return self.quantiser.quantise(self.layout.to_grid(features))

    def encode(self, levels: NDArray[np.int32]) -> list[bytes]:
        """Return a payload for each image's levels.

        Raises:
            ValueError: They are no int32 levels of this shape, or of more bits.
        """
        given = (checked(frame, self._identity.shape) for frame in levels)
        return [
            pack(self._coder.encode(frame.reshape(len(frame), -1)), self._identity)
            for frame in given
        ]

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.int32]:
        """Return the levels (channels, height, width) of a payload.

        Raises:
            InputError: The payload is cut, damaged, or of another codec.
        """
        channels, height, width = self._identity.shape
        coded = unpack(payload, self._identity, where)
        levels = self._coder.decode(coded, height * width, where)
        return levels.reshape(channels, height, width)

    def restore(self, levels: NDArray[np.int32]) -> Tensor:
        """Return features (n, ...) of levels (n, channels, height, width)."""
        return self.layout.from_grid(self.quantiser.restore(levels))

    def ideal_bytes(self, levels: NDArray[np.int32]) -> float:
        """Return the ideal code length of one image's levels; NaN for zlib."""
        if self.tables is None:
            return float("nan")
        return self.tables.ideal_bits(levels) / 8

    def save(self, folder: Path) -> None:
        """Write ``NAME.json`` and ``NAME.safetensors``."""
        arrays: dict[str, NDArray[Any]] = {"low": self.quantiser.low, "step": self.quantiser.step}
        if self.tables:
            arrays |= self.tables.arrays()
        about = {
            "format": _FORMAT,
            "bits": self.quantiser.bits,
            "coder": "range" if self.tables else "zlib",
            "shape": list(self.layout.shape),
            "digest": self.digest.hex(),
        }
        write_atomically(folder / f"{self.name}.safetensors", _dump(arrays))
        write_atomically(folder / f"{self.name}.json", json.dumps(about, indent=1) + "\n")

    @classmethod
    def load(cls, folder: Path, name: str) -> FeatureCodec:
        """Return the codec of a name in a folder.

        Raises:
            InputError: A file is missing or damaged, or both do not belong together.
        """
        path = folder / f"{name}.json"
        raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="codec")
        stored = read_bounded(
            folder / f"{name}.safetensors", limit_bytes=_LIMIT_BYTES, what="codec"
        )
        try:
            about, arrays = json.loads(raw), _parse(stored)
            low, step = (arrays[key].astype(np.float32) for key in ("low", "step"))
            bits, shape = int(about["bits"]), tuple(int(size) for size in about["shape"])
            coded = about["coder"] == "range"
            tables = FrequencyTables.from_arrays(arrays, str(path)) if coded else None
            found = cls(Affine(bits, low, step), tables, shape)
        except (
            SafetensorError,
            ValueError,
            LookupError,
            TypeError,
            ArithmeticError,
            RecursionError,
        ) as error:
            raise _refused(str(path), repr(error), "must be a codec as it was exported") from error
        channels = found.layout.grid[0]
        sizes = {len(part) for part in (low, step)} | ({tables.channels} if tables else set())
        whole = sizes == {channels} and 1 <= bits <= _MOST_BITS
        if not whole or found.digest.hex() != about.get("digest"):
            rule = f"must be the digest of the content, {found.digest.hex()[:16]}"
            raise _refused(str(path), about.get("digest"), rule)
        return found


def _refused(where: str, value: object, rule: str) -> InputError:
    remedy = "use the two ends that one export wrote"
    return InputError(
        Problem(where=where, what="coded features", value=value, rule=rule, remedy=remedy)
    )

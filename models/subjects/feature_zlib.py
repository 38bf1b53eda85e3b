"""Features at the split in 8 bits through zlib: what comes to mind first, and trains nothing.

Each frame's features are spread over 256 levels between their own least and largest value, which
travel in front as two floats, and the levels are deflated (RFC 1950), channel after channel.
"""

from __future__ import annotations

import struct
import zlib
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.coding.wire import Identity, pack, unpack
from models.subjects.subject import Coded, Shown
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.profile.records import UnitKind

__all__ = ["FeatureZlib"]

_RANGE = struct.Struct("<2f")
_LEVELS = 255
_EFFORT = 6  # zlib's own choice between 1, fast, and 9, small
_UNIT_ID = 63


class FeatureZlib:
    """The feature codec in the ladder.

    Args:
        head: The backbone's head, run by the device.
        shape: Channels, height and width at the split point.
        backbone_digest: Hash of the backbone's weights.
    """

    kind: UnitKind = "feature-codec"
    tail: None = None
    name = "zlib-8b"

    def __init__(
        self,
        head: Callable[[Tensor], Tensor],
        shape: tuple[int, int, int],
        backbone_digest: str,
    ) -> None:
        """Keep the head."""
        self._head, self._shape = head, shape
        settings = f"{self.name} {_EFFORT}"
        self._identity = Identity(
            unit_id=_UNIT_ID, tables_digest=sha256(settings.encode()).digest(), shape=shape
        )
        encoder = f"{settings} zlib {zlib.ZLIB_RUNTIME_VERSION}"
        self.digest = sha256(f"{backbone_digest} {encoder}".encode()).hexdigest()
        self.costs: Mapping[str, int] = dict.fromkeys(
            ("parameters", "storage_bytes", "memory_bytes"), 0
        )

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, deflate."""
        return {"prep": prepare, "head": self._head, "entropy_encode": self._payloads}

    def receive(self, payload: bytes) -> NDArray[np.float32]:
        """Return the features of a payload, float32 (channels, height, width).

        Raises:
            InputError: The payload is cut, damaged, of another unit, or holds no such features.
        """
        coded = unpack(payload, self._identity)
        wanted = int(np.prod(self._shape))
        try:
            low, high = _RANGE.unpack_from(coded)
            # No more is inflated than features take: a bomb stays small.
            levels = zlib.decompressobj().decompress(coded[_RANGE.size :], wanted + 1)
        except (struct.error, zlib.error) as error:
            raise _refused(error) from error
        if len(levels) != wanted or not np.isfinite([low, high]).all():
            raise _refused(f"{len(levels)} levels between {low} and {high}")
        found = np.frombuffer(levels, np.uint8).reshape(self._shape).astype(np.float32)
        return found * np.float32((high - low) / _LEVELS) + np.float32(low)

    def decode(self, received: Sequence[NDArray[np.float32]]) -> Tensor:
        """Return received features as a batch."""
        return torch.from_numpy(np.stack(received))

    def code(self, shown: Shown) -> Coded:
        """Quantise, deflate, inflate back."""
        payloads = self._payloads(shown.features)
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.full(len(payloads), np.nan),
            features=self.decode([self.receive(payload) for payload in payloads]),
        )

    def load(self) -> None:
        """Load nothing: the codec has no weights."""

    def _payloads(self, features: Tensor) -> list[bytes]:
        return [self._encode(frame) for frame in np.ascontiguousarray(features.numpy())]

    def _encode(self, frame: NDArray[np.float32]) -> bytes:
        low, high = _RANGE.unpack(_RANGE.pack(float(frame.min()), float(frame.max())))
        scale = _LEVELS / (high - low) if high > low else 0.0
        levels = np.rint((frame - low) * scale).clip(0, _LEVELS).astype(np.uint8)
        coded = _RANGE.pack(low, high) + zlib.compress(levels.tobytes(), _EFFORT)
        return pack(coded, self._identity)


def _refused(value: object) -> InputError:
    return InputError(
        Problem(
            where="payload",
            what="deflated features",
            value=value,
            rule="must be two finite floats and the levels of all features",
            remedy="decode whole payloads with the unit that encoded them",
        )
    )

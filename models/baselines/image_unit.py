"""A still-image codec as a unit: the device only compresses, the server runs the network."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.backbone import prepare
from models.measuring.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.profile.records import UnitKind

__all__ = ["ImageCodec", "ImageUnit"]


class ImageCodec(Protocol):
    """One setting of a still-image codec."""

    @property
    def name(self) -> str:
        """The unit's name, such as ``jpeg444-q50``."""

    @property
    def library(self) -> str:
        """What encodes, with its version."""

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """Return the payload of one frame, uint8 (side, side, 3)."""

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of a payload."""


class ImageUnit:
    """A setting of a still-image codec in the ladder.

    Args:
        codec: The setting.
        head: The backbone's head, which the server runs on decoded frames.
        backbone_digest: Hash of the backbone's weights.
    """

    kind: UnitKind = "image-codec"
    tail: None = None

    def __init__(
        self, codec: ImageCodec, head: Callable[[Tensor], Tensor], backbone_digest: str
    ) -> None:
        """Keep the setting and the head."""
        self._codec, self._head = codec, head
        self.name = codec.name
        self.digest = sha256(f"{backbone_digest} {codec} {codec.library}".encode()).hexdigest()
        self.costs: Mapping[str, int] = dict.fromkeys(
            ("parameters", "storage_bytes", "memory_bytes"), 0
        )

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Hand the frame over, then compress it."""
        return {"prep": np.ascontiguousarray, "entropy_encode": self._encode}

    def receive(self, payload: bytes) -> NDArray[np.uint8]:
        """Return the frame of a payload."""
        return self._codec.decode(payload)

    def decode(self, received: Sequence[NDArray[np.uint8]]) -> Tensor:
        """Return the head's features of received frames."""
        return self._head(prepare(np.stack(received)))

    def code(self, shown: Shown) -> Coded:
        """Compress every frame and run the head on what is left of it."""
        payloads = self._encode(shown.images)
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.full(len(payloads), np.nan),
            features=self.decode([self.receive(payload) for payload in payloads]),
        )

    def load(self) -> None:
        """Load nothing: the codec has no weights."""

    def _encode(self, images: NDArray[np.uint8]) -> list[bytes]:
        return [self._codec.encode(image) for image in images]

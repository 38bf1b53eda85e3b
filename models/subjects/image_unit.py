"""A still-image codec as a unit: the device only compresses, the server runs a network."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Protocol

import numpy as np

from models.backbone import prepare
from models.subjects.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.profile.records import UnitKind
    from models.subjects.answerer import Answerer

__all__ = ["ImageCodec", "ImageUnit", "Once"]


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


class Once:
    """A codec that remembers what it made of the last frames, for each network that asks.

    Args:
        codec: The setting.
    """

    def __init__(self, codec: ImageCodec) -> None:
        """Remember nothing yet."""
        self.codec = codec
        self._images: NDArray[np.uint8] | None = None
        self._made: tuple[NDArray[np.int64], NDArray[np.uint8]] | None = None

    def made(self, images: NDArray[np.uint8]) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
        """Return payload bytes (n,) and decoded frames (n, side, side, 3) of frames.

        Args:
            images: Frames that nobody changes afterwards: the same array is not coded again.
        """
        if self._made is None or self._images is not images:
            payloads = [self.codec.encode(image) for image in images]
            sizes = np.array([len(payload) for payload in payloads])
            self._made = sizes, np.stack([self.codec.decode(payload) for payload in payloads])
            self._images = images
        return self._made


class ImageUnit:
    """A setting of a still-image codec in the ladder.

    Args:
        coding: The setting; units of several networks may share it.
        answerer: The network that the server runs on decoded frames.
    """

    kind: UnitKind = "image-codec"

    def __init__(self, coding: Once, answerer: Answerer) -> None:
        """Keep the setting and the network."""
        self._coding, self._codec, self._head = coding, coding.codec, answerer.head
        self.name = self._codec.name + answerer.suffix
        settings = f"{answerer.digest} {self._codec} {self._codec.library}"
        self.digest = sha256(settings.encode()).hexdigest()
        self.tail, self.costs = answerer.tail, answerer.costs

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
        sizes, decoded = self._coding.made(shown.images)
        return Coded(
            payload_bytes=sizes,
            ideal_bytes=np.full(len(sizes), np.nan),
            features=self._head(prepare(decoded)),
        )

    def load(self) -> None:
        """Load nothing: on the device the codec has no weights."""

    def _encode(self, images: NDArray[np.uint8]) -> list[bytes]:
        return [self._codec.encode(image) for image in images]

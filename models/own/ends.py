"""The two ends of a user's split network, from exported files alone.

A device needs ``head.*`` and one codec's files, a server ``tail.*`` and the same codec's; neither
needs the code that built the network, and no file is a pickle::

    device = Device.load(Path("export/device"), "affine-4")
    payload = device.encode(frame)                       # uint8 (side, side, 3) to bytes
    server = Server.load(Path("export/server"), "affine-4")
    (logits,) = server.answer(payload)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.own.feature_codec import FeatureCodec
from models.own.halves import Head, Tail
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Device", "Server", "export"]


class Device:
    """The device's end: frames to payloads."""

    def __init__(self, head: Head, codec: FeatureCodec) -> None:
        """Keep head and codec."""
        self._head, self._codec = head, codec

    @classmethod
    def load(cls, folder: Path, codec: str) -> Device:
        """Return the device's end in a folder, with the codec of a name.

        Raises:
            InputError: A file is missing or damaged.
        """
        return cls(Head.load(folder), FeatureCodec.load(folder, codec))

    @torch.inference_mode()
    def encode(self, frame: NDArray[np.uint8]) -> bytes:
        """Return the payload of a frame, uint8 (side, side, 3).

        Raises:
            InputError: The frame is of another size or type.
        """
        side = self._head.side
        if frame.shape != (side, side, 3) or frame.dtype != np.uint8:
            raise InputError(
                Problem(
                    where="device",
                    what="frame",
                    value=f"{frame.dtype} {frame.shape}",
                    rule=f"must be uint8 ({side}, {side}, 3)",
                    remedy="scale the picture to the side that the profile was measured at",
                )
            )
        features = self._head(prepare(frame[None]))
        return self._codec.encode(self._codec.quantise(features))[0]


class Server:
    """The server's end: payloads to answers."""

    def __init__(self, tail: Tail, codec: FeatureCodec) -> None:
        """Keep tail and codec."""
        self._tail, self._codec = tail, codec

    @classmethod
    def load(cls, folder: Path, codec: str) -> Server:
        """Return the server's end in a folder, with the codec of a name.

        Raises:
            InputError: A file is missing or damaged.
        """
        return cls(Tail.load(folder), FeatureCodec.load(folder, codec))

    @torch.inference_mode()
    def answer(self, payload: bytes) -> tuple[Tensor, ...]:
        """Return the network's answer to a payload, each tensor for one image.

        Raises:
            InputError: The payload is cut, damaged, or of another codec.
        """
        levels = self._codec.decode(payload)
        answer: tuple[Tensor, ...] = self._tail(self._codec.restore(levels[None]))
        return answer


def export(folder: Path, head: Head, tail: Tail, codecs: list[FeatureCodec]) -> None:
    """Write both ends: ``device/`` with head and codecs, ``server/`` with tail and codecs."""
    head.save(folder / "device")
    tail.save(folder / "server")
    for codec in codecs:
        codec.save(folder / "device")
        codec.save(folder / "server")

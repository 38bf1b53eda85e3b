"""The learned image codec as a subject: the whole encoder here; the decoder and a network there."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from models.backbone import prepare
from models.scenes import SIDE
from models.subjects.bottleneck import Bottleneck
from models.weightfile import resident

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from torch import Tensor

    from models.baselines.learned import LearnedPicture
    from models.profile.records import UnitKind
    from models.subjects.answerer import Answerer
    from models.subjects.subject import Shown

__all__ = ["LearnedUnit"]

_FLOAT_BYTES = 4


class _Answered:
    """The codec with a network's head behind its decoder."""

    def __init__(self, codec: LearnedPicture, answerer: Answerer) -> None:
        self.name, self.number = codec.name + answerer.suffix, codec.number
        self.encode = codec.encode
        self._codec, self._head = codec, answerer.head

    def decode(self, symbols: Tensor) -> Tensor:
        return self._head(prepare(self._codec.decode(symbols)))


class LearnedUnit(Bottleneck):
    """One rate of the learned image codec in the ladder: no head on the device, but an encoder.

    Args:
        codec: The trained codec, sealed.
        answerer: What the server runs on its pictures.
        path: The codec's file.
    """

    kind: UnitKind = "image-codec"

    def __init__(self, codec: LearnedPicture, answerer: Answerer, path: Path) -> None:
        """Keep the codec and the network."""
        if codec.tables is None:
            raise AssertionError(codec.name)  # pragma: no cover - loaded codecs are sealed
        size = sum(value.numel() for value in codec.parameters())
        own = {
            "parameters": size,
            "storage_bytes": path.stat().st_size,
            "memory_bytes": _FLOAT_BYTES * (size + codec.tables.frequencies.size),
        }
        super().__init__(
            unit=_Answered(codec, answerer),
            tables=codec.tables,
            head=_as_it_is,
            feature_shape=(3, SIDE, SIDE),
            digest=sha256(answerer.digest.encode() + path.read_bytes()).hexdigest(),
            costs={name: value + own.get(name, 0) for name, value in answerer.costs.items()},
            load=partial(resident, path),
            tail=answerer.tail,
        )

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, encoder, range coder."""
        return {"prep": prepare, "encode": self._symbols, "entropy_encode": self._payloads}

    def _looked_at(self, shown: Shown) -> Tensor:
        return prepare(shown.images)


def _as_it_is(frames: Tensor) -> Tensor:
    return frames

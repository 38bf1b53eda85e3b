"""The first layers of a layered unit as a subject: what is known if no more of them arrive."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.coding.wire import apart
from models.subjects.kept import Kept, kept
from models.subjects.subject import Coded, Shown
from models.units.layered import LAYERS, LayeredUnit
from models.units.layered_codec import LayeredCodec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.ladder import TrainedLadder
    from models.profile.records import UnitKind

    Layers = list[NDArray[np.int32]]  # [channel, height, width] or [frame, ...], base first

__all__ = ["Prefix", "prefixes"]


def prefixes(trained: TrainedLadder, head: Callable[[Tensor], Tensor]) -> list[Prefix]:
    """Return the prefixes of the layered unit beside a ladder, base first; none if it has none.

    Raises:
        InputError: The unit's file is damaged or foreign, or of another backbone.
    """
    found = kept(trained, LayeredUnit)
    return [Prefix(found, k, head=head) for k in range(1, LAYERS + 1)] if found else []


class Prefix:
    """A layered unit of which some layers are sent, one payload behind the other.

    Args:
        found: The trained unit.
        layers: How many of its layers, from the base on.
        head: The backbone's head.
    """

    kind: UnitKind = "layered"
    tail: None = None

    def __init__(
        self,
        found: Kept[LayeredUnit],
        layers: int,
        *,
        head: Callable[[Tensor], Tensor],
    ) -> None:
        """Keep the unit."""
        self.name, self.costs, self._load = f"layers-{layers}", found.costs, found.load
        self._unit, self._layers, self._head = found.unit, layers, head
        self._codec = LayeredCodec(found.unit)
        self.digest = sha256(found.known + bytes([layers])).hexdigest()

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, encoder, range coder."""
        return {
            "prep": prepare,
            "head": self._head,
            "encode": self._symbols,
            "entropy_encode": self._payloads,
        }

    def receive(self, payload: bytes) -> Layers:
        """Return the symbols of all layers that were joined in a payload."""
        return self._codec.decode(apart(payload))

    def decode(self, received: Sequence[Layers]) -> Tensor:
        """Return the decoder's features of received frames."""
        layers = zip(*received, strict=True)
        return self._unit.decode([torch.from_numpy(np.stack(layer)) for layer in layers])

    def code(self, shown: Shown) -> Coded:
        """Encode, range-code, decode back, compare, and run the decoder.

        Raises:
            RuntimeError: A payload did not decode to the symbols that were encoded.
        """
        symbols = self._symbols(shown.features)
        payloads = self._payloads(symbols)
        received = [self.receive(payload) for payload in payloads]
        for sent, came in zip(symbols, zip(*received, strict=True), strict=True):
            if not np.array_equal(np.stack(came), sent):
                raise RuntimeError(f"{self.name}: a payload decodes to other symbols")
        ideal = [
            [tables.ideal_bits(frame) for frame in layer]
            for tables, layer in zip(self._unit.tables, symbols, strict=False)
        ]
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.sum(ideal, axis=0) / 8,
            features=self.decode(received),
        )

    def load(self) -> None:
        """Load the unit's weights."""
        self._load()

    def _symbols(self, features: Tensor) -> Layers:
        return [layer.numpy() for layer in self._unit.encode(features, self._layers)]

    def _payloads(self, symbols: Layers) -> list[bytes]:
        return [b"".join(self._codec.encode(frame)) for frame in zip(*symbols, strict=True)]

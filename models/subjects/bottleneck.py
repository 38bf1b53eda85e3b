"""A trained bottleneck unit as a subject: head, encoder and coder here; decoder there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

import numpy as np
import torch

from models.backbone import prepare
from models.coding.payloads import PayloadCodec
from models.subjects.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Outputs
    from models.coding.payloads import SymbolCoder
    from models.coding.prior import FrequencyTables
    from models.profile.records import UnitKind

__all__ = ["Bottleneck", "Trained"]


class Trained(Protocol):
    """What a trained unit must offer."""

    @property
    def name(self) -> str:
        """Its name in the ladder."""

    @property
    def number(self) -> int:
        """Its number on the wire."""

    def encode(self, features: Tensor) -> Tensor:
        """Return clamped integer symbols (n, channels, height, width) of features."""

    def decode(self, symbols: Tensor) -> Tensor:
        """Return features of symbols."""


class Bottleneck:
    """A trained unit in the ladder.

    Args:
        unit: The trained unit.
        tables: Its prior.
        head: The backbone's head at the unit's split point.
        feature_shape: Channels, height and width at the split point.
        digest: Hash of the backbone's and the unit's weights and tables.
        costs: Parameters, storage and memory of the unit.
        load: Loads the unit's weights from disk.
        coder: What codes the symbols; by default the range coder with the tables.
        tail: The rest of the network, where the unit stands at another split point than the
            ladder's; then frames run through ``head`` again.
    """

    kind: UnitKind = "bottleneck"

    def __init__(  # noqa: PLR0913 - what measuring needs of a trained unit
        self,
        *,
        unit: Trained,
        tables: FrequencyTables,
        head: Callable[[Tensor], Tensor],
        feature_shape: tuple[int, ...],
        digest: str,
        costs: Mapping[str, int],
        load: Callable[[], object],
        coder: SymbolCoder | None = None,
        tail: Callable[[Tensor], Outputs] | None = None,
    ) -> None:
        """Keep the unit, and find the grid of its symbols by encoding one blank."""
        self._unit, self._head, self._load = unit, head, load
        self.name, self.digest, self.costs, self.tail = unit.name, digest, costs, tail
        with torch.inference_mode():
            blank = unit.encode(torch.zeros(1, *feature_shape))
        grid = (int(blank.shape[2]), int(blank.shape[3]))
        self._codec = PayloadCodec(unit_id=unit.number, tables=tables, grid=grid, coder=coder)

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, encoder, range coder."""
        return {
            "prep": prepare,
            "head": self._head,
            "encode": self._symbols,
            "entropy_encode": self._payloads,
        }

    def receive(self, payload: bytes) -> NDArray[np.int32]:
        """Return the symbols of a payload."""
        return self._codec.decode(payload)

    def decode(self, received: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return the decoder's features of received symbols."""
        return self._unit.decode(torch.from_numpy(np.stack(received)))

    def code(self, shown: Shown) -> Coded:
        """Encode, range-code, decode back, compare, and run the decoder.

        Raises:
            RuntimeError: A payload did not decode to the symbols that were encoded.
        """
        symbols = self._symbols(self._looked_at(shown))
        payloads = self._payloads(symbols)
        received = [self.receive(payload) for payload in payloads]
        if not np.array_equal(np.stack(received), symbols):
            raise RuntimeError(f"{self.name}: a payload decodes to other symbols")
        ideal_bits = [self._codec.tables.ideal_bits(frame) for frame in symbols]
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.array(ideal_bits) / 8,
            features=self._answered(shown, received),
        )

    def load(self) -> None:
        """Load the unit's weights."""
        self._load()

    def _looked_at(self, shown: Shown) -> Tensor:
        """Return what the encoder is given of shown frames."""
        return shown.features if self.tail is None else self._head(prepare(shown.images))

    def _answered(self, shown: Shown, received: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return the decoder's features of what was received of shown frames."""
        del shown
        return self.decode(received)

    def _symbols(self, features: Tensor) -> NDArray[np.int32]:
        symbols: NDArray[np.int32] = self._unit.encode(features).to(torch.int32).numpy()
        return symbols

    def _payloads(self, symbols: NDArray[np.int32]) -> list[bytes]:
        return [self._codec.encode(frame) for frame in symbols]

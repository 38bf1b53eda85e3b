"""An operating point of the unit of any rate as a subject: one level, the same weights for all."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.subjects.kept import Kept, kept
from models.subjects.subject import Coded, Shown
from models.units.continuous import POINTS, ContinuousUnit, step_of
from models.units.continuous_codec import ContinuousCodec, Levelled

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray
    from torch import Tensor

    from models.ladder import TrainedLadder
    from models.profile.records import UnitKind

__all__ = ["AtLevel", "at_levels"]


def at_levels(trained: TrainedLadder, head: Callable[[Tensor], Tensor]) -> list[AtLevel]:
    """Return the operating points of the unit of any rate beside a ladder; none if it has none.

    Raises:
        InputError: The unit's file is damaged or foreign, or of another backbone.
    """
    found = kept(trained, ContinuousUnit)
    return (
        [AtLevel(name, found, level, head=head) for name, level in POINTS.items()] if found else []
    )


class AtLevel:
    """A unit of any rate, kept at one level.

    Args:
        name: Of the operating point.
        found: The trained unit.
        level: 0..1.
        head: The backbone's head.
    """

    kind: UnitKind = "continuous"
    tail: None = None

    def __init__(
        self,
        name: str,
        found: Kept[ContinuousUnit],
        level: float,
        *,
        head: Callable[[Tensor], Tensor],
    ) -> None:
        """Keep the unit and the level."""
        self.name, self.costs, self._load = name, found.costs, found.load
        self._unit, self._level, self._head = found.unit, level, head
        self._step = step_of(level)
        self._codec = ContinuousCodec(found.unit)
        self.digest = sha256(found.known + bytes([self._step])).hexdigest()

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, encoder, range coder."""
        return {
            "prep": prepare,
            "head": self._head,
            "encode": self._symbols,
            "entropy_encode": self._payloads,
        }

    def receive(self, payload: bytes) -> Levelled:
        """Return the symbols and the level of a payload."""
        return self._codec.decode(payload)

    def decode(self, received: Sequence[Levelled]) -> Tensor:
        """Return the decoder's features of received frames, each at the level it says."""
        steps = torch.tensor([frame.step for frame in received])
        symbols = torch.from_numpy(np.stack([frame.symbols for frame in received]))
        return self._unit.decode(symbols, steps)

    def code(self, shown: Shown) -> Coded:
        """Encode, range-code, decode back, compare, and run the decoder.

        Raises:
            RuntimeError: A payload did not decode to the symbols that were encoded.
        """
        symbols = self._symbols(shown.features)
        payloads = self._payloads(symbols)
        received = [self.receive(payload) for payload in payloads]
        if not np.array_equal(np.stack([frame.symbols for frame in received]), symbols):
            raise RuntimeError(f"{self.name}: a payload decodes to other symbols")
        tables = self._unit.tables_at(self._step)
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.array([tables.ideal_bits(frame) for frame in symbols]) / 8,
            features=self.decode(received),
        )

    def load(self) -> None:
        """Load the unit's weights."""
        self._load()

    def _symbols(self, features: Tensor) -> NDArray[np.int32]:
        symbols: NDArray[np.int32] = self._unit.encode(features, self._level).numpy()
        return symbols

    def _payloads(self, symbols: NDArray[np.int32]) -> list[bytes]:
        return [self._codec.encode(frame, self._step) for frame in symbols]

"""Everything on the device: nothing is sent, the scores are the uncompressed network's."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import numpy as np

from models.backbone import prepare
from models.subjects.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from torch import Tensor

    from models.backbone import Outputs
    from models.profile.records import UnitKind

__all__ = ["OnDevice"]


class OnDevice:
    """The whole network on the device, as a unit of the ladder.

    Args:
        head: The backbone's head.
        tail: The backbone's tail, which here the device holds and runs, too.
        digest: Hash of the backbone's weights.
        costs: Parameters, storage and memory of the tail, which the device needs for this unit
            only.
        load: Loads the tail's weights from disk.

    Attributes:
        answer: The tail.
    """

    name = "device"
    kind: UnitKind = "on-device"
    tail: None = None

    def __init__(
        self,
        *,
        head: Callable[[Tensor], Tensor],
        tail: Callable[[Tensor], Outputs],
        digest: str,
        costs: Mapping[str, int],
        load: Callable[[], object],
    ) -> None:
        """Keep both halves of the network."""
        self._head, self.answer, self._load = head, tail, load
        self.digest, self.costs = digest, costs

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, tail."""
        return {"prep": prepare, "head": self._head, "tail": self.answer}

    def receive(self, payload: bytes) -> NoReturn:
        """Refuse: nothing is ever sent."""
        raise AssertionError(payload)

    def decode(self, received: object) -> NoReturn:
        """Refuse: nothing is ever sent."""
        raise AssertionError(received)

    def code(self, shown: Shown) -> Coded:
        """Return the features as they are, in no bytes at all."""
        frames = len(shown.images)
        nothing = np.zeros(frames, np.int64)
        return Coded(
            payload_bytes=nothing, ideal_bytes=np.full(frames, np.nan), features=shown.features
        )

    def load(self) -> None:
        """Load the tail's weights."""
        self._load()

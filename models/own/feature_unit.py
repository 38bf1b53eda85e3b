"""A feature codec as a unit: head and encoder on the device, decoder and tail on the server."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from models.backbone import prepare
from models.own.feature_codec import FeatureCodec
from models.subjects.subject import Coded, Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.profile.records import UnitKind

__all__ = ["FeatureUnit"]

_FLOAT_BYTES = 4


class FeatureUnit:
    """A feature codec in the ladder.

    Args:
        codec: Calibrated.
        head: The network's head, run by the device.
        network_digest: Hash of the network's weights and cut.
        folder: Where the codec was exported to.
    """

    kind: UnitKind = "bottleneck"
    tail: None = None

    def __init__(
        self,
        codec: FeatureCodec,
        head: Callable[[Tensor], Tensor],
        network_digest: str,
        folder: Path,
    ) -> None:
        """Keep codec and head."""
        self._codec, self._head, self._folder = codec, head, folder
        self.name = codec.name
        self.digest = sha256(f"{network_digest} {codec.digest.hex()}".encode()).hexdigest()
        values = codec.quantiser.low.size + codec.quantiser.step.size
        frequencies = codec.tables.frequencies.size if codec.tables else 0
        self.costs: Mapping[str, int] = {
            "parameters": values,
            "storage_bytes": sum(path.stat().st_size for path in folder.glob(f"{self.name}.*")),
            "memory_bytes": _FLOAT_BYTES * (values + frequencies),
        }

    @property
    def device_steps(self) -> Mapping[str, Callable[..., object]]:
        """Prepare, head, quantiser, coder."""
        return {
            "prep": prepare,
            "head": self._head,
            "encode": self._codec.quantise,
            "entropy_encode": self._codec.encode,
        }

    def receive(self, payload: bytes) -> NDArray[np.int32]:
        """Return the levels of a payload."""
        return self._codec.decode(payload)

    def decode(self, received: Sequence[NDArray[np.int32]]) -> Tensor:
        """Return the features of received levels."""
        return self._codec.restore(np.stack(received))

    def code(self, shown: Shown) -> Coded:
        """Quantise, code, decode back, compare.

        Raises:
            RuntimeError: A payload did not decode to the levels that were encoded.
        """
        levels = self._codec.quantise(shown.features)
        payloads = self._codec.encode(levels)
        received = [self.receive(payload) for payload in payloads]
        if not np.array_equal(np.stack(received), levels):
            raise RuntimeError(f"{self.name}: a payload decodes to other levels")
        return Coded(
            payload_bytes=np.array([len(payload) for payload in payloads]),
            ideal_bytes=np.array([self._codec.ideal_bytes(frame) for frame in levels]),
            features=self.decode(received),
        )

    def load(self) -> None:
        """Load quantiser and tables."""
        FeatureCodec.load(self._folder, self.name)

"""What the measuring asks of a unit, be it a trained bottleneck, a codec or the whole network."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Outputs
    from models.profile.records import UnitKind

__all__ = ["Coded", "Shown", "Subject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Frames shown to every subject: images uint8 (n, h, w, 3), and the head's features of them."""

    images: NDArray[np.uint8]
    features: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class Coded:
    """What became of n frames.

    Attributes:
        payload_bytes: int64 (n,) real bytes, wire header included; 0 if nothing is sent.
        ideal_bytes: float64 (n,) ideal code length by the unit's tables, without any header; NaN
            for codecs of other kinds.
        features: The features the server's tail is given, made from the decoded payloads.
    """

    payload_bytes: NDArray[np.int64]
    ideal_bytes: NDArray[np.float64]
    features: Tensor


class Subject(Protocol):
    """One unit to be measured."""

    @property
    def name(self) -> str:
        """The unit's name in the profile."""

    @property
    def kind(self) -> UnitKind:
        """The unit's kind in the profile."""

    @property
    def digest(self) -> str:
        """Hash of everything its sizes and scores depend on."""

    @property
    def costs(self) -> Mapping[str, int]:
        """``parameters``, ``storage_bytes`` and ``memory_bytes``."""

    @property
    def device_steps(self) -> Mapping[str, Callable[[Any], Any]]:
        """Stages run on the device, in order, each on what the one before returned.

        The first is given images uint8 (n, h, w, 3); where the last is ``entropy_encode`` it
        returns n payloads.
        """

    def receive(self, payload: bytes) -> Any:  # noqa: ANN401 - symbols or an image
        """Entropy-decode one payload on the server."""

    def decode(self, received: Sequence[Any]) -> Tensor:
        """Return the features of a batch of received frames."""

    def code(self, shown: Shown) -> Coded:
        """Encode frames to real bytes, decode them back, and check that they came back."""

    @property
    def tail(self) -> Callable[[Tensor], Outputs] | None:
        """What answers from its features where that is not the tail shared by all."""

    def load(self) -> None:
        """Load its weights from disk, as switching to it does when they are not resident."""

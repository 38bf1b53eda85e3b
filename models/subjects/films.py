"""Video codecs with the networks that answer to their frames: the plain one, or the aware one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.backbone import prepare
from models.subjects.answerer import Answerer, plain_answerer

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Outputs
    from models.baselines.video import VideoCodec
    from models.subjects.network import Network

__all__ = ["Film", "films"]


class Film(NamedTuple):
    """A video codec and the network that the server runs on the frames that it decodes."""

    codec: VideoCodec
    answerer: Answerer

    @property
    def name(self) -> str:
        """The unit's name, such as ``h264_444-qp36-aware``."""
        return self.codec.name + self.answerer.suffix

    def features(self, decoded: NDArray[np.uint8]) -> Tensor:
        """Return the head's features of decoded frames, uint8 (n, side, side, 3)."""
        return self.answerer.head(prepare(decoded))

    def answers(self, network: Network, decoded: NDArray[np.uint8]) -> Outputs:
        """Return what the server says about decoded frames, with the network's tail or another."""
        return (self.answerer.tail or network.tail)(self.features(decoded))


def films(
    network: Network, codecs: Sequence[VideoCodec], *, digest: str, aware: Collection[str]
) -> list[Film]:
    """Return codecs with the plain backbone, and some with the codec-aware one, too.

    Args:
        network: The cut backbones.
        codecs: Video codecs.
        digest: Hash of the plain backbone's weights.
        aware: Names of the codecs that the aware one answers, too, where there is one.
    """
    plain = plain_answerer(network.head, digest)
    found = []
    for codec in codecs:
        found.append(Film(codec, plain))
        if network.aware is not None and codec.name in aware:
            found.append(Film(codec, network.aware))
    return found

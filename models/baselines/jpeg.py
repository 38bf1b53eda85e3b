"""JPEG as a unit: the frame itself crosses the network, and the server runs the whole backbone.

Baseline JPEG (ITU-T T.81) with optimised Huffman tables as libjpeg-turbo writes it through Pillow.
``4:4:4`` keeps every colour sample; ``4:2:0`` a quarter of them, which costs the classes that
differ in colour alone. The tables travel with every image, as in any JPEG file.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import __version__ as pillow_version
from PIL import features

from models.baselines.picture import compressed, identity_of, picture
from models.coding.wire import Identity, pack, unpack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LADDER", "Jpeg"]

_SUBSAMPLING = {"444": "4:4:4", "420": "4:2:0"}
_UNIT_IDS = {"444": 64, "420": 160}  # plus the quality, up to 95


@dataclass(frozen=True, slots=True)
class Jpeg:
    """One JPEG setting.

    Attributes:
        sampling: ``"444"`` or ``"420"``.
        quality: libjpeg's quality, 1 to 95.
        side: Height and width of the frames, pixels.

    Example:
        >>> import numpy as np
        >>> grey = np.full((224, 224, 3), 128, np.uint8)
        >>> jpeg = Jpeg("444", 50)
        >>> bool((jpeg.decode(jpeg.encode(grey)) == grey).all())
        True
    """

    sampling: str
    quality: int
    side: int = 224

    @property
    def name(self) -> str:
        """The unit's name, such as ``jpeg444-q50``."""
        return f"jpeg{self.sampling}-q{self.quality}"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return identity_of(_UNIT_IDS[self.sampling] + self.quality, self.name, self.side)

    @property
    def library(self) -> str:
        """What encodes, with its version."""
        return f"Pillow {pillow_version} libjpeg-turbo {features.version('libjpeg_turbo')}"

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """Return the payload of one frame, uint8 (side, side, 3)."""
        sampling = _SUBSAMPLING[self.sampling]
        coded = compressed(image, "JPEG", quality=self.quality, subsampling=sampling, optimize=True)
        return pack(coded, self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of a payload.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or no JPEG of this size.
        """
        return picture(unpack(payload, self.identity, where), "JPEG", self.side, where)


LADDER = (
    *(Jpeg("444", quality) for quality in (5, 20, 35, 50, 75, 95)),
    Jpeg("420", 50),
)
"""The settings that are measured."""

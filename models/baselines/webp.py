"""WebP as a unit: as JPEG, but the frame is predicted block by block from its own neighbours.

Lossy WebP (RFC 9649) as libwebp writes it through Pillow. It keeps a quarter of the colour samples
(4:2:0) at every quality, the highest included; there is no 4:4:4, which costs the classes that
differ in colour alone.
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

__all__ = ["LADDER", "WebP"]

_UNIT_ID = 62  # the settings' hash tells the qualities apart
_EFFORT = 4  # libwebp's own choice between 0, fast, and 6, small


@dataclass(frozen=True, slots=True)
class WebP:
    """One WebP setting.

    Attributes:
        quality: libwebp's quality, 0 to 100.
        side: Height and width of the frames, pixels.

    Example:
        >>> import numpy as np
        >>> grey = np.full((224, 224, 3), 128, np.uint8)
        >>> webp = WebP(50)
        >>> webp.decode(webp.encode(grey)).shape
        (224, 224, 3)
    """

    quality: int
    side: int = 224

    @property
    def name(self) -> str:
        """The unit's name, such as ``webp-q50``."""
        return f"webp-q{self.quality}"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return identity_of(_UNIT_ID, self.name, self.side)

    @property
    def library(self) -> str:
        """What encodes, with its version."""
        return f"Pillow {pillow_version} libwebp {features.version('webp')} effort {_EFFORT}"

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """Return the payload of one frame, uint8 (side, side, 3)."""
        coded = compressed(image, "WEBP", quality=self.quality, method=_EFFORT)
        return pack(coded, self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of a payload.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or no WebP of this size.
        """
        return picture(unpack(payload, self.identity, where), "WEBP", self.side, where)


LADDER = tuple(WebP(quality) for quality in (20, 50, 75, 100))
"""The settings that are measured."""

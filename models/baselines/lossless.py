"""Everything on the server: frames cross the network as they are, in a lossless picture file.

PNG (ISO/IEC 15948) as Pillow writes it with its own choice of filters and deflate's usual effort.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import __version__ as pillow_version

from models.baselines.picture import compressed, identity_of, picture
from models.coding.wire import Identity, pack, unpack

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Lossless"]

_UNIT_ID = 54


@dataclass(frozen=True, slots=True)
class Lossless:
    """The one setting there is.

    Attributes:
        side: Height and width of the frames, pixels.

    Example:
        >>> import numpy as np
        >>> frame = np.arange(192, dtype=np.uint8).reshape(8, 8, 3)
        >>> png = Lossless(8)
        >>> bool((png.decode(png.encode(frame)) == frame).all())
        True
    """

    side: int = 224

    @property
    def name(self) -> str:
        """The unit's name, beside ``device``, which is everything on the device."""
        return "server-png"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return identity_of(_UNIT_ID, self.name, self.side)

    @property
    def library(self) -> str:
        """What encodes, with its version."""
        return f"Pillow {pillow_version} zlib {zlib.ZLIB_RUNTIME_VERSION}"

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """Return the payload of one frame, uint8 (side, side, 3)."""
        return pack(compressed(image, "PNG"), self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of a payload.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or no PNG of this size.
        """
        return picture(unpack(payload, self.identity, where), "PNG", self.side, where)

"""AVIF as a unit: as JPEG, but the frame is coded as an intra frame of AV1.

AVIF 4:4:4 as libavif and libaom write it through Pillow, on one thread. The speed is libaom's: 6 is
usual for pictures, 8 takes a third of the time and more bytes. What it is tuned for was chosen on
clips of the selection split: the squared error (``psnr``), with quantisers of colour that follow
the quality, took a third fewer bytes for answers as near to the clean ones than libaom's own choice
for pictures, the eye (``iq``).
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import AvifImagePlugin, features
from PIL import __version__ as pillow_version

from models.baselines.picture import compressed, identity_of, picture
from models.coding.wire import Identity, pack, unpack

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["LADDER", "STREAMED", "Avif"]

_UNIT_ID = 55  # the settings' hash tells speeds, tunings and qualities apart
_SAMPLING = "4:4:4"
_TUNINGS = {"psnr": {"tune": "psnr", "enable-chroma-deltaq": "1"}, "iq": {"tune": "iq"}}


@dataclass(frozen=True, slots=True)
class Avif:
    """One AVIF setting.

    Attributes:
        quality: libavif's quality, 0 to 100.
        speed: libaom's speed, 0 to 10.
        tune: What libaom tunes for: ``psnr`` or ``iq``.
        side: Height and width of the frames, pixels.

    Example:
        >>> import numpy as np
        >>> grey = np.full((224, 224, 3), 128, np.uint8)
        >>> avif = Avif(50, speed=8)
        >>> avif.decode(avif.encode(grey)).shape
        (224, 224, 3)
    """

    quality: int
    speed: int = 6
    tune: str = "psnr"
    side: int = 224

    @property
    def name(self) -> str:
        """The unit's name, such as ``avif444-s6-q32`` or ``avif444-s6-iq-q38``."""
        tuned = "" if self.tune == "psnr" else f"-{self.tune}"
        return f"avif444-s{self.speed}{tuned}-q{self.quality}"

    @property
    def identity(self) -> Identity:
        """Whose bytes these are on the wire."""
        return identity_of(_UNIT_ID, self.name, self.side)

    @property
    def library(self) -> str:
        """What encodes, with its version."""
        return f"Pillow {pillow_version} libavif {features.version('avif')}"

    def encode(self, image: NDArray[np.uint8]) -> bytes:
        """Return the payload of one frame, uint8 (side, side, 3)."""
        coded = compressed(
            image,
            "AVIF",
            quality=self.quality,
            subsampling=_SAMPLING,
            speed=self.speed,
            max_threads=1,
            advanced=_TUNINGS[self.tune],
        )
        return pack(coded, self.identity)

    def decode(self, payload: bytes, where: str = "payload") -> NDArray[np.uint8]:
        """Return the frame of a payload.

        Raises:
            InputError: The payload is cut, damaged, of another unit, or no AVIF of this size.
        """
        with _one_thread():
            return picture(unpack(payload, self.identity, where), "AVIF", self.side, where)


@contextmanager
def _one_thread() -> Iterator[None]:
    """Let Pillow decode AVIF on one thread, as it says nowhere but in a setting of its plugin."""
    before = AvifImagePlugin.DEFAULT_MAX_THREADS
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1
    try:
        yield
    finally:
        AvifImagePlugin.DEFAULT_MAX_THREADS = before


LADDER = (
    *(Avif(quality) for quality in (12, 26, 32, 38, 44)),
    *(Avif(quality, speed=8) for quality in (26, 34, 40, 48)),
)
"""The settings that are measured."""

STREAMED = (Avif(40, speed=8),)
"""What a profile holds: at the speed that a small device can keep up with."""

"""Frames as codecs leave them: what a codec-aware backbone learns from.

Codecs come in keyed shares with keyed settings. Half of the frames are JPEG 4:4:4, whose qualities
lie evenly on a logarithmic scale, so that low ones, at which aware networks differ, are not rare.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.baselines.jpeg import Jpeg
from models.baselines.video import VideoCodec
from models.baselines.webp import WebP
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["spoiled"]

_CLEAN, _WEBP, _VIDEO = 0.2, 0.35, 0.5  # shares of frames, one on top of the other
_QUALITIES = (5, 95)  # of JPEG
_WEBP_QUALITIES = (10, 100)
_QUANTISERS = (24, 44)  # of intra frames of H.264 4:4:4


def spoiled(images: NDArray[np.uint8], *, seed: int, step: int) -> NDArray[np.uint8]:
    """Return frames, uint8 (n, side, side, 3), each after the codec that is drawn for it.

    Args:
        images: The frames.
        seed: Of the codecs and settings.
        step: Names the batch; each is drawn for anew.
    """
    rng = generator(seed, "spoiled frames", step)
    return np.stack([_spoiled(np.ascontiguousarray(image), rng) for image in images])


def _spoiled(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    place, side = rng.random(), image.shape[0]
    if place < _CLEAN:
        return image
    if place < _WEBP:
        webp = WebP(int(rng.integers(*_WEBP_QUALITIES, endpoint=True)), side)
        return webp.decode(webp.encode(image))
    if place < _VIDEO:
        quantiser = int(rng.integers(*_QUANTISERS, endpoint=True))
        video = VideoCodec(
            codec="h264", sampling="444", quantiser=quantiser, preset="veryfast", side=side
        )
        with video.encoder() as encoder:
            return video.decoder().decode(encoder.encode(image))
    quality = round(float(np.exp(rng.uniform(*np.log(_QUALITIES)))))
    jpeg = Jpeg("444", quality, side)
    return jpeg.decode(jpeg.encode(image))

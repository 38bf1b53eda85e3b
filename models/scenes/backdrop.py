"""Backdrops: the wide still picture a camera pans over, and the grain of its sensor."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["BACKDROP_SIDE", "grain", "paint"]

BACKDROP_SIDE = 352
_GRAIN_SIDE = 1024
_OCTAVES = ((5, 0.50), (14, 0.28), (44, 0.22))


def _cloud(rng: np.random.Generator, cells: int, channels: int) -> NDArray[np.float32]:
    """Return smooth noise in -1..1, float32 (side, side, channels)."""
    coarse = rng.integers(0, 256, size=(cells, cells, channels), dtype=np.uint8)
    mode = "RGB" if channels > 1 else "L"
    picture = Image.fromarray(coarse if channels > 1 else coarse[..., 0], mode=mode)
    size = (BACKDROP_SIDE, BACKDROP_SIDE)
    fine = np.asarray(picture.resize(size, Image.Resampling.BICUBIC), dtype=np.float32)
    return (fine.reshape(*size, channels) - np.float32(127.5)) / np.float32(127.5)


def _weave(rng: np.random.Generator) -> NDArray[np.float32]:
    """Return a periodic pattern such as a fence or wall, in -1..1, (side, side, 1)."""
    place = np.arange(BACKDROP_SIDE, dtype=np.float32)
    turn, period = rng.uniform(0, np.pi), np.exp(rng.uniform(np.log(7), np.log(40)))
    pace = np.float32(2 * np.pi / period)
    across = np.exp(1j * pace * np.float32(np.cos(turn)) * place).astype(np.complex64)
    down = np.exp(1j * pace * np.float32(np.sin(turn)) * place).astype(np.complex64)
    wave = (down[:, None] * across[None, :]).real
    return wave[..., None]


def paint(rng: np.random.Generator, *, roughness: float, foreign: bool = False) -> Image.Image:
    """Paint a backdrop.

    Args:
        rng: Where every choice comes from.
        roughness: 0 (a clear sky) to 1 (foliage before a fence).
        foreign: Use the textures of the shifted set: hard-edged blotches instead of clouds.

    Returns:
        RGB picture of ``BACKDROP_SIDE`` pixels squared.
    """
    base = rng.uniform(0.22, 0.78, size=3).astype(np.float32)
    base = np.float32(0.6) * base.mean() + np.float32(0.4) * base
    light = np.zeros((BACKDROP_SIDE, BACKDROP_SIDE, 1), dtype=np.float32)
    for octave, (cells, weight) in enumerate(_OCTAVES):
        strength = weight * (0.30 if octave == 0 else 0.05 + 0.34 * roughness)
        cloud = _cloud(rng, cells, 1)
        if foreign:
            cloud = np.sign(cloud) * np.float32(0.6)
        light += np.float32(strength) * cloud
    light += np.float32(0.16 * roughness * rng.uniform(0, 1)) * _weave(rng)
    picture = base + light + np.float32(0.10) * _cloud(rng, 4, 3)
    return Image.fromarray(np.clip(picture * 255, 0, 255).astype(np.uint8), mode="RGB")


@lru_cache(maxsize=1)
def _grain_table() -> NDArray[np.float32]:
    rng = generator(0, "scenes", "grain")
    return rng.standard_normal((_GRAIN_SIDE, _GRAIN_SIDE, 3), dtype=np.float32)


def grain(rng: np.random.Generator, side: int) -> NDArray[np.float32]:
    """Return sensor noise of unit variance, float32 (side, side, 3): a keyed cut of one table."""
    top, left = rng.integers(0, _GRAIN_SIDE - side, size=2)
    cut = _grain_table()[top : top + side, left : left + side]
    flips = rng.integers(0, 2, size=2) * 2 - 1
    return cut[:: flips[0], :: flips[1]]

"""Bursts that inflate payloads: sensor noise, fine checks, strobe light, and a crafted pattern.

Clips of the set ``spikes`` are drawn like standard ones, and then, for about a second in every
three, something happens that a codec did not learn to expect. Clip k shows kind k modulo 4 of
``KINDS``. The crafted pattern is a universal adversarial perturbation (Moosavi-Dezfooli et al.,
arXiv 1610.08401), computed once by ``models.training.runs.crafted`` to raise the bits of bottleneck
units by 8 of 255 levels; all others are drawn.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.scenes.script import ClipKey

__all__ = ["AMPLITUDE", "KINDS", "TILE_SIDE", "Burst", "burst_at", "crafted_tile", "spoilt"]

KINDS = ("noise", "checks", "strobe", "crafted")

AMPLITUDE = 8
"""Levels of 255 by which the crafted pattern changes a pixel at most."""

TILE_SIDE = 56
"""Side of the crafted pattern, pixels; it repeats."""

_CYCLE = 45  # frames from the start of one burst's third to that of the next
_SHORTEST, _LONGEST = 9, 24  # frames of a burst
_CALM = 8  # frames at the start of a cycle in which nothing happens
_FILE = Path(__file__).with_name("crafted.u8")


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """What happens to a frame.

    Attributes:
        kind: One of ``KINDS``.
        strength: 0..1, the same for all frames of a burst.
        cell: Pixels of a check.
        since: Frames since the burst began.
    """

    kind: str
    strength: float
    cell: int
    since: int


def burst_at(key: ClipKey, t: int) -> Burst | None:
    """Return what happens in frame ``t`` of a clip of this set, or None while it is calm."""
    cycle, place = divmod(t, _CYCLE)
    rng = key.rng("spike", cycle)
    lasts = int(rng.integers(_SHORTEST, _LONGEST + 1))
    begins = int(rng.integers(_CALM, _CYCLE - lasts + 1))
    strength, cell = float(rng.random()), int(rng.integers(1, 5))
    if not begins <= place < begins + lasts:
        return None
    return Burst(
        kind=KINDS[key.clip % len(KINDS)], strength=strength, cell=cell, since=place - begins
    )


def spoilt(image: NDArray[np.uint8], burst: Burst, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Return a frame, uint8 (side, side, 3), as it is in a burst.

    Args:
        image: The calm frame.
        burst: What happens to it.
        rng: Of this frame's noise.
    """
    side = len(image)
    pixels = image.astype(np.float32)
    if burst.kind == "noise":  # a deviation of 6 to 25 % of full scale
        sigma = np.float32(255 * (0.06 + 0.19 * burst.strength))
        pixels += sigma * rng.standard_normal(image.shape, dtype=np.float32)
    elif burst.kind == "checks":  # 10 to 40 % of full scale up and down, turned over every frame
        row = np.arange(side) // burst.cell
        signs = 1 - 2 * ((row[:, None] + row + burst.since) % 2)
        pixels += np.float32(255 * (0.1 + 0.3 * burst.strength)) * signs[..., None]
    elif burst.kind == "strobe":  # 2 to 4 times as bright, and as dark, frame about frame
        gain = np.float32(2 + 2 * burst.strength)
        pixels *= 1 / gain if burst.since % 2 else gain
    else:
        times = -(-side // TILE_SIDE)
        pixels += np.tile(crafted_tile(), (times, times, 1))[:side, :side]
    return np.clip(pixels, 0, 255).astype(np.uint8)


@lru_cache(maxsize=1)
def crafted_tile(path: Path = _FILE) -> NDArray[np.int16]:
    """Return the crafted pattern, (56, 56, 3) between -8 and 8 levels.

    Raises:
        InputError: The file is missing, or is none.
    """
    size = TILE_SIDE**2 * 3
    raw = read_bounded(path, limit_bytes=size, what="crafted pattern")
    found = np.frombuffer(raw, np.uint8).astype(np.int16) - AMPLITUDE
    if found.size != size or found.min() < -AMPLITUDE or found.max() > AMPLITUDE:
        raise InputError(
            Problem(
                where=str(path),
                what="crafted pattern",
                value=f"{found.size} bytes",
                rule=f"must be {size} bytes, each 0 to {2 * AMPLITUDE}",
                remedy="take the file that is shipped",
            )
        )
    return found.reshape(TILE_SIDE, TILE_SIDE, 3)

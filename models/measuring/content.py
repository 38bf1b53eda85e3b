"""What is measured on: named clips, rendered block by block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scenes import SIDE, render
from models.scoring import Truth
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["LOOKED_AT_FRAMES", "Block", "ClipRef", "Content", "draw", "long_clips", "short_clips"]

_MASK_SIDE = 56
LOOKED_AT_FRAMES = 150
"""Short clips and stretches take their frames from so many, the first 10 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipRef:
    """Names one clip of the procedural video and which of its frames are looked at."""

    seed: int
    split: str
    kind: str
    clip: int
    instants: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """Clips that are measured together, all with the same number of frames."""

    clips: tuple[ClipRef, ...]

    @property
    def frames(self) -> int:
        """Number of frames of all clips."""
        return sum(len(clip.instants) for clip in self.clips)


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """Rendered frames, clip after clip: images uint8 (n, 224, 224, 3) and what they show."""

    images: NDArray[np.uint8]
    truth: Truth


def long_clips(*, seed: int, split: str, kind: str, clips: int, frames: int) -> list[Block]:
    """Return blocks of one clip each, filmed from its first frame on."""
    return [
        Block((ClipRef(seed=seed, split=split, kind=kind, clip=clip, instants=(*range(frames),)),))
        for clip in range(clips)
    ]


def short_clips(
    *, seed: int, kind: str, clips: int, frames: int = 2, per_block: int = 32
) -> list[Block]:
    """Return blocks of test clips of which a few keyed instants are looked at."""
    every = []
    for clip in range(clips):
        rng = generator(seed, "short clips", kind, clip)
        drawn = np.sort(rng.choice(LOOKED_AT_FRAMES, frames, replace=False)).tolist()
        every.append(ClipRef(seed=seed, split="test", kind=kind, clip=clip, instants=tuple(drawn)))
    return [Block(tuple(every[k : k + per_block])) for k in range(0, clips, per_block)]


def draw(block: Block) -> Content:
    """Render a block."""
    cell = SIDE // _MASK_SIDE
    images = np.empty((block.frames, SIDE, SIDE, 3), np.uint8)
    labels = np.empty(block.frames, np.int64)
    boxes = np.empty((block.frames, 4), np.float32)
    masks = np.empty((block.frames, _MASK_SIDE, _MASK_SIDE), np.uint8)
    for row, (clip, t) in enumerate(_instants(block.clips)):
        frame = render(seed=clip.seed, split=clip.split, clip=clip.clip, t=t, kind=clip.kind)
        images[row], labels[row], boxes[row] = frame.image, frame.label, frame.box
        shares = frame.mask.reshape(_MASK_SIDE, cell, _MASK_SIDE, cell).mean(axis=(1, 3))
        masks[row] = (shares * 255).astype(np.uint8)
    return Content(images=images, truth=Truth(labels=labels, boxes=boxes, masks=masks))


def _instants(clips: Sequence[ClipRef]) -> list[tuple[ClipRef, int]]:
    return [(clip, t) for clip in clips for t in clip.instants]

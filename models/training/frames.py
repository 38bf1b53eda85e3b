"""Rendered frames on disk, so that training reads instead of drawing the same picture again."""

from __future__ import annotations

import json
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scenes import SIDE, render
from simulator.foundation.files import write_atomically
from simulator.foundation.keyed import generator
from simulator.foundation.processes import pool

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

__all__ = ["MASK_SIDE", "FrameSet", "Recipe", "rendered"]

MASK_SIDE = 56
_PART = 200  # clips drawn between two reports of progress
_LONGEST_S = 10  # frames are taken from the first seconds of a clip


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """Which frames a set holds: ``per_clip`` keyed instants of each clip; 3 of 5 are standard."""

    seed: int
    split: str
    clips: int
    per_clip: int

    @property
    def frames(self) -> int:
        """Number of frames in the set."""
        return self.clips * self.per_clip


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameSet:
    """A rendered set as arrays on disk.

    Attributes:
        recipe: What was rendered.
        images: uint8 (n, 224, 224, 3).
        labels: int64 (n,).
        boxes: float32 (n, 4), left, top, right, bottom in 0..1.
        masks: uint8 (n, 56, 56): visible share of the subject per cell, 255 = all.
    """

    recipe: Recipe
    images: NDArray[np.uint8]
    labels: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]

    def __len__(self) -> int:
        """Return the number of frames."""
        return self.recipe.frames


def _columns(recipe: Recipe) -> dict[str, tuple[str, tuple[int, ...]]]:
    return {
        "images": ("u1", (recipe.frames, SIDE, SIDE, 3)),
        "labels": ("<i8", (recipe.frames,)),
        "boxes": ("<f4", (recipe.frames, 4)),
        "masks": ("u1", (recipe.frames, MASK_SIDE, MASK_SIDE)),
    }


def _open(folder: Path, recipe: Recipe, mode: str) -> FrameSet:
    arrays = {
        name: np.memmap(folder / f"{name}.bin", dtype=kind, mode=mode, shape=shape)  # type: ignore[call-overload]
        for name, (kind, shape) in _columns(recipe).items()
    }
    return FrameSet(recipe=recipe, **arrays)


def _draw(folder: Path, recipe: Recipe, clips: range) -> int:
    """Render the frames of some clips into the files; return how many clips that was."""
    into = _open(folder, recipe, "r+")
    cell = SIDE // MASK_SIDE
    for clip in clips:
        rng = generator(recipe.seed, "training frames", recipe.split, clip)
        kind = "standard" if rng.random() < 0.6 else "busy"  # noqa: PLR2004
        instants = rng.integers(0, _LONGEST_S * 15, size=recipe.per_clip)
        for k, t in enumerate(np.sort(instants)):
            frame = render(seed=recipe.seed, split=recipe.split, clip=clip, t=int(t), kind=kind)
            row = clip * recipe.per_clip + k
            into.images[row] = frame.image
            into.labels[row] = frame.label
            into.boxes[row] = frame.box
            shares = frame.mask.reshape(MASK_SIDE, cell, MASK_SIDE, cell).mean(axis=(1, 3))
            into.masks[row] = (shares * 255).astype(np.uint8)
    return len(clips)


def rendered(
    folder: Path,
    recipe: Recipe,
    *,
    workers: int = 1,
    tell: Callable[[str], None] = lambda _line: None,
) -> FrameSet:
    """Return a set of frames, rendering it into ``folder`` unless it is there already.

    Args:
        folder: Where the arrays lie; one folder a recipe.
        recipe: Which frames.
        workers: Processes that render.
        tell: Called with a line of progress.
    """
    done = folder / "recipe.json"
    if done.exists() and json.loads(done.read_text()) == asdict(recipe):
        return _open(folder, recipe, "r")
    folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)
    _open(folder, recipe, "w+")
    parts = [range(k, min(k + _PART, recipe.clips)) for k in range(0, recipe.clips, _PART)]
    if workers == 1:
        for part in parts:
            _draw(folder, recipe, part)
            tell(f"rendered {part.stop} of {recipe.clips} {recipe.split} clips")
    else:
        finished = 0
        with pool(workers, dict, f"{recipe.split} frames") as drawing:
            for job in as_completed([drawing.submit(_draw, folder, recipe, p) for p in parts]):
                finished += job.result()
                tell(f"rendered {finished} of {recipe.clips} {recipe.split} clips")
    write_atomically(done, json.dumps(asdict(recipe)))
    return _open(folder, recipe, "r")

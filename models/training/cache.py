"""Cached features: what the frozen head and tail make of every training frame, kept on disk.

A unit trains on these, so that the head never runs again and the teacher's answers are at hand.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.backbone import SPLIT_AFTER, Backbone, Outputs
from models.scenes import CLASSES
from models.split import SPLITS, cut
from models.training.batches import take
from models.training.frames import MASK_SIDE
from simulator.foundation.files import write_atomically
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.training.frames import FrameSet

__all__ = ["CachedBatch", "FeatureSet", "cached", "turns"]

_BATCH = 60


class CachedBatch(NamedTuple):
    """Features of frames, the teacher's answers, and the truth.

    Attributes:
        features: float32 (n, c, h, w), those of the split point.
        teacher: The uncompressed network's outputs.
        labels: int64 (n,).
    """

    features: Tensor
    teacher: Outputs
    labels: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Cached arrays, one row a frame; features lie as fp16 (n, h, w, c)."""

    features: NDArray[np.float16]
    logits: NDArray[np.float32]
    boxes: NDArray[np.float32]
    masks: NDArray[np.float16]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of frames."""
        return int(self.labels.shape[0])

    def first(self, rows: int) -> FeatureSet:
        """Return the first rows as a set."""
        columns = {column.name: getattr(self, column.name)[:rows] for column in fields(self)}
        return FeatureSet(**columns)

    def take(self, rows: NDArray[np.int64]) -> CachedBatch:
        """Read rows as tensors."""
        features = torch.from_numpy(self.features[rows]).permute(0, 3, 1, 2).float()
        teacher = Outputs(
            torch.from_numpy(self.logits[rows]),
            torch.from_numpy(self.boxes[rows]),
            torch.from_numpy(self.masks[rows]).float(),
        )
        return CachedBatch(features, teacher, torch.from_numpy(self.labels[rows]))


def turns(frames: FrameSet) -> NDArray[np.int64]:
    """Return in which of eight ways each frame of a set is turned before it is cached."""
    ways = generator(frames.recipe.seed, "turns of cached frames").integers(8, size=len(frames))
    return ways[np.arange(len(frames)) // _BATCH * _BATCH]


def _open(folder: Path, rows: int, shape: tuple[int, int, int], mode: str) -> FeatureSet:
    channels, height, width = shape
    columns: dict[str, tuple[str, tuple[int, ...]]] = {
        "features": ("<f2", (rows, height, width, channels)),
        "logits": ("<f4", (rows, len(CLASSES))),
        "boxes": ("<f4", (rows, 4)),
        "masks": ("<f2", (rows, MASK_SIDE, MASK_SIDE)),
        "labels": ("<i8", (rows,)),
    }
    return FeatureSet(
        **{
            name: np.memmap(folder / f"{name}.bin", dtype=kind, mode=mode, shape=shape)  # type: ignore[call-overload]
            for name, (kind, shape) in columns.items()
        }
    )


@torch.inference_mode()
def cached(
    folder: Path,
    backbone: Backbone,
    frames: FrameSet,
    *,
    digest: str,
    split: str = "middle",
    rows: int | None = None,
    tell: Callable[[str], None] = lambda _line: None,
) -> FeatureSet:
    """Return the features of a set under a folded backbone, computing them unless they are there.

    Frames are turned in keyed ways first, as in the backbone's training.

    Args:
        folder: Where the arrays lie; overwritten when they are of another backbone.
        backbone: Folded and halved, in evaluation mode.
        frames: The frames.
        digest: Names the backbone.
        split: The split point, one of ``models.split.SPLITS``.
        rows: How many of the frames, from the first; by default all.
        tell: Called with a line of progress.
    """
    point, count = SPLITS[split], min(rows or len(frames), len(frames))
    shape = point.features_at(backbone.width)
    whole = point.after == SPLIT_AFTER and count == len(frames)
    stamp = json.dumps([digest, asdict(frames.recipe), *([] if whole else [split, count])])
    done = folder / "stamp.json"
    if done.exists() and done.read_text() == stamp:
        return _open(folder, count, shape, "r")
    folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)
    into = _open(folder, count, shape, "w+")
    head, tail = cut(backbone, after=point.after)
    ways = turns(frames)
    for start in range(0, count, _BATCH):
        here = np.arange(start, min(start + _BATCH, count))
        batch = take(frames, here, way=int(ways[start]))
        with torch.autocast("cpu", torch.bfloat16):
            features = head(batch.x)
            out: Outputs = tail(features)
        into.features[here] = features.permute(0, 2, 3, 1).half().numpy()
        into.logits[here] = out.logits.numpy()
        into.boxes[here] = out.box.numpy()
        into.masks[here] = out.mask.half().numpy()
        into.labels[here] = batch.labels.numpy()
        if start % (100 * _BATCH) == 0:
            tell(f"cached {start} of {count} frames")
    write_atomically(done, stamp)
    return _open(folder, count, shape, "r")

"""Cached features: what the frozen head and tail make of every training frame, kept on disk.

A unit trains on these, so that the head never runs again and the teacher's answers are at hand.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.backbone import FEATURES, SPLIT_AFTER, Backbone, Outputs
from models.scenes import CLASSES
from models.split import cut
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

__all__ = ["CachedBatch", "FeatureSet", "cached"]

_BATCH = 60


class CachedBatch(NamedTuple):
    """Features of frames, the teacher's answers, and the truth.

    Attributes:
        features: float32 (n, 48, 28, 28).
        teacher: The uncompressed network's outputs.
        labels: int64 (n,).
    """

    features: Tensor
    teacher: Outputs
    labels: Tensor


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureSet:
    """Cached arrays, one row a frame; features lie as fp16 (n, 28, 28, 48)."""

    features: NDArray[np.float16]
    logits: NDArray[np.float32]
    boxes: NDArray[np.float32]
    masks: NDArray[np.float16]
    labels: NDArray[np.int64]

    def __len__(self) -> int:
        """Return the number of frames."""
        return int(self.labels.shape[0])

    def take(self, rows: NDArray[np.int64]) -> CachedBatch:
        """Read rows as tensors."""
        features = torch.from_numpy(self.features[rows]).permute(0, 3, 1, 2).float()
        teacher = Outputs(
            torch.from_numpy(self.logits[rows]),
            torch.from_numpy(self.boxes[rows]),
            torch.from_numpy(self.masks[rows]).float(),
        )
        return CachedBatch(features, teacher, torch.from_numpy(self.labels[rows]))


def _open(folder: Path, rows: int, mode: str) -> FeatureSet:
    channels, height, width = FEATURES
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
    tell: Callable[[str], None] = lambda _line: None,
) -> FeatureSet:
    """Return the features of a set under a folded backbone, computing them unless they are there.

    Frames are turned in keyed ways first, as in the backbone's training.

    Args:
        folder: Where the arrays lie; overwritten when they are of another backbone.
        backbone: Folded and halved, in evaluation mode.
        frames: The frames.
        digest: Names the backbone.
        tell: Called with a line of progress.
    """
    stamp = json.dumps([digest, asdict(frames.recipe)])
    done = folder / "stamp.json"
    if done.exists() and done.read_text() == stamp:
        return _open(folder, len(frames), "r")
    folder.mkdir(parents=True, exist_ok=True)
    done.unlink(missing_ok=True)
    into = _open(folder, len(frames), "w+")
    head, tail = cut(backbone, after=SPLIT_AFTER)
    ways = generator(frames.recipe.seed, "turns of cached frames").integers(8, size=len(frames))
    for start in range(0, len(frames), _BATCH):
        rows = np.arange(start, min(start + _BATCH, len(frames)))
        batch = take(frames, rows, way=int(ways[start]))
        with torch.autocast("cpu", torch.bfloat16):
            features = head(batch.x)
            out: Outputs = tail(features)
        into.features[rows] = features.permute(0, 2, 3, 1).half().numpy()
        into.logits[rows] = out.logits.numpy()
        into.boxes[rows] = out.box.numpy()
        into.masks[rows] = out.mask.half().numpy()
        into.labels[rows] = batch.labels.numpy()
        if start % (100 * _BATCH) == 0:
            tell(f"cached {start} of {len(frames)} frames")
    write_atomically(done, stamp)
    return _open(folder, len(frames), "r")

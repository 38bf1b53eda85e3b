"""Segmentation: a mask of class indices beside each picture, as in PASCAL VOC.

Data: ``FOLDER/JPEGImages/<name>.jpg`` and ``FOLDER/SegmentationClass/<name>.png``, a palette or
grey picture whose values are class indices; 0 is the background, 255 is not looked at. Or, for
clips, ``<clip>/<numbered pictures>`` in both folders. Pictures without a mask are left out.

Answer: the network's first output, float (n, classes, height, width): a score for each class and
cell; it is stretched to the frame. ``mask_iou`` is the mean, over the classes that the frame's mask
or the answer shows, of intersection over union; the confidence is the mean of the largest softmax.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from models.own.clips import Clip, folder_of, gathered, pictures_in
from models.own.pictures import read_indices
from models.own.tasks.scored import Scored, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Segmentation"]

_IGNORED = 255
_DIMS = 4


class Segmentation:
    """The task; a frame's truth is the path of its mask."""

    outputs = 1
    scores = ("mask_iou",)

    def clips(self, folder: Path) -> list[Clip]:
        """Return the clips of all pictures that have masks."""
        return gathered(_clips(folder_of(folder)), folder)

    def chance(self, truths: Sequence[Any]) -> dict[str, float]:
        """Say nothing: how far a constant answer overlaps is not known beforehand."""
        del truths
        return {}

    def score(self, answer: Sequence[Tensor], truths: Sequence[Path], side: int) -> Scored:
        """Return ``mask_iou`` of n frames."""
        logits = answer[0].float().cpu()
        if logits.dim() != _DIMS:
            raise unreadable(tuple(logits.shape), "must be (n, classes, height, width)")
        size = (side, side)
        wide = functional.interpolate(logits, size, mode="bilinear", align_corners=False)
        sure, found = torch.softmax(wide, dim=1).max(dim=1)
        pairs = zip(found.numpy(), truths, strict=True)
        overlaps = [_mean_iou(answered, read_indices(path, side)) for answered, path in pairs]
        return Scored(
            {"mask_iou": np.array(overlaps, np.float32)}, sure.mean(dim=(1, 2)).clamp(0, 1).numpy()
        )


def _clips(folder: Path) -> Iterator[Clip]:
    masks = folder_of(folder / "SegmentationClass")
    images = folder_of(folder / "JPEGImages")
    for name, frames in pictures_in(images):
        paths = [masks / path.relative_to(images).with_suffix(".png") for path in frames]
        there = [(f, mask) for f, mask in zip(frames, paths, strict=True) if mask.is_file()]
        if there:
            kept, truths = zip(*there, strict=True)
            yield Clip(name, kept, truths)


def _mean_iou(found: NDArray[np.int64], true: NDArray[np.uint8]) -> float:
    """Return the mean IoU over classes that either shows, where the truth is to be looked at.

    Example:
        >>> found, true = np.array([[0, 1], [1, 1]]), np.array([[0, 1], [2, 255]], np.uint8)
        >>> _mean_iou(found, true)
        0.5
    """
    looked_at = true != _IGNORED
    answered, wanted = found[looked_at], true[looked_at].astype(np.int64)
    shown = np.union1d(answered, wanted)
    if not shown.size:
        return 1.0
    overlaps = [
        ((answered == k) & (wanted == k)).sum() / ((answered == k) | (wanted == k)).sum()
        for k in shown
    ]
    return float(np.mean(overlaps))

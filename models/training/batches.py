"""Batches of rendered frames in a keyed order, each turned and mirrored as a whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.backbone import prepare
from models.scenes import EMPTY
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from models.training.frames import FrameSet

__all__ = ["Batch", "batch_rows", "take", "turned"]

_MIRROR_X, _MIRROR_Y, _SWAP = 1, 2, 4


class Batch(NamedTuple):
    """Frames and their truth.

    Attributes:
        x: float32 (n, 3, 224, 224) in -1..1.
        labels: int64 (n,).
        boxes: float32 (n, 4).
        masks: float32 (n, 56, 56) in 0..1.
    """

    x: Tensor
    labels: Tensor
    boxes: Tensor
    masks: Tensor


def batch_rows(*, seed: int, purpose: str, step: int, size: int, total: int) -> NDArray[np.int64]:
    """Return the rows of batch ``step`` when the set is run through in a new order each time.

    Example:
        >>> rows = [batch_rows(seed=1, purpose="x", step=k, size=2, total=4) for k in (0, 1)]
        >>> sorted(int(row) for batch in rows for row in batch)
        [0, 1, 2, 3]
    """
    per_round = total // size
    epoch, place = divmod(step, per_round)
    order = generator(seed, "order", purpose, epoch).permutation(total)
    return np.sort(order[place * size : (place + 1) * size])


def turned(cells: NDArray[np.uint8], way: int) -> NDArray[np.uint8]:
    """Return pictures (n, rows, columns, ...) mirrored and turned as `take` does.

    Example:
        >>> turned(np.uint8([[[1, 2], [3, 4]]]), 5).tolist()
        [[[2, 4], [1, 3]]]
    """
    if way & _MIRROR_X:
        cells = cells[:, :, ::-1]
    if way & _MIRROR_Y:
        cells = cells[:, ::-1]
    if way & _SWAP:
        cells = cells.swapaxes(1, 2)
    return np.ascontiguousarray(cells)


def take(frames: FrameSet, rows: NDArray[np.int64], *, way: int = 0) -> Batch:
    """Read frames as a batch, mirrored and turned in one of eight ways.

    No class has a handedness, so a turned frame is as true as the first.

    Args:
        frames: The set.
        rows: Which of its frames.
        way: Bits 0, 1 and 2: mirror left-right, mirror top-bottom, swap rows with columns.
    """
    boxes, some = frames.boxes[rows], frames.labels[rows][:, None] != EMPTY
    if way & _MIRROR_X:
        boxes = np.stack([1 - boxes[:, 2], boxes[:, 1], 1 - boxes[:, 0], boxes[:, 3]], axis=1)
    if way & _MIRROR_Y:
        boxes = np.stack([boxes[:, 0], 1 - boxes[:, 3], boxes[:, 2], 1 - boxes[:, 1]], axis=1)
    if way & _SWAP:
        boxes = boxes[:, [1, 0, 3, 2]]
    return Batch(
        prepare(turned(frames.images[rows], way)),
        torch.from_numpy(frames.labels[rows]),
        torch.from_numpy(boxes * some),
        torch.from_numpy(turned(frames.masks[rows], way)).float() / 255,
    )

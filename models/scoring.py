"""How right an answer is, frame by frame: class, box and mask, and how sure the network was.

Empty frames, in which no subject is visible, have a class of their own. The answer "empty"
withdraws the box: it scores 1 on an empty frame and 0 on any other, and any other answer scores 0
on an empty frame. Masks are compared cell by cell, and two empty masks agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.scenes import EMPTY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.backbone import Outputs

__all__ = ["TASKS", "Scores", "Truth", "box_iou", "mask_iou", "score"]

TASKS = ("top1", "box_iou", "mask_iou")
_HALF = 128  # a cell shows the subject if half of it does


@dataclass(frozen=True, slots=True, kw_only=True)
class Truth:
    """What n frames show.

    Attributes:
        labels: int64 (n,), index into ``CLASSES``.
        boxes: float32 (n, 4), left, top, right, bottom in 0..1.
        masks: uint8 (n, 56, 56), visible share of the subject per cell, 255 = all.
    """

    labels: NDArray[np.int64]
    boxes: NDArray[np.float32]
    masks: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """Scores of n frames, float32 (n,) between 0 and 1 each.

    Attributes:
        by_task: Task name to scores.
        confidence: Largest softmax probability of the class answer.
    """

    by_task: dict[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]


def score(outputs: Outputs, truth: Truth) -> Scores:
    """Return the scores of the tail's outputs for n frames."""
    logits = outputs.logits.numpy()
    answers = logits.argmax(axis=1)
    empty, answers_empty = truth.labels == EMPTY, answers == EMPTY
    overlap = box_iou(outputs.box.numpy(), truth.boxes)
    boxes = np.where(empty | answers_empty, empty & answers_empty, overlap)
    masks = mask_iou(outputs.mask.numpy() > 0, truth.masks >= _HALF)
    above = np.exp(logits - logits.max(axis=1, keepdims=True))
    return Scores(
        by_task={
            "top1": (answers == truth.labels).astype(np.float32),
            "box_iou": boxes.astype(np.float32),
            "mask_iou": masks,
        },
        confidence=(1 / above.sum(axis=1)).astype(np.float32),
    )


def box_iou(found: NDArray[np.float32], true: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return intersection over union of boxes (n, 4), 0 where one has no area.

    Example:
        >>> left, both = np.float32([[0, 0, 1, 2]]), np.float32([[0, 0, 2, 2]])
        >>> box_iou(left, both).tolist()
        [0.5]
    """
    low, high = np.maximum(found[:, :2], true[:, :2]), np.minimum(found[:, 2:], true[:, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = [np.clip(box[:, 2:] - box[:, :2], 0, None).prod(axis=1) for box in (found, true)]
    union = areas[0] + areas[1] - shared
    overlap: NDArray[np.float32] = shared / np.maximum(union, np.float32(1e-12))
    return overlap.astype(np.float32)


def mask_iou(found: NDArray[np.bool_], true: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return intersection over union of masks (n, h, w), 1 where both are empty."""
    shared = (found & true).sum(axis=(1, 2))
    union = (found | true).sum(axis=(1, 2))
    return np.where(union == 0, 1, shared / np.maximum(union, 1)).astype(np.float32)

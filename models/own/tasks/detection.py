"""Detection: boxes as in COCO's instances file.

Data: ``FOLDER/annotations.json`` with ``images`` (id, file_name, width, height) and
``annotations`` (image_id, category_id, bbox as left, top, width, height in pixels; crowds are left
out), and the pictures in ``FOLDER/images/``; a ``file_name`` may be ``<clip>/<number>.jpg``.

Answer, as DETR and its kin give it: the network's first two outputs, class scores float
(n, answers, classes + 1), of which the last stands for "nothing", and boxes float (n, answers, 4),
centre x and y, width and height in 0..1 of the frame. A class's index is its ``category_id``.

Per frame, both between 0 and 1: ``ap50`` is average precision at IoU 0.5 (the area under the
precision envelope), averaged over the classes that the frame shows; ``box_iou`` is, averaged over
the frame's boxes, the IoU with its class's most confident answers, as many as there are boxes of
that class, the best pair first. On a frame without boxes both are 1 if no answer is surer than 0.5,
otherwise 0. Their means over frames are no data set's mAP. The confidence is that of the surest
answer.
"""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from models.own.clips import Clip, folder_of, gathered, pictures_in
from models.own.tasks.scored import Scored, unreadable
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

__all__ = ["Detection", "Shown"]

_LIMIT_BYTES = 1 << 28
_SURE = 0.5
_DIMS, _BOX = 3, 4
_MATCH = 0.5


class Shown(NamedTuple):
    """What a frame shows: classes int64 (k,), boxes float32 (k, 4), left, top, right, bottom."""

    classes: NDArray[np.int64]
    boxes: NDArray[np.float32]


class Detection:
    """The task; a frame's truth is a `Shown`."""

    outputs = 2
    scores = ("ap50", "box_iou")

    def clips(self, folder: Path) -> list[Clip]:
        """Return the clips of all annotated pictures."""
        return gathered(_clips(folder_of(folder)), folder)

    def chance(self, truths: Sequence[Any]) -> dict[str, float]:
        """Say nothing: how far a constant answer overlaps is not known beforehand."""
        del truths
        return {}

    def score(self, answer: Sequence[Tensor], truths: Sequence[Shown], side: int) -> Scored:
        """Return both scores of n frames; ``side`` does not matter."""
        del side
        logits, boxes = (part.float().cpu() for part in answer)
        whole = logits.dim() == _DIMS and logits.shape[1] > 0 and logits.shape[2] > 1
        if not whole or boxes.shape != (*logits.shape[:2], _BOX):
            rule = "must be (n, answers, classes + 1) and (n, answers, 4)"
            raise unreadable(f"{tuple(logits.shape)}, {tuple(boxes.shape)}", rule)
        sure = torch.softmax(logits, dim=2)[..., :-1].numpy()
        centre, size = boxes[..., :2], boxes[..., 2:]
        corners = torch.cat([centre - size / 2, centre + size / 2], dim=2).numpy()
        rows = [_frame(*parts) for parts in zip(sure, corners, truths, strict=True)]
        precision, overlap = np.array(rows, np.float32).T
        return Scored({"ap50": precision, "box_iou": overlap}, sure.max(axis=(1, 2)))


def _frame(
    sure: NDArray[np.float32], boxes: NDArray[np.float32], shown: Shown
) -> tuple[float, float]:
    """Return both scores of a frame: sure (answers, classes), boxes (answers, 4)."""
    if not len(shown.classes):
        quiet = float(sure.max() <= _SURE)
        return quiet, quiet
    precisions, overlaps = [], []
    for label in np.unique(shown.classes):
        true = shown.boxes[shown.classes == label]
        if label >= sure.shape[1]:
            raise unreadable(f"{sure.shape[1]} classes", f"must have one for category {label}")
        order = np.argsort(-sure[:, label], kind="stable")
        overlap = _overlaps(boxes[order], true)
        precisions.append(_average_precision(overlap))
        overlaps += _best_pairs(overlap[: len(true)])
    return float(np.mean(precisions)), float(np.mean(overlaps))


def _overlaps(found: NDArray[np.float32], true: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the IoU of boxes (a, 4) with boxes (b, 4), (a, b)."""
    low = np.maximum(found[:, None, :2], true[None, :, :2])
    high = np.minimum(found[:, None, 2:], true[None, :, 2:])
    shared = np.clip(high - low, 0, None).prod(axis=2)
    areas = [np.clip(box[:, 2:] - box[:, :2], 0, None).prod(axis=1) for box in (found, true)]
    union = areas[0][:, None] + areas[1][None] - shared
    overlap: NDArray[np.float64] = shared / np.maximum(union, 1e-12)
    return overlap


def _average_precision(overlap: NDArray[np.float64]) -> float:
    """Return AP at IoU 0.5 of answers in falling confidence, by their IoU (answers, boxes).

    Example:
        >>> _average_precision(np.array([[0.2], [0.8]]))  # the second answer is right
        0.5
    """
    free = np.ones(overlap.shape[1], bool)
    right = np.zeros(len(overlap), bool)
    for row, overlaps in enumerate(overlap):
        best = int(np.argmax(np.where(free, overlaps, -1)))
        if free[best] and overlaps[best] >= _MATCH:
            right[row], free[best] = True, False
    precision = np.cumsum(right) / np.arange(1, len(right) + 1)
    envelope = np.maximum.accumulate(precision[::-1])[::-1]
    return float(envelope[right].sum() / overlap.shape[1])


def _best_pairs(overlap: NDArray[np.float64]) -> list[float]:
    """Return the IoU of each box with an answer of its own, the best pair first."""
    left = overlap.copy()
    found = [0.0] * left.shape[1]
    for _ in range(min(left.shape)):
        row, column = np.unravel_index(int(left.argmax()), left.shape)
        found[column] = max(float(left[row, column]), 0.0)
        left[row], left[:, column] = -1, -1
    return found


def _clips(folder: Path) -> Iterator[Clip]:
    shown = _annotations(folder / "annotations.json")
    images = folder_of(folder / "images")
    for name, frames in pictures_in(images):
        names = [PurePosixPath(path.relative_to(images)).as_posix() for path in frames]
        there = [(f, shown[key]) for f, key in zip(frames, names, strict=True) if key in shown]
        if there:
            kept, truths = zip(*there, strict=True)
            yield Clip(name, kept, truths)


def _annotations(path: Path) -> dict[str, Shown]:
    """Return what is shown by file name."""
    raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="annotations")
    try:
        document = json.loads(raw)
        images = {image["id"]: image for image in document["images"]}
        kept: dict[Any, list[tuple[int, list[float]]]] = {number: [] for number in images}
        for one in document["annotations"]:
            if not one.get("iscrowd"):
                box = _corners(one["bbox"], images[one["image_id"]])
                kept[one["image_id"]].append((_index(one["category_id"]), box))
        return {
            str(image["file_name"]): Shown(
                np.array([label for label, _ in kept[number]], np.int64),
                np.array([box for _, box in kept[number]], np.float32).reshape(-1, _BOX),
            )
            for number, image in images.items()
        }
    except (
        ArithmeticError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise InputError(
            Problem(
                where=str(path),
                what="annotations",
                value=repr(error),
                rule="must be images and annotations as in COCO's instances file",
                remedy="see the layout in --help",
            )
        ) from error


def _index(label: object) -> int:
    if not isinstance(label, int) or label < 0:
        raise ValueError(f"category_id {label}")
    return label


def _corners(box: Sequence[float], image: Mapping[str, Any]) -> list[float]:
    left, top, width, height = (float(value) for value in box)
    across, down = float(image["width"]), float(image["height"])
    corners = [left / across, top / down, (left + width) / across, (top + height) / down]
    if not np.isfinite(corners).all():
        raise ValueError(f"bbox {box}")
    return corners

"""Scores of a whole set of frames: detection's mean average precision and the masks' mean IoU.

Neither is a mean over frames, so both are counted anew for every draw of the bootstrap over clips;
a clip that is drawn twice counts twice.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from models.scenes import EMPTY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from models.measuring.answers import Answers

__all__ = ["AP_50_95", "average_precisions", "mean_iou"]

AP_50_95 = tuple(k / 100 for k in range(50, 100, 5))
"""Overlaps of COCO's primary measure (Lin et al., "Microsoft COCO", ECCV 2014)."""


def average_precisions(
    answers: Answers, weights: NDArray[np.float64], overlaps: Sequence[float]
) -> NDArray[np.float64]:
    """Return the mean average precision of the boxes, for each draw and required overlap.

    A frame has at most one subject and gets at most one detection: its answer's class and box with
    the answer's confidence, or none where the answer is "empty". A detection is right if its class
    is the frame's and its box overlaps the true one enough; any detection on an empty frame is
    wrong. Average precision is the area under the precision, made monotone, over the recall, at
    all points (Everingham et al., "The PASCAL Visual Object Classes Challenge: A Retrospective",
    IJCV 2015); the mean is over the classes that a draw shows.

    Args:
        answers: With evidence ``[clip, frame]``.
        weights: ``[draw, clip]``, how much each clip counts.
        overlaps: Least IoU of a right box, each between 0 and 1.

    Returns:
        float64 ``[draw, overlap]`` between 0 and 1; 0 for a draw without any subject.
    """
    label, answer = answers.evidence["label"], answers.evidence["answer"]
    clips = np.broadcast_to(np.arange(len(label))[:, None], label.shape)
    # Draws lie side by side in memory: a row is one detection in all of them.
    by_clip = np.ascontiguousarray(weights.T, np.float32)
    found = np.zeros((len(overlaps), len(weights)))
    shown = np.zeros(len(weights))
    for kind in range(EMPTY):
        positives = _sums(label == kind, by_clip)
        mine = np.flatnonzero(answer == kind)
        ranked = mine[np.argsort(-answers.confidence.ravel()[mine], kind="stable")]
        counted: NDArray[np.float32] = by_clip[clips.ravel()[ranked]]
        right = np.where(label == kind, answers.evidence["overlap"], -1.0).ravel()[ranked]
        areas = np.stack(list(_areas(counted, right, overlaps)))
        there = positives > 0
        found[:, there] += areas[:, there] / positives[there]
        shown += there
    return (found / np.maximum(shown, 1)).T


def _areas(
    counted: NDArray[np.float32], right: NDArray[np.float32], overlaps: Sequence[float]
) -> Iterator[NDArray[np.float32]]:
    """Yield the area under precision over the number of right detections, by overlap.

    Args:
        counted: ``[detection, draw]`` how much each counts, the surest first.
        right: ``[detection]`` overlap with a subject of its class, -1 where there is none.
        overlaps: Least overlap of a right one.
    """
    ranks: NDArray[np.float32] = np.maximum(_running(np.add, counted), 1e-30)
    for overlap in overlaps:
        hits = np.flatnonzero(right >= overlap)
        gains = counted[hits]
        precision = _running(np.add, gains) / ranks[hits]
        # What a later hit reaches, an earlier one is granted, too.
        monotone = _running(np.maximum, precision[::-1])[::-1]
        yield np.einsum("ij,ij->j", gains, monotone)


def _running(what: np.ufunc, rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``what.accumulate`` along the first axis, three times as fast for long rows."""
    found = rows.copy()
    for above, row in pairwise(found):
        what(above, row, out=row)
    return found


def mean_iou(answers: Answers, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean over classes of the masks' intersection over union, for each draw.

    A cell of the answer shows the answered class where the mask is set, and nothing where it is not
    or the answer is "empty"; a cell of the truth likewise. A class's intersection and union are
    cells added up over all frames (Everingham et al., IJCV 2015); the mean is over the classes
    that a draw shows or answers. The background, which PASCAL VOC counts as a class, is left out:
    it is almost always right.

    Args:
        answers: With evidence ``[clip, frame]``.
        weights: ``[draw, clip]``, how much each clip counts.

    Returns:
        float64 ``[draw]`` between 0 and 1; 0 for a draw without any cell of a class.
    """
    evidence = answers.evidence
    label, answer = evidence["label"], evidence["answer"]
    shared, either = [], []
    for kind in range(EMPTY):
        true, found = label == kind, answer == kind
        both = (evidence["cells_shared"] * (true & found)).sum(axis=1, dtype=np.float64)
        all_ = evidence["cells_true"] * true + evidence["cells_found"] * found
        shared.append(both)
        either.append(all_.sum(axis=1, dtype=np.float64) - both)
    above, below = weights @ np.array(shared).T, weights @ np.array(either).T
    there = below > 0
    shares = np.where(there, above / np.where(there, below, 1), 0).sum(axis=1)
    mean: NDArray[np.float64] = shares / np.maximum(there.sum(axis=1), 1)
    return mean


def _sums(shown: NDArray[np.bool_], by_clip: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return how much frames count in each draw."""
    sums: NDArray[np.float32] = shown.sum(axis=1) @ by_clip
    return sums

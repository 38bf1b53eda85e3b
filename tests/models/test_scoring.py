from __future__ import annotations

import numpy as np
import pytest
import torch

from models.backbone import Outputs
from models.scenes import CLASSES, EMPTY
from models.scoring import TASKS, Scores, Truth, box_iou, mask_iou, score

WHOLE = np.array([[0.0, 0.0, 1.0, 1.0]], np.float32)
LEFT = np.array([[0.0, 0.0, 0.5, 1.0]], np.float32)


def answered(answer: int, label: int, *, box: np.ndarray = WHOLE) -> Scores:
    """Score one frame in which the true box is the left half, if there is one."""
    logits = torch.zeros(1, len(CLASSES))
    logits[0, answer] = 10.0
    mask = torch.full((1, 56, 56), -1.0)
    outputs = Outputs(logits, torch.from_numpy(box), mask)
    true_box = LEFT if label != EMPTY else np.zeros((1, 4), np.float32)
    masks = np.full((1, 56, 56), 255 if label != EMPTY else 0, np.uint8)
    return score(outputs, Truth(labels=np.array([label]), boxes=true_box, masks=masks))


def scores_of(found: Scores) -> list[float]:
    return [float(found.by_task[task][0]) for task in TASKS]


@pytest.mark.parametrize(
    ("answer", "label", "expected"),
    [
        (3, 3, [1, 0.5, 0]),  # right class, box twice as large, no mask found
        (4, 3, [0, 0.5, 0]),
        (EMPTY, 3, [0, 0, 0]),  # "empty" withdraws the box
        (EMPTY, EMPTY, [1, 1, 1]),
        (3, EMPTY, [0, 0, 1]),
    ],
)
def test_scores_of_full_and_empty_frames(answer: int, label: int, expected: list[float]) -> None:
    assert scores_of(answered(answer, label)) == expected


def test_confidence_is_the_largest_softmax_probability() -> None:
    others = len(CLASSES) - 1
    expected = np.exp(10.0) / (np.exp(10.0) + others)
    assert answered(3, 3).confidence[0] == pytest.approx(expected)


def test_boxes_that_do_not_meet_or_are_turned_inside_out_score_nothing() -> None:
    right = np.array([[0.5, 0.0, 1.0, 1.0]], np.float32)
    assert box_iou(LEFT, right).tolist() == [0.0]
    assert box_iou(LEFT[:, [2, 1, 0, 3]], LEFT).tolist() == [0.0]


def test_mask_iou_counts_cells() -> None:
    found = np.zeros((1, 4, 4), bool)
    true = np.zeros((1, 4, 4), bool)
    found[0, 0, :3] = True
    true[0, 0, 1:4] = True
    assert mask_iou(found, true).tolist() == [0.5]

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.comparing.set_scores import AP_50_95, average_precisions, mean_iou
from models.intervals import draws
from models.measuring.answers import Answers
from models.measuring.evidence import EVIDENCE
from models.scenes import EMPTY

ONE = np.ones((1, 1))

if TYPE_CHECKING:
    from collections.abc import Sequence


def answers(rows: Sequence[tuple[float, ...]], frames: int = 0) -> Answers:
    """Return answers of rows (confidence, label, answer, overlap, shared, found, true)."""
    table = np.array(rows, np.float32).T.reshape(7, -1, frames or len(rows))
    return Answers(
        payload_bytes=np.zeros(table.shape[1:], np.int64),
        ideal_bytes=np.zeros(table.shape[1:]),
        scores={},
        confidence=table[0],
        evidence=dict(zip(EVIDENCE, table[1:], strict=True)),
    )


def boxes(*rows: tuple[float, float, float, float]) -> Answers:
    """Return answers of rows (confidence, label, answer, overlap)."""
    return answers([(*row, 0, 0, 0) for row in rows])


def precision(found: Answers) -> float:
    return float(average_precisions(found, ONE, (0.5,))[0, 0])


def test_boxes_that_are_all_right_have_precision_one() -> None:
    assert precision(boxes((0.9, 0, 0, 0.8), (0.8, 1, 1, 0.5), (0.7, EMPTY, EMPTY, 0))) == 1


def test_a_sure_detection_on_an_empty_frame_costs_precision() -> None:
    # Ranked: wrong, right, right of two subjects: precision 1/2, 2/3, made monotone 2/3, 2/3.
    found = boxes((0.9, EMPTY, 0, 0), (0.8, 0, 0, 0.9), (0.7, 0, 0, 0.9))
    assert precision(found) == pytest.approx(2 / 3)
    # Less sure than both, it costs nothing.
    assert precision(boxes((0.1, EMPTY, 0, 0), (0.8, 0, 0, 0.9), (0.7, 0, 0, 0.9))) == 1


def test_a_subject_that_is_missed_or_named_otherwise_costs_recall() -> None:
    # Class 0: one of two found; the other is called empty. Class 1 is named but never shown.
    found = boxes((0.9, 0, 0, 0.9), (0.8, 0, EMPTY, 0.9))
    assert precision(found) == 0.5
    wrong = boxes((0.9, 0, 0, 0.9), (0.8, 0, 1, 0.9))
    assert precision(wrong) == 0.5


def test_the_mean_is_over_the_classes_that_are_shown() -> None:
    # Class 0: found. Class 1: its frame is said to be 2, which nobody shows.
    assert precision(boxes((0.9, 0, 0, 0.9), (0.9, 1, 2, 0.9))) == 0.5


def test_a_box_counts_up_to_the_overlap_it_has() -> None:
    found = average_precisions(boxes((0.9, 0, 0, 0.72)), ONE, AP_50_95)[0]
    assert found.tolist() == [1, 1, 1, 1, 1, 0, 0, 0, 0, 0]  # 0.5 to 0.7


def test_nothing_shown_is_nothing_found() -> None:
    assert precision(boxes((0.9, EMPTY, EMPTY, 0))) == 0
    assert mean_iou(boxes((0.9, EMPTY, EMPTY, 0)), ONE).tolist() == [0]


def test_a_clip_drawn_twice_is_as_two_such_clips() -> None:
    first = [(0.9, EMPTY, 0, 0, 0, 4, 0), (0.6, 0, 0, 0.9, 3, 5, 6)]
    second = [(0.8, 0, 0, 0.9, 6, 8, 7), (0.7, 0, 0, 0.2, 1, 2, 9)]
    weights = np.array([[1 / 3, 2 / 3]])
    once, twice = answers(first + second, 2), answers(first + second + second, 2)
    alike = np.full((1, 3), 1 / 3)
    assert average_precisions(once, weights, AP_50_95) == pytest.approx(
        average_precisions(twice, alike, AP_50_95)
    )
    assert mean_iou(once, weights) == pytest.approx(mean_iou(twice, alike))


def test_mask_cells_are_added_up_by_class_before_they_are_divided() -> None:
    found = answers(
        [
            (0.9, 0, 0, 0, 6, 8, 10),  # class 0: 6 shared, 12 in either
            (0.9, 0, 0, 0, 1, 1, 4),  # class 0: 1 shared, 4 in either
            (0.9, 1, 0, 0, 5, 5, 5),  # called 0: 5 more for class 0, 5 missed of class 1
            (0.9, 1, EMPTY, 0, 5, 5, 5),  # withdrawn: 5 more missed of class 1
        ]
    )
    assert mean_iou(found, ONE) == pytest.approx([(7 / 21 + 0 / 10) / 2])


def test_each_draw_is_counted_for_itself() -> None:
    rng = np.random.default_rng(2)
    rows = [
        (rng.random(), *rng.integers(3, size=2).tolist(), rng.random(), 2, 5, 6) for _ in range(40)
    ]
    found, weights = answers(rows, 2), draws(20)[:5]
    whole = average_precisions(found, weights, AP_50_95)
    assert whole.shape == (5, 10)
    for row, weight in zip(whole, weights, strict=True):
        assert average_precisions(found, weight[None], AP_50_95)[0] == pytest.approx(row)

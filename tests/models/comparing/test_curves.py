from __future__ import annotations

import numpy as np
import pytest

from models.comparing.curves import Curve, bd_rate, bytes_needed, front

SIZES, SCORES = np.array([100.0, 200.0, 400.0]), np.array([0.5, 0.7, 0.8])


def test_bytes_needed_takes_the_first_setting_that_suffices() -> None:
    sizes, scores = np.array([100.0, 200.0, 400.0]), np.array([0.5, 0.7, 0.6])
    assert bytes_needed(sizes, scores, 0.7) == pytest.approx(200)
    assert bytes_needed(sizes, scores, 0.6) == pytest.approx(100 * 2**0.5)


def test_settings_that_a_smaller_one_beats_are_left_out() -> None:
    curve = front(np.array([400.0, 100.0, 200.0, 100.0]), np.array([0.8, 0.4, 0.8, 0.5]))
    assert curve.sizes.tolist() == [100, 200]
    assert curve.scores.tolist() == [0.5, 0.8]


@pytest.mark.parametrize(("factor", "percent"), [(2.0, 100.0), (1.0, 0.0), (0.5, -50.0)])
def test_a_curve_shifted_in_bytes_differs_by_that_factor(factor: float, percent: float) -> None:
    found = bd_rate(Curve(SIZES, SCORES), Curve(factor * SIZES, SCORES))
    assert found is not None
    assert found.percent == pytest.approx(percent)


def test_only_shared_scores_count() -> None:
    # Both are straight in log bytes: 100 to 400 over 0.4 to 0.8, and twice that from 0.6 upwards.
    anchor = Curve(np.array([100.0, 400.0]), np.array([0.4, 0.8]))
    other = Curve(np.array([400.0, 1600.0]), np.array([0.6, 1.0]))
    found = bd_rate(anchor, other)
    assert found is not None
    assert (found.low, found.high) == (0.6, 0.8)
    assert found.percent == pytest.approx(100)


@pytest.mark.parametrize(
    "other",
    [
        Curve(SIZES, SCORES + 0.4),
        Curve(SIZES, SCORES - 0.3),
        Curve(SIZES[:1], SCORES[:1]),
    ],
)
def test_curves_without_shared_scores_have_no_difference(other: Curve) -> None:
    assert bd_rate(Curve(SIZES, SCORES), other) is None

from __future__ import annotations

import numpy as np
import pytest

from simulator.report.latency_cdf import Curve, draw


def curve(*latencies: float, captured: int, name: str = "fixed") -> Curve:
    return Curve(name=name, colour="#0072b2", latency_ms=np.array(latencies), captured=captured)


def test_unanswered_frames_stay_in_the_denominator() -> None:
    x, share = curve(30.0, 10.0, 20.0, captured=4).steps()
    assert x.tolist() == [10.0, 10.0, 20.0, 30.0]
    assert share.tolist() == [0.0, 25.0, 50.0, 75.0]


def test_the_share_at_the_deadline_counts_answers_on_the_dot() -> None:
    assert curve(100.0, 150.0, 150.1, captured=4).share_within(150.0) == 50.0


def test_a_long_log_is_drawn_in_few_steps_that_are_exact() -> None:
    x, share = curve(*map(float, range(1, 100_001)), captured=200_000).steps()
    assert x.size == 1501
    assert share[-1] == 50.0
    assert share[1:] == pytest.approx(x[1:] / 2000)


def test_the_label_tells_the_on_time_ratio_at_the_one_deadline() -> None:
    axes = draw([curve(100.0, 200.0, captured=4)], [150.0]).axes[0]
    words = [text.get_text() for text in axes.texts]
    assert words == ["deadline 150 ms", "fixed  25.0 %", "on time"]
    assert axes.get_ylabel() == "captured frames answered [%]"


def test_with_several_deadlines_the_label_tells_what_was_answered() -> None:
    axes = draw([curve(100.0, 200.0, captured=4)], [150.0, 500.0]).axes[0]
    words = [text.get_text() for text in axes.texts]
    assert "fixed  50.0 %" in words
    assert "answered" in words


def test_no_answer_at_all_draws_a_flat_line() -> None:
    axes = draw([curve(captured=10)], [150.0]).axes[0]
    assert np.max(axes.lines[-1].get_ydata()) == 0.0
    assert axes.get_xlim()[1] > 150.0


def test_without_deadline_the_axis_spans_the_latencies() -> None:
    assert draw([curve(100.0, captured=1)], []).axes[0].get_xlim() == (0.0, 105.0)


def test_very_late_answers_lie_beyond_the_axis_but_not_beyond_the_numbers() -> None:
    axes = draw([curve(100.0, 10_000.0, captured=2)], [150.0]).axes[0]
    assert axes.get_xlim()[1] == 450.0

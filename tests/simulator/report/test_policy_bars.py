from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.report.policy_bars import draw
from simulator.results.documents import Measured

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def panel(measured: Measured, *, show_points: bool = False) -> Axes:
    colours = {"fixed": "#0072b2"}
    return draw({"on time [%]": [measured]}, ["fixed"], colours, show_points=show_points).axes[0]


def test_a_bar_shows_mean_and_interval_in_percent() -> None:
    axes = panel(Measured(mean=0.5, low=0.4, high=0.7))
    assert axes.patches[0].get_width() == 50.0  # type: ignore[attr-defined]
    assert np.asarray(axes.lines[0].get_xdata()).tolist() == [40.0, 70.0]
    assert [text.get_text() for text in axes.texts] == ["50.0"]


def test_one_trace_has_no_interval() -> None:
    assert not panel(Measured(mean=0.5)).lines


def test_few_traces_are_drawn_as_points_and_unmeasured_ones_are_not() -> None:
    measured = Measured(mean=0.5, by_trace={"a": 0.4, "b": 0.6, "c": None})
    axes = panel(measured, show_points=True)
    assert np.asarray(axes.lines[0].get_xdata())[::3].tolist() == [40.0, 60.0]


def test_what_could_not_be_measured_says_so() -> None:
    assert [text.get_text() for text in panel(Measured()).texts] == ["insufficient data"]

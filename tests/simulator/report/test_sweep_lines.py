from __future__ import annotations

import numpy as np

from simulator.report.sweep_lines import Line, draw
from simulator.results.documents import Measured


def line(x: tuple[float, ...], *means: float | None) -> Line:
    measured = tuple(Measured(mean=m, low=m and m - 0.1, high=m and m + 0.1) for m in means)
    return Line(policy="fixed", colour="#0072b2", x=x, y=measured)


def test_a_line_passes_through_the_means() -> None:
    axes = draw({"on time [%]": [line((1.0, 2.0), 0.8, 0.6)]}, dimension="load").axes[0]
    assert np.asarray(axes.lines[0].get_ydata()).tolist() == [80.0, 60.0]
    assert axes.get_xlabel() == "load"
    assert axes.get_xscale() == "linear"
    assert [text.get_text() for text in axes.texts] == ["fixed"]


def test_a_wide_range_is_drawn_on_a_logarithmic_axis_with_the_values_as_ticks() -> None:
    axes = draw({"x": [line((0.25, 1.0, 4.0), 0.8, 0.6, 0.4)]}, dimension="load").axes[0]
    assert axes.get_xscale() == "log"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.25", "1", "4"]


def test_points_that_could_not_be_measured_are_left_out() -> None:
    axes = draw({"x": [line((1.0, 2.0, 3.0), 0.8, None, 0.4)]}, dimension="load").axes[0]
    assert np.asarray(axes.lines[0].get_xdata()).tolist() == [1.0, 3.0]


def test_one_trace_is_drawn_without_bands() -> None:
    single = Line(policy="p", colour="#000000", x=(1.0,), y=(Measured(mean=0.5),))
    axes = draw({"x": [single, line((1.0,), None)]}, dimension="load").axes[0]
    assert len(axes.texts) == 2


def test_long_names_move_from_the_lines_to_a_legend() -> None:
    long = Line(policy="a policy with a name", colour="#000000", x=(1.0,), y=(Measured(mean=0.5),))
    figure = draw({"x": [long], "y": [long]}, dimension="load")
    assert [text.get_text() for text in figure.legends[0].get_texts()] == ["a policy with a name"]
    assert not figure.axes[0].texts


def test_the_axis_starts_at_zero_and_ends_a_little_above_what_was_measured() -> None:
    low = draw({"x": [line((1.0,), 0.1)]}, dimension="load").axes[0].get_ylim()
    high = draw({"x": [line((1.0,), 0.97)]}, dimension="load").axes[0].get_ylim()
    assert low == (0.0, 23.0)
    assert high == (0.0, 103.0)

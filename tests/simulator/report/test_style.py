from __future__ import annotations

import matplotlib as mpl
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.report.style import dots, figure, house_style, spread, strokes


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(0, 100), max_size=9), st.floats(0.1, 20))
def test_spread_labels_keep_their_order_and_distance(places: list[float], gap: float) -> None:
    moved = spread(places, gap)
    assert len(moved) == len(places)
    order = np.argsort(places, kind="stable")
    assert (np.diff(np.array(moved)[order]) >= gap - 1e-6).all()


def test_labels_far_enough_apart_stay_where_they_are() -> None:
    assert np.allclose(spread([10.0, 0.0, 50.0], gap=5.0), [10.0, 0.0, 50.0])


def test_dots_are_one_line_and_no_dots_are_none() -> None:
    axes = figure(2).add_subplot()
    dots(axes, np.array([1.0, 2.0]), np.array([3.0, 4.0]), colour="#000000", size=3)
    assert len(axes.lines) == 1
    assert np.asarray(axes.lines[0].get_ydata())[[0, 3]].tolist() == [3.0, 4.0]
    dots(axes, np.empty(0), np.empty(0), colour="#000000", size=3)
    strokes(axes, np.empty(0), np.empty(0), up=1, colour="#000000", width=1)
    assert len(axes.lines) == 1


def test_the_users_matplotlib_settings_change_nothing_and_stay() -> None:
    with mpl.rc_context({"font.size": 33, "axes.spines.top": True}):
        with house_style():
            assert mpl.rcParams["font.size"] == 9
            assert not mpl.rcParams["axes.spines.top"]
        assert mpl.rcParams["font.size"] == 33

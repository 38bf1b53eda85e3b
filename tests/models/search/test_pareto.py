"""The Pareto set, worked by hand."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from models.search.pareto import Point, pareto

BASE = Point(size=100, score=0.7, macs=9)


def test_a_point_alone_is_kept_and_of_none_none_are() -> None:
    assert pareto([BASE]) == [True]
    assert pareto([]) == []


def test_what_is_worse_in_one_thing_and_better_in_none_goes() -> None:
    for worse in (BASE._replace(size=101), BASE._replace(score=0.6), BASE._replace(macs=10)):
        assert pareto([BASE, worse]) == [True, False]
        assert pareto([worse, BASE]) == [False, True]


def test_what_is_best_in_one_thing_stays_however_bad_the_rest() -> None:
    small = Point(size=1, score=0.1, macs=90)
    good = Point(size=900, score=0.9, macs=90)
    light = Point(size=900, score=0.1, macs=1)
    assert pareto([BASE, small, good, light]) == [True] * 4


def test_equal_points_stay_together_and_go_together() -> None:
    assert pareto([BASE, BASE]) == [True, True]
    better = BASE._replace(score=0.8)
    assert pareto([BASE, better, BASE, better]) == [False, True, False, True]


def test_a_tie_in_two_things_is_broken_by_the_third() -> None:
    assert pareto([BASE, BASE._replace(macs=8), BASE._replace(macs=8, size=100)]) == [
        False,
        True,
        True,
    ]


points = st.builds(Point, size=st.integers(1, 4), score=st.integers(0, 3), macs=st.integers(1, 4))


@given(st.lists(points, min_size=1, max_size=12))
def test_every_point_that_goes_is_beaten_by_one_that_stays(found: list[Point]) -> None:
    stays = np.array(pareto(found))
    assert stays.any()
    kept = [point for point, stay in zip(found, stays, strict=True) if stay]
    for point, stay in zip(found, stays, strict=True):
        assert any(other.beats(point) for other in kept) != stay

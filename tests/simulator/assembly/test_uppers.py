from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.assembly.ladder import ladder_plan
from simulator.assembly.uppers import Walked, _places, _quantiles, _ratios, high_after
from simulator.scenario.streams import ProfileGroup
from simulator.world.plan import GAPS
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def walked(sizes: Sequence[float] | NDArray[np.float64]) -> Walked:
    exact = np.asarray(sizes, np.float64)
    return Walked(shown=exact / exact.mean(), again=exact, afresh=exact)


def group(fps: float) -> ProfileGroup:
    fields = {"profile": "tiny", "fps": fps, "deadline": "150 ms", "policy": "fixed"}
    return ProfileGroup.model_validate(fields)


def test_the_average_is_that_of_a_device() -> None:
    # It begins at 1 and moves by a quarter of what it lacks.
    assert _ratios(np.array([2.0, 0.25, 9.0])).tolist() == [1.0, 1.25, 1.0]


def test_nine_in_ten_do_not_exceed_it() -> None:
    rows = np.array([np.arange(1, 11), np.full(10, 7), np.arange(20, 0, -2)], np.float32)
    assert _quantiles(rows) == [9, 7, 18]


def test_what_never_varies_is_forecast_exactly() -> None:
    (nothing, small, large) = high_after([[None, walked([300] * 40), walked([1000] * 40)]])
    assert nothing == ((0.0, 0.0, 0.0),) * len(GAPS)
    assert small == large == ((0.0, 300.0, 1000.0),) * len(GAPS)


def test_the_gap_says_which_frame_is_meant() -> None:
    # Sizes of 100 and 300 by turns: a frame later they are the other, two frames later the same.
    sizes = [100.0, 300.0] * 200
    ((after,),) = (high_after([[walked(sizes)]]),)
    # In the long run the average is 13/14 before a large frame and 15/14 before a small one:
    # r = 0.75 (0.75 r + 0.25 x 1.5) + 0.25 x 0.5.
    assert after[GAPS.index(1)][0] == pytest.approx(300 * 14 / 13, rel=1e-4)
    assert after[GAPS.index(2)][0] == pytest.approx(300 * 14 / 15, rel=1e-4)
    assert after[GAPS.index(3)][0] == pytest.approx(300 * 14 / 13, rel=1e-4)


def test_units_that_swell_otherwise_than_the_last_one_have_more_above_them() -> None:
    chance = np.random.default_rng(5)
    common, own = np.exp(0.3 * chance.standard_normal((2, 4000)))
    table = high_after([[walked(1000 * common), walked(1000 * common * own)]])
    same, other = table[0][0]
    assert other > 1.1 * same


def test_later_frames_have_more_above_them_where_contents_move_on() -> None:
    chance = np.random.default_rng(5)
    slow = np.exp(np.convolve(chance.standard_normal(4200), np.ones(50) / 25, "valid"))
    ((after,),) = (high_after([[walked(1000 * slow)]]),)
    assert after[0][0] < after[GAPS.index(8)][0] < after[GAPS.index(32)][0]


def test_streams_are_walked_apart_and_count_by_their_captures() -> None:
    few, many = walked([100.0] * 30), walked([300.0] * 400)
    rate = replace(few, shown=np.ones(30)), replace(many, shown=np.ones(400))
    assert high_after([[rate[0]], [rate[1]]])[0][0] == (300.0,)
    assert high_after([[rate[0]]] * 14 + [[rate[1]]])[0][0] == (300.0,)
    assert high_after([[rate[0]]] * 200 + [[rate[1]]])[0][0] == (100.0,)


@given(st.integers(1, 3000), st.floats(1e-3, 2))
def test_places_are_captures_with_an_average(captures: int, share: float) -> None:
    places = _places(captures, share)
    assert len(places) >= 1
    assert places.min() >= min(10, captures // 2)
    assert places.max() < captures


def test_a_chain_s_frame_is_intra_after_another_unit() -> None:
    plain = walked([500.0] * 100)
    alone = np.arange(100) % 5 == 0
    chain = Walked(
        shown=np.ones(100), again=np.where(alone, 900.0, 90.0), afresh=np.full(100, 900.0)
    )
    table = high_after([[plain, chain]])
    assert table[0][0] == (500.0, 900.0)
    assert table[1][0] == (500.0, 900.0)  # a fifth are intra: the 90th percentile is one
    rarer = replace(chain, again=np.where(np.arange(100) % 20 == 0, 900.0, 90.0))
    assert high_after([[plain, rarer]])[1][0] == (500.0, 90.0)


def test_slower_cameras_have_more_above_them_and_the_table_is_made_once() -> None:
    profile = tiny_profile(clips=8, frames=20)
    plans = [ladder_plan(profile, profile.units, group(fps), 1.0) for fps in (15, 15, 3)]
    assert plans[0].high_after is plans[1].high_after
    assert plans[0].high_after != plans[2].high_after
    assert len(plans[0].high_after) == len(profile.units)
    assert all(row[0] == 0.0 for gaps in plans[0].high_after for row in gaps)  # on the device

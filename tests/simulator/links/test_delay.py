from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.keyed import key_of, uniform_at
from simulator.links.delay import ConstantDelay, DelaySteps, Distribution, jitter_ns
from traces.conditions import Conditions

MS = 1_000_000


def test_propagation_is_constant_or_follows_a_column() -> None:
    column = Conditions.from_steps([0, 5], delay_ns=[20 * MS, 80 * MS], period_ns=10)
    assert [ConstantDelay(7).delay_ns(t_ns) for t_ns in (0, 10**12)] == [7, 7]
    assert [DelaySteps(column).delay_ns(t_ns) // MS for t_ns in (4, 5, 10)] == [20, 80, 20]


@pytest.mark.parametrize("distribution", ["uniform", "exponential"])
def test_jitter_has_the_mean_it_is_given(distribution: Distribution) -> None:
    key = key_of(1, "jitter")
    draws = [jitter_ns(distribution, 4 * MS, uniform_at(key, k)) for k in range(20_000)]
    assert sum(draws) / len(draws) == pytest.approx(4 * MS, rel=0.03)


@given(low=st.floats(0, 1, exclude_max=True), high=st.floats(0, 1, exclude_max=True))
@pytest.mark.parametrize(("distribution", "most"), [("uniform", 8), ("exponential", 148)])
def test_jitter_grows_with_the_draw_from_zero_on(
    distribution: Distribution, most: int, low: float, high: float
) -> None:
    low, high = sorted((low, high))
    small, large = (jitter_ns(distribution, 4 * MS, draw) for draw in (low, high))
    assert jitter_ns(distribution, 4 * MS, 0.0) == 0
    assert 0 <= small <= large <= most * MS

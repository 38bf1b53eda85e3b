from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.shelf import Shelf, weight
from traces import RateTrace, TraceAbout


def test_what_was_used_last_stays() -> None:
    shelf = Shelf(100)
    shelf.put("a", np.zeros(5))  # 40 B each
    shelf.put("b", np.ones(5))
    assert shelf.get("a") is not None
    shelf.put("c", np.ones(5))
    assert shelf.get("b") is None
    assert shelf.get("a") is not None
    assert shelf.held_bytes == 80


def test_a_thing_larger_than_all_of_it_stays_alone() -> None:
    shelf = Shelf(100)
    shelf.put("a", np.zeros(5))
    shelf.put("b", np.zeros(500))
    assert shelf.get("a") is None
    assert shelf.get("b") is not None


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 20))))
def test_what_is_held_is_what_is_there(puts: list[tuple[str, int]]) -> None:
    shelf = Shelf(240)
    for key, numbers in puts:
        shelf.put(key, np.zeros(numbers))
    there = [shelf.get(key) for key in "abcd"]
    assert shelf.held_bytes == sum(8 * len(thing) for thing in there if thing is not None)
    assert shelf.held_bytes <= 240


def test_a_trace_weighs_its_three_lists() -> None:
    steps = np.arange(1000, dtype=np.int64)
    trace = RateTrace.from_steps(steps, steps, period_ns=1000, about=TraceAbout(name="x"))
    assert 3 * 1000 * 40 < weight(trace) < 3 * 1000 * 40 + 2000

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.keyed import generator, uniforms


@given(st.integers(), st.text(), st.integers(0, 50), st.integers(0, 50))
def test_a_longer_draw_starts_with_the_shorter_one(seed: int, key: str, n: int, m: int) -> None:
    short, long = sorted((n, m))
    assert uniforms(seed, key, n=long)[:short].tolist() == uniforms(seed, key, n=short).tolist()


def test_keys_do_not_run_into_each_other() -> None:
    keys: list[tuple[str | int, ...]] = [("ab", "c"), ("a", "bc"), ("abc",), (1,), ("1",), ()]
    firsts = {generator(0, *key).random() for key in keys}
    assert len(firsts) == len(keys)


def test_the_draws_are_those_of_the_first_release() -> None:
    assert generator(7, "camera", 3).integers(10**6) == 944_892

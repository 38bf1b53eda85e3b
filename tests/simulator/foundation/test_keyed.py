from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from simulator.foundation.keyed import generator, key_of, uniform_at, uniforms


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


def test_the_draws_of_an_index_are_those_of_the_first_release() -> None:
    assert uniform_at(key_of(7, "uplink"), 3, 1) == 0.009408453938587469


@given(st.binary(max_size=16), st.lists(st.integers(-(2**63), 2**63 - 1), max_size=8))
def test_an_index_has_one_uniform_below_one(key: bytes, index: list[int]) -> None:
    assert 0 <= uniform_at(key, *index) < 1
    assert uniform_at(key, *index) == uniform_at(key, *index)


def test_uniforms_of_many_indices_fill_the_unit_evenly() -> None:
    key = key_of(1, "even")
    counts = [0] * 10
    for frame in range(100):
        for packet in range(100):
            counts[int(10 * uniform_at(key, frame, packet))] += 1
    assert sum((count - 1000) ** 2 / 1000 for count in counts) < 27.9  # chi square, 9 d.o.f., 0.1 %
    assert len({uniform_at(key, *index) for index in ((), (0,), (0, 0), (1,), (0, 1))}) == 5

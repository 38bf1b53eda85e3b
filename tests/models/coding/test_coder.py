from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.coding.coder import RangeCoder
from models.coding.prior import FrequencyTables
from simulator.foundation import keyed
from simulator.foundation.errors import InputError


def made_up_tables(seed: int, channels: int = 4, width: int = 9) -> FrequencyTables:
    rng = keyed.generator(seed, "tables")
    spread = rng.uniform(0.3, 3.0, (channels, 1))
    steps = np.arange(width) - width // 2
    return FrequencyTables.from_probabilities(np.exp(-np.abs(steps) / spread), -(width // 2))


def drawn(tables: FrequencyTables, positions: int, seed: int) -> np.ndarray:
    """Draw symbols from the tables themselves, [channel, position]."""
    rng = keyed.generator(seed, "symbols")
    rows = [rng.choice(len(f), positions, p=f / f.sum()) for f in tables.frequencies]
    return np.stack(rows) + tables.lowest[:, None]


@given(st.integers(0, 2**32), st.integers(1, 8), st.integers(2, 70), st.integers(0, 300))
def test_what_is_encoded_is_decoded(seed: int, channels: int, width: int, positions: int) -> None:
    tables = made_up_tables(seed, channels, width)
    symbols = drawn(tables, positions, seed)
    coder = RangeCoder(tables)
    decoded = RangeCoder(tables).decode(coder.encode(symbols), positions)
    np.testing.assert_array_equal(decoded, symbols)


@given(st.integers(0, 2**32), st.integers(1, 2000))
def test_real_bytes_are_within_1_percent_and_4_bytes_of_the_ideal(seed: int, n: int) -> None:
    tables = made_up_tables(seed)
    symbols = drawn(tables, n, seed)
    ideal_bytes = tables.ideal_bits(symbols) / 8
    real = len(RangeCoder(tables).encode(symbols))
    assert ideal_bytes - 4 <= real <= 1.01 * ideal_bytes + 4


def test_the_least_likely_symbols_come_back_too() -> None:
    tables = FrequencyTables.from_probabilities(np.array([[1.0] + [0.0] * 30]), -5)
    symbols = np.full((1, 500), 25)
    coder = RangeCoder(tables)
    np.testing.assert_array_equal(coder.decode(coder.encode(symbols), 500), symbols)


@pytest.mark.parametrize("outside", [-5, 5])
def test_symbols_outside_the_support_are_not_coded(outside: int) -> None:
    tables = made_up_tables(1)
    with pytest.raises(ValueError, match="clamped"):
        RangeCoder(tables).encode(np.full((4, 3), outside))


def test_bytes_that_are_no_whole_words_are_refused() -> None:
    with pytest.raises(InputError, match="must be a range-coded stream of this unit"):
        RangeCoder(made_up_tables(1)).decode(b"12345", 10)


def test_no_bytes_at_all_decode_to_some_symbols_of_the_asked_shape() -> None:
    assert RangeCoder(made_up_tables(1)).decode(b"", 10).shape == (4, 10)

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from safetensors.numpy import save as dump_arrays

from models.coding.prior import TOTAL, FrequencyTables
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path

HALF = np.array([[0.5, 0.5], [0.25, 0.75]])


def test_probabilities_become_frequencies() -> None:
    # 1 + 65534 / 4 = 16384.5: of equal remainders the lower symbol's is rounded up.
    tables = FrequencyTables.from_probabilities(HALF, -1)
    assert tables.frequencies.tolist() == [[32768, 32768], [16385, 49151]]
    assert tables.lowest.tolist() == [-1, -1]


def test_impossible_symbols_still_get_one() -> None:
    tables = FrequencyTables.from_probabilities(np.array([[0.0, 1.0, 0.0]]), 0)
    assert tables.frequencies.tolist() == [[1, 65534, 1]]


def test_what_rounding_leaves_goes_to_the_largest_remainders() -> None:
    # 65533 in three equal shares leaves 1, which goes to the lowest of the equals.
    tables = FrequencyTables.from_probabilities(np.array([[1.0, 1.0, 1.0]]), 0)
    assert tables.frequencies.tolist() == [[21846, 21845, 21845]]


@given(
    st.lists(st.lists(st.floats(0, 1e6), min_size=5, max_size=5), min_size=1, max_size=4).filter(
        lambda rows: all(sum(row) > 1e-3 for row in rows)
    )
)
def test_frequencies_always_add_up(rows: list[list[float]]) -> None:
    tables = FrequencyTables.from_probabilities(np.array(rows), 0)
    assert tables.frequencies.min() >= 1
    assert (tables.frequencies.sum(axis=1) == TOTAL).all()


@pytest.mark.parametrize(
    "wrong", [np.ones(3), np.ones((2, 1)), np.array([[0.0, 0.0]]), np.array([[np.nan, 1.0]])]
)
def test_no_probabilities_are_refused(wrong: np.ndarray) -> None:
    with pytest.raises(ValueError, match="probabilities must be"):
        FrequencyTables.from_probabilities(wrong, 0)


def test_symbols_are_clamped_to_each_channels_support() -> None:
    tables = FrequencyTables.from_probabilities(HALF, np.array([-1, 4]))
    symbols = np.array([[[-9, 0, 9]], [[-9, 4, 9]]])
    assert tables.clamp(symbols).tolist() == [[[-1, 0, 0]], [[4, 4, 5]]]


def test_ideal_code_length_by_hand() -> None:
    tables = FrequencyTables.from_probabilities(HALF, 0)
    # Channel 0: two symbols of 1 bit. Channel 1: the two of unequal frequency.
    expected = 2 - math.log2(16385 / 65536) - math.log2(49151 / 65536)
    assert tables.ideal_bits(np.array([[0, 1], [0, 1]])) == pytest.approx(expected)


def test_the_digest_is_the_same_on_every_machine_and_tells_tables_apart() -> None:
    tables = FrequencyTables.from_probabilities(HALF, -1)
    assert tables.digest.hex() == FrequencyTables.from_probabilities(HALF, -1).digest.hex()
    assert tables.digest.hex().startswith("329a2c93a8233ccc")
    assert tables.digest != FrequencyTables.from_probabilities(HALF, 0).digest
    assert tables.digest != FrequencyTables.from_probabilities(HALF[::-1], -1).digest


def test_saved_tables_load_as_they_were(tmp_path: Path) -> None:
    tables = FrequencyTables.from_probabilities(HALF, np.array([-70, 3]))
    tables.save(tmp_path / "prior.safetensors")
    found = FrequencyTables.load(tmp_path / "prior.safetensors")
    assert found.digest == tables.digest
    assert found.lowest.tolist() == [-70, 3]


def test_a_cut_file_is_refused(tmp_path: Path) -> None:
    FrequencyTables.from_probabilities(HALF, 0).save(tmp_path / "prior")
    (tmp_path / "prior").write_bytes((tmp_path / "prior").read_bytes()[:-1])
    with pytest.raises(InputError, match="must be a whole safetensors file"):
        FrequencyTables.load(tmp_path / "prior")


GOOD = FrequencyTables.from_probabilities(HALF, 0).arrays()


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"prior.lowest": np.zeros(2)}, "uint16, float64 must be integers"),
        ({"prior.lowest": np.zeros(3, np.int32)}, "a lowest symbol a channel"),
        ({"prior.frequencies": np.ones((2, 2), np.int32)}, "add up to 65536"),
        ({"prior.frequencies": np.array([[0, 65536]] * 2)}, "must be >= 1"),
        ({"prior.frequencies": np.array([65535, 1])}, r"must be \[channel, symbol\]"),
    ],
)
def test_arrays_that_are_no_tables_are_refused(
    tmp_path: Path, changes: dict[str, np.ndarray], complaint: str
) -> None:
    (tmp_path / "prior").write_bytes(dump_arrays({**GOOD, **changes}))
    with pytest.raises(InputError, match=complaint):
        FrequencyTables.load(tmp_path / "prior")


def test_missing_tables_are_refused() -> None:
    with pytest.raises(InputError, match=r"must hold prior.frequencies and prior.lowest"):
        FrequencyTables.from_arrays({"weight": np.ones(3)}, "unit-1")

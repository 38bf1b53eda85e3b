"""The unit of any rate: levels, gains, tables, payloads."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.coding.wire import pack
from models.units.continuous import GRID, ContinuousUnit, step_of
from models.units.continuous_codec import ContinuousCodec
from models.units.levels import Adjustment, LevelDensity, between
from models.units.shape import UnitShape
from simulator.foundation.errors import InputError
from tests.models.untrained_levels import Features, any_rate

if TYPE_CHECKING:
    from torch import Tensor


@pytest.fixture(scope="module")
def features() -> Tensor:
    return Features().features


@pytest.fixture(scope="module")
def codec() -> ContinuousCodec:
    return ContinuousCodec(any_rate())


def payloads(features: Tensor, level: float) -> list[bytes]:
    symbols = any_rate().encode(features, level).numpy()
    codec = ContinuousCodec(any_rate())
    return [codec.encode(frame, step_of(level)) for frame in symbols]


@settings(max_examples=25)
@given(level=st.floats(0, 1))
def test_any_level_comes_back_with_its_symbols(level: float) -> None:
    unit, codec = any_rate(), ContinuousCodec(any_rate())
    symbols = unit.encode(Features().features[:1], level).numpy()[0]
    received = codec.decode(codec.encode(symbols, step_of(level)))
    np.testing.assert_array_equal(received.symbols, symbols)
    assert received.step == round(255 * level)


def test_a_higher_level_costs_more_bytes(features: Tensor) -> None:
    sizes = [sum(len(payload) for payload in payloads(features, k / 8)) for k in range(9)]
    assert all(low < high for low, high in pairwise(sizes))


def test_a_higher_level_is_nearer_to_what_was_encoded(features: Tensor) -> None:
    unit = any_rate()
    whole = unit.core.synthesise(unit.core.analyse(features))
    apart = [
        (unit.decode(unit.encode(features, level), torch.full((4,), step_of(level))) - whole)
        .square()
        .mean()
        .item()
        for level in (0.0, 0.5, 1.0)
    ]
    assert apart[0] > apart[1] > apart[2]


def test_frames_of_several_levels_decode_in_one_batch_as_alone(features: Tensor) -> None:
    unit = any_rate()
    levels = (0.0, 0.3, 1.0)
    symbols = [unit.encode(features[:1], level) for level in levels]
    steps = [torch.tensor([step_of(level)]) for level in levels]
    together = unit.decode(torch.cat(symbols), torch.cat(steps))
    alone = [unit.decode(one, step) for one, step in zip(symbols, steps, strict=True)]
    torch.testing.assert_close(together, torch.cat(alone))


def test_training_and_decoding_see_the_same_levels(features: Tensor) -> None:
    unit = any_rate()
    with torch.no_grad():
        seen, _ = unit(features, torch.full((4,), 51 / 255), torch.zeros(1, 3, 14, 14))
    after = unit.decode(unit.encode(features, 0.2), torch.full((4,), 51))
    torch.testing.assert_close(seen, after)


def test_between_nodes_gains_run_straight_in_their_logarithms() -> None:
    unit = ContinuousUnit(UnitShape(channels=1))
    unit.gain.data[:, 0] = torch.linspace(math.log(1 / 256), 0, 9)  # a factor of 2 a node
    features = Features().features
    quarter = unit.core.analyse(features) / 2**6.5
    with torch.no_grad():
        torch.testing.assert_close(unit._analyse(features, torch.full((4,), 1.5 / 8)), quarter)


def test_a_level_outside_is_refused(features: Tensor) -> None:
    with pytest.raises(ValueError, match="between 0 and 1, not at 2"):
        any_rate().encode(features, 2)


def test_each_grid_level_has_its_own_integers() -> None:
    unit = any_rate()
    assert len({table.digest for table in unit.tables}) == GRID == 17
    assert unit.tables_at(0) is unit.tables[0]
    assert unit.tables_at(8) is unit.tables[1]  # 8 of 255 is 0.502 of a sixteenth
    assert unit.tables_at(7) is unit.tables[0]


@settings(max_examples=60)
@given(data=st.data())
def test_damage_is_told(data: st.DataObject) -> None:
    payload = payloads(Features().features[:1], 0.6)[0]
    codec = ContinuousCodec(any_rate())
    bit = data.draw(st.integers(0, 8 * len(payload) - 1))
    flipped = bytearray(payload)
    flipped[bit // 8] ^= 1 << bit % 8
    cut = payload[: data.draw(st.integers(0, len(payload) - 1))]
    for damaged in (bytes(flipped), cut, payload + b"\0"):
        with pytest.raises(InputError):
            codec.decode(damaged)


def test_another_version_of_the_unit_is_refused(features: Tensor) -> None:
    with pytest.raises(InputError, match="tables hash"):
        ContinuousCodec(any_rate(seed=6)).decode(payloads(features, 0.5)[0])


def test_a_payload_without_a_level_is_refused(codec: ContinuousCodec) -> None:
    with pytest.raises(InputError, match="must start with a level"):
        codec.decode(pack(b"", codec.identity))
    with pytest.raises(InputError, match="unit id"):
        codec.decode(pack(b"", replace(codec.identity, unit_id=52)))


def test_an_adjustment_changes_nothing_until_it_has_learned() -> None:
    x = torch.rand(2, 3, 4, 4)
    torch.testing.assert_close(Adjustment(9, 3)(x, torch.tensor([0.0, 8.0])), x)


def test_what_follows_the_level_is_met_at_its_nodes() -> None:
    table = torch.arange(6.0).reshape(3, 2)
    assert between(table, torch.tensor([0.0, 1.0, 2.0, 0.25])).tolist() == [
        [0, 1],
        [2, 3],
        [4, 5],
        [0.5, 1.5],
    ]


def test_a_prior_at_a_level_adds_up_to_one() -> None:
    density = LevelDensity(3, 2)
    density.centre.data[2] += 3
    rows = density.at(torch.tensor([1.5])).table(-200, 401)
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=2e-3)  # 401 of the least there are

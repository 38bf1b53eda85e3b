"""What is no symbol is refused wherever symbols are handed over: nothing is coded in its place."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pytest

from models.baselines.packed import Packer, uniform
from models.coding.coder import RangeCoder
from models.coding.payloads import PayloadCodec
from models.coding.prior import FrequencyTables
from models.coding.symbols import checked, count, whole
from models.coding.wire import Identity, pack
from models.own.affine import Affine
from models.own.feature_codec import FeatureCodec
from models.units.continuous import GRID
from models.units.continuous_codec import ContinuousCodec
from models.units.layered_codec import LayeredCodec

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.units.continuous import ContinuousUnit
    from models.units.layered import LayeredUnit

TABLES = uniform(2, 3)  # two channels of symbols from -4 to 3
SHAPE = SimpleNamespace(channels=2, grid=(2, 3))
DIGEST = bytes(32)


def packed() -> PayloadCodec:
    return PayloadCodec(unit_id=1, tables=TABLES, grid=(2, 3), coder=Packer(2, 3))


def of_any_rate() -> ContinuousCodec:
    unit = SimpleNamespace(tables=[TABLES] * GRID, number=51, digest=DIGEST, shape=SHAPE)
    return ContinuousCodec(cast("ContinuousUnit", unit))


def in_layers() -> LayeredCodec:
    unit = SimpleNamespace(tables=[TABLES] * 2, number=52, digest=lambda _: DIGEST, shape=SHAPE)
    return LayeredCodec(cast("LayeredUnit", unit))


def features(tables: FrequencyTables | None) -> FeatureCodec:
    quantiser = Affine(8, np.zeros(2, np.float32), np.ones(2, np.float32))
    return FeatureCodec(quantiser, tables, (2, 2, 3))


OF_FRAMES: dict[str, Callable[[Any], object]] = {
    "unit": PayloadCodec(unit_id=1, tables=TABLES, grid=(2, 3)).encode,
    "unit of fixed bits": packed().encode,
    "unit of any rate": lambda symbols: of_any_rate().encode(symbols, 128),
    "layers": lambda symbols: in_layers().encode([np.zeros((2, 2, 3), np.int32), symbols]),
    "features": lambda symbols: features(TABLES).encode([symbols]),  # type: ignore[arg-type]
    "features through zlib": lambda symbols: features(None).encode([symbols]),  # type: ignore[arg-type]
}
OF_ROWS: dict[str, Callable[[Any], object]] = {
    "range coder": RangeCoder(TABLES).encode,
    "packer": Packer(2, 3).encode,
    "columns": TABLES.columns,
    "ideal bits": TABLES.ideal_bits,
}


def wrong_in(shape: tuple[int, ...]) -> dict[str, np.ndarray]:
    """Arrays of which a cast would make symbols of this shape."""
    return {
        "2^32, which a cast makes 0": np.full(shape, 2**32),
        "-2^32": np.full(shape, -(2**32)),
        "2^63, unsigned": np.full(shape, 2**63, np.uint64),
        "2^31": np.full(shape, 2**31),
        "the least int64": np.full(shape, np.iinfo(np.int64).min),
        "the largest int32": np.full(shape, 2**31 - 1, np.int32),
        "the least int32": np.full(shape, -(2**31), np.int32),
        "0.7, which a cast truncates": np.full(shape, 0.7),
        "whole floats": np.zeros(shape),
        "NaN": np.full(shape, np.nan),
        "infinity": np.full(shape, np.inf, np.float32),
        "truth values": np.zeros(shape, bool),
        "objects": np.zeros(shape, object),
        "complex": np.zeros(shape, complex),
        "256, which a byte makes 0": np.full(shape, 256),
        "one row for two channels": np.zeros((1, *shape[1:]), np.int32),
        "three rows": np.zeros((3, *shape[1:]), np.int32),
        "a number": np.int32(0),  # type: ignore[dict-item]
        "as many, without channels": np.zeros(shape, np.int32).reshape(-1),
    }


WRONG_FRAMES = wrong_in((2, 2, 3)) | {
    "transposed": np.zeros((2, 3, 2), np.int32),
    "channels last": np.zeros((2, 3, 2), np.int32).transpose(2, 1, 0),
    "a position too many": np.zeros((2, 2, 4), np.int32),
    "flat rows": np.zeros((2, 6), np.int32),
}


@pytest.mark.parametrize("encode", OF_FRAMES.values(), ids=OF_FRAMES)
@pytest.mark.parametrize("wrong", WRONG_FRAMES.values(), ids=WRONG_FRAMES)
def test_a_frame_of_anything_but_its_symbols_is_refused(
    encode: Callable[[Any], object], wrong: np.ndarray
) -> None:
    with pytest.raises(ValueError, match=r"symbols must|levels must"):
        encode(wrong)


@pytest.mark.parametrize("encode", OF_ROWS.values(), ids=OF_ROWS)
@pytest.mark.parametrize("wrong", wrong_in((2, 6)).values(), ids=wrong_in((2, 6)))
def test_rows_of_anything_but_symbols_are_refused(
    encode: Callable[[Any], object], wrong: np.ndarray
) -> None:
    with pytest.raises(ValueError, match="symbols must"):
        encode(wrong)


@pytest.mark.parametrize("dtype", [np.int8, np.int16, np.int32, np.int64])
def test_symbols_of_any_integer_type_code_alike(dtype: type) -> None:
    symbols: np.ndarray = np.arange(12, dtype=dtype).reshape(2, 2, 3) % 8 - 4
    for codec in (packed(), PayloadCodec(unit_id=1, tables=TABLES, grid=(2, 3))):
        assert codec.decode(codec.encode(symbols)).tolist() == symbols.tolist()
    assert of_any_rate().decode(of_any_rate().encode(symbols, 3)).step == 3


def test_clamping_forces_symbols_into_the_support_and_nothing_else_into_symbols() -> None:
    assert TABLES.clamp(np.array([[2**31 - 1], [-(2**31)]])).tolist() == [[3], [-4]]
    for wrong in (np.array([[0.7], [0.2]]), np.array([[2**32], [0]]), np.zeros((1, 2), np.int32)):
        with pytest.raises(ValueError, match="symbols must"):
            TABLES.clamp(wrong)


def test_a_frame_has_as_many_layers_as_the_unit_or_fewer() -> None:
    layer = np.zeros((2, 2, 3), np.int32)
    assert len(in_layers().encode([layer])) == 1
    for number in (0, 3):
        with pytest.raises(ValueError, match=f"1 to 2 layers, not {number}"):
            in_layers().encode([layer] * number)


@pytest.mark.parametrize("step", [-1, 256, 0.5, True])
def test_a_level_travels_as_a_byte(step: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        of_any_rate().encode(np.zeros((2, 2, 3), np.int32), step)


@pytest.mark.parametrize("positions", [-1, 2.0, True, None])
@pytest.mark.parametrize("coder", [RangeCoder(TABLES), Packer(2, 3)])
def test_a_number_of_positions_is_a_number(coder: RangeCoder, positions: int) -> None:
    with pytest.raises(ValueError, match="positions must be a whole number from 0 on"):
        coder.decode(b"", positions)


@pytest.mark.parametrize(
    "wrong",
    [
        {"frequencies": np.full((2, 2), 32768.0)},
        {"frequencies": np.full((2, 2), 32768, np.int32)},
        {"frequencies": np.full((2, 2), 2**62)},
        {"frequencies": np.array([[65536, 0], [1, 65535]])},
        {"frequencies": np.zeros((0, 2), np.int64), "lowest": np.zeros(0, np.int64)},
        {"lowest": np.zeros(1, np.int64)},
        {"lowest": np.zeros(2)},
        {"lowest": np.full(2, 2**31 - 1)},
        {"lowest": np.full(2, -(2**31) - 1)},
    ],
)
def test_what_is_no_table_is_refused(wrong: dict[str, np.ndarray]) -> None:
    right = {"frequencies": np.full((2, 2), 32768), "lowest": np.zeros(2, np.int64)}
    FrequencyTables(**right)
    with pytest.raises(ValueError, match="tables must"):
        FrequencyTables(**right | wrong)


@pytest.mark.parametrize("lowest", [0.7, np.nan, 2**32, np.zeros(1, np.int64), np.zeros(3, int)])
def test_lowest_symbols_are_whole_and_one_a_channel(lowest: Any) -> None:  # noqa: ANN401
    with pytest.raises(ValueError, match="must"):
        FrequencyTables.from_probabilities(np.ones((2, 2)), lowest)


def test_probabilities_whose_sum_is_infinite_are_refused() -> None:
    with pytest.raises(ValueError, match="probabilities must be finite"):
        FrequencyTables.from_probabilities(np.full((1, 2), 1e308), 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"unit_id": 256},
        {"unit_id": -1},
        {"unit_id": 1.0},
        {"tables_digest": b"123"},
        {"tables_digest": "1234"},
        {"shape": (65_536, 1, 1)},
        {"shape": (1, 256, 1)},
        {"shape": (1, 1, 0.7)},
        {"shape": (1, 1)},
    ],
)
def test_what_a_header_has_no_room_for_is_refused(wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {"unit_id": 255, "tables_digest": DIGEST, "shape": (65_535, 255, 255)}
    assert len(pack(b"", Identity(**right))) == 20
    with pytest.raises(ValueError, match="must be"):
        Identity(**right | wrong)


def test_what_is_checked_comes_back_as_int32() -> None:
    assert checked([[1, 2]], (1, 2)).dtype == whole(np.uint8(7)).dtype == np.int32
    assert count(np.int64(3)) == 3

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from models.coding.wire import HEADER_BYTES, pack
from models.own.affine import Affine, Layout
from models.own.calibrate import BITS, codecs
from models.own.feature_codec import FeatureCodec
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def _features(frames: int = 6, shape: tuple[int, ...] = (4, 5, 6)) -> torch.Tensor:
    drawn = torch.randn(frames, *shape, generator=torch.Generator().manual_seed(3))
    return drawn.relu() * torch.arange(1, shape[0] + 1).reshape(-1, *(1,) * (len(shape) - 1))


LADDER = {codec.name: codec for codec in codecs(_features())}


def test_the_ladder_is_zlib_and_a_codec_for_each_number_of_bits() -> None:
    assert list(LADDER) == ["zlib-8", *(f"affine-{bits}" for bits in BITS)]
    assert len({codec.number for codec in LADDER.values()}) == 5


@pytest.mark.parametrize("name", LADDER)
def test_levels_come_back_exactly_and_features_nearly(name: str) -> None:
    codec, features = LADDER[name], _features()
    levels = codec.quantise(features)
    payloads = codec.encode(levels)
    received = np.stack([codec.decode(payload) for payload in payloads])
    np.testing.assert_array_equal(received, levels)
    restored = codec.restore(received)
    assert restored.shape == features.shape
    step = torch.from_numpy(codec.quantiser.step)[:, None, None]
    assert codec.quantiser.bits < 8 or ((restored - features).abs() <= 0.51 * step).all()


def test_fewer_bits_are_fewer_bytes_and_more_error() -> None:
    features = _features()
    sizes, errors = [], []
    for bits in BITS:
        codec = LADDER[f"affine-{bits}"]
        levels = codec.quantise(features)
        sizes.append(sum(map(len, codec.encode(levels))))
        errors.append(float((codec.restore(levels) - features).square().mean()))
    assert sizes == sorted(sizes, reverse=True)
    assert errors == sorted(errors)


def test_payloads_are_near_their_ideal_length() -> None:
    features = _features(shape=(8, 20, 20))
    codec = codecs(features)[1]
    for frame in codec.quantise(features):
        (payload,) = codec.encode(frame[None])
        ideal = codec.ideal_bytes(frame)
        assert len(payload) - HEADER_BYTES <= 1.005 * ideal + 4
    assert np.isnan(LADDER["zlib-8"].ideal_bytes(frame))


@pytest.mark.parametrize("shape", [(4, 5, 6), (17, 12), (9,)])
def test_any_layout_goes_to_a_grid_and_back(shape: tuple[int, ...]) -> None:
    features = torch.randn(2, *shape)
    layout = Layout(shape)
    grid = layout.to_grid(features)
    assert grid.shape == (2, *layout.grid)
    torch.testing.assert_close(layout.from_grid(grid), features, rtol=0, atol=0)


@pytest.mark.parametrize("shape", [(4, 256, 6), (300, 12), (2, 3, 4, 5), (70_000, 1, 1), ()])
def test_features_that_no_header_has_room_for_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError, match=r"must be \(channels, height, width\)"):
        _ = Layout(shape).grid


def test_rare_values_far_out_are_clipped_where_that_is_better() -> None:
    values = np.linspace(0, 1, 1000, dtype=np.float32)[None].repeat(2, axis=0)
    values[1, -1] = 1000.0
    two, eight = (Affine.calibrated(values, bits) for bits in (2, 8))
    assert two.step[0] == pytest.approx(1 / 3, rel=0.1)
    assert eight.step[1] == pytest.approx(1000 / 255, rel=0.01)  # one value, but a thousand off
    constant = Affine.calibrated(np.full((1, 9), 4.0, np.float32), 4)
    restored = constant.restore(constant.quantise(torch.full((1, 1, 3, 3), 4.0)))
    assert set(restored.ravel().tolist()) == {4.0}


def test_numbers_that_are_none_become_levels() -> None:
    wild = torch.tensor([float("nan"), float("inf"), -float("inf"), 1e30])[None, None, None]
    levels = Affine(2, np.zeros(1, np.float32), np.ones(1, np.float32)).quantise(wild)
    assert levels.ravel().tolist() == [0, 3, 0, 3]


@given(data=st.binary(max_size=300), name=st.sampled_from(list(LADDER)))
def test_foreign_bytes_are_always_refused(data: bytes, name: str) -> None:
    with pytest.raises(InputError):
        LADDER[name].decode(data)


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7), name=st.sampled_from(list(LADDER)))
def test_a_flipped_bit_and_a_cut_are_always_found(place: int, bit: int, name: str) -> None:
    codec = LADDER[name]
    (payload,) = codec.encode(codec.quantise(_features(1)))
    flipped = bytearray(payload)
    flipped[place % len(payload)] ^= 1 << bit
    for damaged in (bytes(flipped), payload[: place % len(payload)]):
        with pytest.raises(InputError):
            codec.decode(damaged)


def test_another_codecs_payload_is_refused() -> None:
    (payload,) = LADDER["affine-8"].encode(LADDER["affine-8"].quantise(_features(1)))
    with pytest.raises(InputError, match="unit id"):
        LADDER["affine-4"].decode(payload)
    other = codecs(_features() * 2)[1]  # the same number, other steps
    with pytest.raises(InputError, match="tables hash"):
        other.decode(payload)


@pytest.mark.parametrize("coded", [b"no zlib", b"x\x9c\x03\x00\x00\x00\x00\x01"])
def test_a_packed_stream_of_something_else_is_refused(coded: bytes) -> None:
    codec = LADDER["zlib-8"]
    with pytest.raises(InputError, match=r"must be a zlib stream|must inflate to 120 levels"):
        codec.decode(pack(coded, codec._identity))


@pytest.mark.parametrize("name", ["zlib-8", "affine-4"])
def test_a_codec_is_loaded_as_it_was_saved(name: str, tmp_path: Path) -> None:
    LADDER[name].save(tmp_path)
    found = FeatureCodec.load(tmp_path, name)
    assert found.digest == LADDER[name].digest
    (payload,) = LADDER[name].encode(LADDER[name].quantise(_features(1)))
    found.decode(payload)


def _with(**changes: object) -> Callable[[Path], None]:
    def spoil(folder: Path) -> None:
        path = folder / "affine-4.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return spoil


@pytest.mark.parametrize(
    "spoil",
    [
        _with(bits=8),
        _with(bits="x"),
        _with(shape=[4, 5, 7]),
        _with(shape=[5, 5, 6]),
        _with(coder="zlib"),
        _with(digest="other"),
        lambda folder: (folder / "affine-4.json").write_text("{"),
        lambda folder: (folder / "affine-4.safetensors").write_bytes(b"x"),
        lambda folder: (folder / "affine-4.safetensors").unlink(),
    ],
)
def test_a_changed_codec_is_refused(spoil: Callable[[Path], Any], tmp_path: Path) -> None:
    LADDER["affine-4"].save(tmp_path)
    spoil(tmp_path)
    with pytest.raises(InputError):
        FeatureCodec.load(tmp_path, "affine-4")


def test_other_steps_are_another_digest() -> None:
    codec = LADDER["affine-4"]
    moved = replace(codec.quantiser, low=codec.quantiser.low + np.float32(1))
    assert FeatureCodec(moved, codec.tables, (4, 5, 6)).digest != codec.digest


def test_features_near_the_end_of_single_precision_are_calibrated() -> None:
    features = _features() * 1e36  # their squares overflow single precision
    codec = codecs(features)[1]
    restored = codec.restore(codec.quantise(features))
    assert float((restored - features).abs().max()) < 0.01 * float(features.max())

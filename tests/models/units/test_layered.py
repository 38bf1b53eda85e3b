"""The layered unit: refinement, payloads tied to each other, lost and mixed-up layers."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from models.coding.wire import apart
from models.units.layered import LAYERS, LayeredUnit
from models.units.layered_codec import LayeredCodec
from models.units.shape import UnitShape
from simulator.foundation.errors import InputError
from tests.models.untrained_levels import Features, in_layers

if TYPE_CHECKING:
    from torch import Tensor


@pytest.fixture(scope="module")
def features() -> Tensor:
    return Features().features


@lru_cache
def sent(frame: int = 0, seed: int = 5) -> tuple[bytes, ...]:
    unit = in_layers(seed)
    symbols = unit.encode(Features().features)
    return tuple(LayeredCodec(unit).encode([layer[frame].numpy() for layer in symbols]))


@pytest.mark.parametrize("layers", [1, 2, 3])
def test_every_prefix_comes_back(layers: int, features: Tensor) -> None:
    unit = in_layers()
    symbols = [layer[0].numpy() for layer in unit.encode(features)]
    received = LayeredCodec(unit).decode(sent()[:layers])
    assert len(received) == layers
    for came, was in zip(received, symbols, strict=False):
        np.testing.assert_array_equal(came, was)


def test_encoding_fewer_layers_gives_the_same_first_ones(features: Tensor) -> None:
    unit = in_layers()
    for few, all_ in zip(unit.encode(features, 2), unit.encode(features), strict=False):
        assert torch.equal(few, all_)


def test_each_layer_brings_what_is_decoded_nearer(features: Tensor) -> None:
    unit = in_layers()
    symbols = unit.encode(features)
    with torch.no_grad():
        y, gains = unit.core.analyse(features), unit.gain.exp()[:, :, None, None]
        left = [
            (y - sum(coded / gains[j] for j, coded in enumerate(symbols[:k]))).abs().mean().item()
            for k in range(LAYERS + 1)
        ]
    assert left[0] > left[1] > left[2] > left[3]


def test_what_training_sees_is_what_is_decoded(features: Tensor) -> None:
    unit = in_layers()
    lasts = torch.tensor([0, 1, 2, 2])
    with torch.no_grad():
        seen, bits = unit(features, lasts, torch.zeros(LAYERS, 1, 3, 14, 14))
    symbols = unit.encode(features)
    for frame, last in enumerate(lasts.tolist()):
        mine = [layer[frame : frame + 1] for layer in symbols[: last + 1]]
        torch.testing.assert_close(seen[frame], unit.decode(mine)[0])
    assert [tuple(layer.shape) for layer in bits] == [(4,)] * LAYERS


def test_a_finer_step_is_seen_to_leave_less(features: Tensor) -> None:
    torch.manual_seed(2)
    unit = LayeredUnit(UnitShape(channels=2))
    noise = torch.zeros(LAYERS, 1, 2, 14, 14)
    y = unit.core.analyse(features).detach()
    first = unit._refine(y, noise)[0]
    (first.y - y).square().sum().backward()  # type: ignore[no-untyped-call]
    assert unit.gain.grad is not None
    assert (unit.gain.grad[0] < 0).all()  # a larger gain makes the distance smaller
    assert (unit.gain.grad[1:] == 0).all()


@settings(max_examples=60)
@given(data=st.data())
def test_damage_in_any_layer_is_told(data: st.DataObject) -> None:
    payloads = list(sent())
    hit = data.draw(st.integers(0, LAYERS - 1))
    bit = data.draw(st.integers(0, 8 * len(payloads[hit]) - 1))
    flipped = bytearray(payloads[hit])
    flipped[bit // 8] ^= 1 << bit % 8
    cut = payloads[hit][: data.draw(st.integers(0, len(payloads[hit]) - 1))]
    for damaged in (bytes(flipped), cut):
        with pytest.raises(InputError):
            LayeredCodec(in_layers()).decode([*payloads[:hit], damaged, *payloads[hit + 1 :]])


def test_a_lost_layer_is_told() -> None:
    base, second, third = sent()
    codec = LayeredCodec(in_layers())
    for kept in ([second], [third], [base, third], [second, third]):
        with pytest.raises(InputError, match="tables hash"):
            codec.decode(kept)


def test_layers_of_two_frames_do_not_mix() -> None:
    base, second, third = sent(frame=0)
    other_base, other_second, _ = sent(frame=1)
    codec = LayeredCodec(in_layers())
    for mixed in ([other_base, second], [base, other_second, third]):
        with pytest.raises(InputError, match="layer 2 CRC-32"):
            codec.decode(mixed)


def test_layers_of_another_version_of_the_unit_are_refused() -> None:
    with pytest.raises(InputError, match="layer 1 tables hash"):
        LayeredCodec(in_layers(seed=6)).decode(sent())


@pytest.mark.parametrize("count", [0, 4])
def test_no_layers_or_too_many_are_refused(count: int) -> None:
    with pytest.raises(InputError, match=rf"layers: {count} must be 1 to 3"):
        LayeredCodec(in_layers()).decode((sent() * 2)[:count])
    with pytest.raises(ValueError, match=f"1 to 3 layers can be decoded, not {count}"):
        in_layers().decode([torch.zeros(1, 3, 14, 14)] * count)


def test_joined_layers_come_apart() -> None:
    assert apart(b"".join(sent())) == list(sent())
    assert apart(b"") == []
    for cut in (19, len(sent()[0]) - 1, len(sent()[0]) + 5):
        with pytest.raises(InputError):
            apart(b"".join(sent())[:cut])

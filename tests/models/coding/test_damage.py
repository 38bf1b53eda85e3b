"""Damaged and foreign payloads: every kind of payload there is, held to the same rules."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models.baselines.avif import Avif
from models.baselines.jpeg import Jpeg
from models.baselines.learned import LearnedPicture, PictureShape
from models.baselines.video import LADDER, VideoCodec
from models.baselines.webp import WebP
from models.coding.payloads import PayloadCodec
from models.coding.wire import HEADER_BYTES
from models.scenes import render
from models.subjects.families import FAMILIES, family
from models.subjects.opening import open_network
from simulator.foundation.errors import InputError
from tests.models.untrained import untrained_reduced, untrained_weights
from tests.models.untrained_levels import untrained_levels
from tests.models.untrained_students import untrained_students

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

# These send what another family sends, and only where the network is cut or what answers differs.
ALIKE = {"early": "unit", "late": "unit", "student-2": "student"}
KINDS = tuple(name for name in FAMILIES if name not in ALIKE)


class Wire(NamedTuple):
    """A payload, and the receiver that it is for."""

    payload: bytes
    receive: Callable[[bytes], object]


@pytest.fixture(scope="module")
def wires(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Wire]:
    folder = untrained_weights(tmp_path_factory.mktemp("damage") / "weights")
    untrained_students(folder)
    untrained_levels(folder)
    untrained_reduced(folder)
    codecs = (Jpeg("444", 50), Jpeg("420", 50), WebP(50), Avif(30), Avif(30, speed=8))
    network = open_network(folder, codecs, baselines=True, answers=True)
    image = render(seed=3, split="test", clip=1, t=40).image
    found = {}
    for subject in network.subjects:
        value: object = image[None]
        if subject.kind != "on-device":
            with torch.inference_mode():
                for step in subject.device_steps.values():
                    value = step(value)
            assert isinstance(value, list)
            name = family(subject.name)
            found[ALIKE.get(name, name)] = Wire(value[0], subject.receive)
    found["picture"] = _picture(image)
    return found | {family(codec.name): _video(codec, image) for codec in LADDER}


def _picture(image: NDArray[np.uint8]) -> Wire:
    torch.manual_seed(1)
    codec = LearnedPicture(1, PictureShape(channels=4, width=8)).eval()
    symbols = codec.encode(torch.from_numpy(image)[None].permute(0, 3, 1, 2) / 127.5 - 1).numpy()
    codec.seal(symbols)
    assert codec.tables is not None
    wire = PayloadCodec(unit_id=codec.number, tables=codec.tables, grid=symbols.shape[2:])
    return Wire(wire.encode(symbols[0]), wire.decode)


def _video(codec: VideoCodec, image: NDArray[np.uint8]) -> Wire:
    """Return a predicted frame's payload, received by a decoder that has the one before."""
    with codec.encoder() as encoder:
        first, second = encoder.encode(image), encoder.encode(image[::-1])

    def receive(payload: bytes) -> object:
        decoder = codec.decoder()
        decoder.decode(first)
        return decoder.decode(payload)

    return Wire(second, receive)


def test_every_family_of_codecs_is_here(wires: dict[str, Wire]) -> None:
    assert set(wires) == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_payload_is_received(kind: str, wires: dict[str, Wire]) -> None:
    wire = wires[kind]
    assert wire.receive(wire.payload) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_flipped_bit_of_a_header_is_told(kind: str, wires: dict[str, Wire]) -> None:
    payload, receive = wires[kind]
    for bit in range(8 * HEADER_BYTES):
        with pytest.raises(InputError):
            receive(flipped(payload, bit, 1))


def flipped(payload: bytes, first: int, pattern: int) -> bytes:
    """Return a payload with the bits of a pattern flipped, from a bit on."""
    whole = int.from_bytes(payload, "little") ^ (pattern << first)
    return whole.to_bytes(len(payload), "little")


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_bursts_cuts_and_additions_are_told(
    kind: str, wires: dict[str, Wire], data: st.DataObject
) -> None:
    payload, receive = wires[kind]
    burst = data.draw(st.integers(1, 2**32 - 1))
    at = data.draw(st.integers(0, 8 * len(payload) - burst.bit_length()))
    cut = data.draw(st.integers(0, len(payload) - 1))
    more = data.draw(st.binary(min_size=1, max_size=40))
    for damaged in (flipped(payload, at, burst), payload[:cut], payload + more, more):
        with pytest.raises(InputError):
            receive(damaged)


@pytest.mark.parametrize("kind", KINDS)
def test_payloads_of_every_other_kind_are_told(kind: str, wires: dict[str, Wire]) -> None:
    for other, wire in wires.items():
        if other != kind:
            with pytest.raises(InputError):
                wires[kind].receive(wire.payload)

from __future__ import annotations

import numpy as np
import pytest
from PIL import AvifImagePlugin

from models.baselines.avif import LADDER, STREAMED, Avif
from models.baselines.jpeg import Jpeg
from models.coding.wire import HEADER_BYTES, pack
from models.scenes import render
from simulator.foundation.errors import InputError

FRAME = render(seed=4, split="training", clip=2, t=3).image


def test_more_quality_costs_more_bytes_and_errs_less() -> None:
    sizes, errors = [], []
    for quality in (10, 40, 80):
        avif = Avif(quality, speed=9)
        payload = avif.encode(FRAME)
        sizes.append(len(payload))
        errors.append(np.abs(avif.decode(payload).astype(int) - FRAME).mean())
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_a_payload_is_an_avif_file_behind_the_wire_header() -> None:
    coded = Avif(30, speed=9).encode(FRAME)[HEADER_BYTES:]
    assert coded[4:12] == b"ftypavif"


def test_every_colour_sample_is_kept() -> None:
    stripes = np.zeros((224, 224, 3), np.uint8)
    stripes[:, ::2, 0], stripes[:, 1::2, 2] = 200, 200  # red and blue, one column each
    apart = {
        codec.name: np.abs(codec.decode(codec.encode(stripes)).astype(int) - stripes).mean()
        for codec in (Avif(90, speed=9), Jpeg("420", 95))
    }
    assert apart["avif444-s9-q90"] < 0.1 * apart["jpeg420-q95"]


def test_frames_of_equal_error_take_far_fewer_bytes_than_jpegs() -> None:
    avif, jpeg = Avif(26, speed=8), Jpeg("444", 20)
    sizes, errors = [], []
    for codec in (avif, jpeg):
        payload = codec.encode(FRAME)
        sizes.append(len(payload))
        errors.append(np.square(codec.decode(payload).astype(float) - FRAME).mean())
    assert sizes[0] < 0.7 * sizes[1]
    assert errors[0] < 1.1 * errors[1]


def test_every_setting_has_its_own_name_and_settings_hash() -> None:
    several = (*LADDER, Avif(26, tune="iq"))
    assert len({avif.name for avif in several}) == len(several)
    assert len({avif.identity.tables_digest[:4] for avif in several}) == len(several)
    assert {avif.speed for avif in LADDER} == {6, 8}
    assert set(STREAMED) <= set(LADDER)


def test_a_payload_of_another_quality_or_speed_is_refused() -> None:
    payload = Avif(50, speed=9).encode(FRAME)
    for other in (Avif(49, speed=9), Avif(50, speed=8), Avif(50, speed=9, tune="iq")):
        with pytest.raises(InputError, match="tables hash"):
            other.decode(payload)


def test_no_damaged_file_gets_through_as_anything_but_a_frame() -> None:
    avif, rng = Avif(30, speed=9), np.random.default_rng(3)
    coded, refused = avif.encode(FRAME)[HEADER_BYTES:], 0
    for _ in range(60):
        wrong = bytearray(coded[: rng.integers(1, len(coded) + 1)])
        wrong[rng.integers(len(wrong))] ^= 1 << int(rng.integers(8))
        try:
            assert avif.decode(pack(bytes(wrong), avif.identity)).shape == FRAME.shape
        except InputError:
            refused += 1
    assert refused > 30


def test_another_kind_or_size_of_picture_is_refused() -> None:
    avif = Avif(30, speed=9)
    for codec, frame in ((Jpeg("444", 50), FRAME), (Avif(30, speed=9, side=64), FRAME[:64, :64])):
        coded = codec.encode(frame)[HEADER_BYTES:]
        with pytest.raises(InputError, match="must be an RGB picture of 224x224"):
            avif.decode(pack(coded, avif.identity))


def test_decoding_leaves_the_readers_setting_of_threads_alone() -> None:
    avif, before = Avif(30, speed=9), AvifImagePlugin.DEFAULT_MAX_THREADS
    avif.decode(avif.encode(FRAME))
    assert before == AvifImagePlugin.DEFAULT_MAX_THREADS

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from models.baselines.jpeg import LADDER, Jpeg
from models.coding.wire import HEADER_BYTES, pack
from simulator.foundation import keyed
from simulator.foundation.errors import InputError


def picture(side: int = 64) -> np.ndarray:
    rng = keyed.generator(0, "picture")
    coarse = rng.integers(0, 256, (8, 8, 3), dtype=np.uint8)
    return np.asarray(Image.fromarray(coarse).resize((side, side), Image.Resampling.BICUBIC))


def test_more_quality_costs_more_bytes_and_errs_less() -> None:
    frame = picture()
    sizes, errors = [], []
    for quality in (5, 30, 90):
        jpeg = Jpeg("444", quality, side=64)
        payload = jpeg.encode(frame)
        sizes.append(len(payload))
        errors.append(np.abs(jpeg.decode(payload).astype(int) - frame).mean())
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_fewer_colour_samples_cost_fewer_bytes() -> None:
    assert len(Jpeg("420", 50, 64).encode(picture())) < len(Jpeg("444", 50, 64).encode(picture()))


def test_a_payload_is_a_jpeg_file_behind_the_wire_header() -> None:
    payload = Jpeg("444", 50, 64).encode(picture())
    with Image.open(io.BytesIO(payload[HEADER_BYTES:])) as image:
        assert (image.format, image.size) == ("JPEG", (64, 64))


def test_every_setting_has_its_own_name_and_identity() -> None:
    assert len({jpeg.name for jpeg in LADDER}) == len(LADDER)
    every = [Jpeg(s, q) for s in ("444", "420") for q in range(1, 96)]
    assert len({jpeg.identity.unit_id for jpeg in every}) == len(every)
    assert all(64 < jpeg.identity.unit_id < 256 for jpeg in every)


def test_a_payload_of_another_quality_is_refused() -> None:
    with pytest.raises(InputError, match="unit id: 114 must be 94"):
        Jpeg("444", 30, 64).decode(Jpeg("444", 50, 64).encode(picture()))


def coded(image: Image.Image, kind: str) -> bytes:
    file = io.BytesIO()
    image.save(file, format=kind)
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"not an image", "must be an RGB picture of 64x64"),
        (coded(Image.new("RGB", (64, 64)), "PNG"), "cannot identify image"),
        (coded(Image.new("RGB", (65, 64)), "JPEG"), r"\(64, 65, 'RGB'\) must be an RGB picture"),
        (coded(Image.new("L", (64, 64)), "JPEG"), r"\(64, 64, 'L'\) must be"),
        (coded(Image.new("RGB", (64, 64)), "JPEG")[:-300], "must be an RGB picture of 64x64"),
    ],
)
def test_content_that_is_no_such_picture_is_refused(content: bytes, complaint: str) -> None:
    jpeg = Jpeg("444", 50, 64)
    with pytest.raises(InputError, match=complaint):
        jpeg.decode(pack(content, jpeg.identity), "frame 7")

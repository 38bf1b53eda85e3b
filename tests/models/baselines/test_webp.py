from __future__ import annotations

import numpy as np
import pytest

from models.baselines.jpeg import Jpeg
from models.baselines.webp import LADDER, WebP
from models.coding.wire import HEADER_BYTES
from models.scenes import render
from simulator.foundation.errors import InputError

FRAME = render(seed=4, split="training", clip=2, t=3).image


def test_more_quality_costs_more_bytes_and_errs_less() -> None:
    sizes, errors = [], []
    for webp in LADDER:
        payload = webp.encode(FRAME)
        sizes.append(len(payload))
        errors.append(np.abs(webp.decode(payload).astype(int) - FRAME).mean())
    assert sizes == sorted(sizes)
    assert errors == sorted(errors, reverse=True)


def test_a_payload_is_a_lossy_webp_file_behind_the_wire_header() -> None:
    coded = WebP(50).encode(FRAME)[HEADER_BYTES:]
    assert (coded[:4], coded[8:16]) == (b"RIFF", b"WEBPVP8 ")  # "VP8L" would be lossless


def test_even_the_highest_quality_keeps_a_quarter_of_the_colour_samples() -> None:
    stripes = np.zeros((224, 224, 3), np.uint8)
    stripes[:, ::2, 0], stripes[:, 1::2, 2] = 200, 200  # red and blue, one column each
    webp, jpeg = WebP(100), Jpeg("444", 95)
    apart = {
        codec.name: np.abs(codec.decode(codec.encode(stripes)).astype(int) - stripes).mean()
        for codec in (webp, jpeg)
    }
    assert apart["webp-q100"] > 10 * apart["jpeg444-q95"]


def test_every_setting_has_its_own_name_and_settings_hash() -> None:
    assert len({webp.name for webp in LADDER}) == len(LADDER)
    assert len({webp.identity.tables_digest[:4] for webp in LADDER}) == len(LADDER)


def test_a_payload_of_another_quality_is_refused() -> None:
    with pytest.raises(InputError, match="tables hash"):
        WebP(30).decode(WebP(50).encode(FRAME))

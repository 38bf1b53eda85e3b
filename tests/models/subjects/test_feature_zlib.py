from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest
import torch

from models.coding.wire import HEADER_BYTES, pack
from models.subjects.feature_zlib import FeatureZlib
from models.subjects.subject import Shown
from simulator.foundation.errors import InputError

UNIT = FeatureZlib(torch.nn.Identity(), (2, 3, 4), "backbone")


def payloads(features: torch.Tensor) -> list[bytes]:
    found = UNIT.device_steps["entropy_encode"](features)
    assert isinstance(found, list)
    return found


def test_a_value_comes_back_within_half_a_level() -> None:
    features = torch.linspace(-1, 4.1, 24).reshape(1, 2, 3, 4)  # a level is 5.1 / 255 = 0.02
    received = UNIT.decode([UNIT.receive(payloads(features)[0])])
    assert float((received - features).abs().max()) <= 0.01 + 1e-6
    assert float((received - features).abs().max()) > 0.005


def test_ends_of_the_range_come_back_as_they_were() -> None:
    features = torch.zeros(1, 2, 3, 4)
    features[0, 1, 2, 3] = 7.5
    received = UNIT.receive(payloads(features)[0])
    assert received.max() == pytest.approx(7.5)
    assert (received == 0).sum() == 23


def test_features_that_are_all_the_same_come_back() -> None:
    assert (UNIT.receive(payloads(torch.full((1, 2, 3, 4), 2.5))[0]) == 2.5).all()


def test_a_payload_is_header_range_and_a_deflated_stream() -> None:
    payload = payloads(torch.zeros(1, 2, 3, 4))[0]
    assert payload[HEADER_BYTES : HEADER_BYTES + 8] == struct.pack("<2f", 0, 0)
    assert zlib.decompress(payload[HEADER_BYTES + 8 :]) == bytes(24)


def test_a_frame_is_coded_to_real_bytes() -> None:
    features = torch.rand(3, 2, 3, 4)
    coded = UNIT.code(Shown(images=np.zeros((3, 8, 8, 3), np.uint8), features=features))
    assert coded.payload_bytes.tolist() == [len(payload) for payload in payloads(features)]
    assert coded.features.shape == features.shape
    assert np.isnan(coded.ideal_bytes).all()
    UNIT.load()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0" * 8 + b"not deflated",
        b"\0" * 8 + zlib.compress(bytes(23)),
        b"\0" * 8 + zlib.compress(bytes(1 << 20)),
        struct.pack("<2f", 0, float("nan")) + zlib.compress(bytes(24)),
    ],
)
def test_content_that_is_no_such_feature_is_refused(content: bytes) -> None:
    whole = payloads(torch.zeros(1, 2, 3, 4))[0]
    assert UNIT.receive(whole).shape == (2, 3, 4)
    with pytest.raises(InputError, match="deflated features"):
        UNIT.receive(pack(content, UNIT._identity))

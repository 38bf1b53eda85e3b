from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.coding.payloads import PayloadCodec
from models.coding.prior import FrequencyTables
from models.coding.wire import HEADER_BYTES, Identity, pack, unpack
from simulator.foundation.errors import InputError

WHO = Identity(unit_id=3, tables_digest=bytes(range(32)), shape=(16, 14, 14))


def test_a_header_is_20_bytes() -> None:
    assert HEADER_BYTES == 20
    assert pack(b"", WHO).hex() == "7343010300010203" + "1000" + "0e0e" + "00000000" + "000d21e4"


@given(st.binary(max_size=300))
def test_what_is_packed_is_unpacked(coded: bytes) -> None:
    assert unpack(pack(coded, WHO), WHO) == coded


def test_every_flipped_bit_is_found() -> None:
    payload = pack(bytes(range(50)), WHO)
    for bit in range(8 * len(payload)):
        flipped = bytearray(payload)
        flipped[bit // 8] ^= 1 << bit % 8
        with pytest.raises(InputError):
            unpack(bytes(flipped), WHO)


def test_every_cut_is_found() -> None:
    payload = pack(bytes(range(50)), WHO)
    for length in range(len(payload)):
        with pytest.raises(InputError):
            unpack(payload[:length], WHO)


@given(st.binary(max_size=100))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(InputError):
        unpack(noise, WHO)


@pytest.mark.parametrize(
    ("expected", "complaint"),
    [
        (replace(WHO, unit_id=4), "unit id: 3 must be 4"),
        (replace(WHO, tables_digest=bytes(32)), "tables hash: 00010203 must be 00000000"),
        (replace(WHO, shape=(16, 14, 7)), r"shape: \(16, 14, 14\) must be \(16, 14, 7\)"),
    ],
)
def test_a_foreign_payload_says_whose_it_is(expected: Identity, complaint: str) -> None:
    with pytest.raises(InputError, match=complaint):
        unpack(pack(b"1234", WHO), expected)


@pytest.mark.parametrize(
    ("offset", "written", "complaint"),
    [
        (0, b"PK", r"magic: b'PK' must be b'sC'"),
        (2, b"\x02", "version: 2 must be 1"),
        (12, b"\xff\xff\xff\xff", "length: 4294967295 must be 4"),
        (16, b"\x00\x00\x00\x00", "CRC-32: 00000000 must be"),
        (20, b"x", "CRC-32"),
    ],
)
def test_a_damaged_payload_says_what_is_wrong(offset: int, written: bytes, complaint: str) -> None:
    payload = bytearray(pack(b"1234", WHO))
    payload[offset : offset + len(written)] = written
    with pytest.raises(InputError, match=complaint):
        unpack(bytes(payload), WHO, "frame 7")


def test_a_short_payload_says_how_short() -> None:
    with pytest.raises(InputError, match="frame 7 bytes: 3 must be at least the 20 of a header"):
        unpack(b"sC\x01", WHO, "frame 7")


@pytest.fixture
def codec() -> PayloadCodec:
    tables = FrequencyTables.from_probabilities(np.array([[1, 2, 1], [1, 6, 1.0]]), -1)
    return PayloadCodec(unit_id=1, tables=tables, grid=(7, 5))


def test_a_frames_symbols_come_back_in_their_shape(codec: PayloadCodec) -> None:
    symbols = np.arange(70).reshape(2, 7, 5) % 3 - 1
    np.testing.assert_array_equal(codec.decode(codec.encode(symbols)), symbols)


def test_a_unit_refuses_the_payload_of_another_with_the_same_tables(codec: PayloadCodec) -> None:
    other = PayloadCodec(unit_id=2, tables=codec.tables, grid=(7, 5))
    with pytest.raises(InputError, match="unit id: 1 must be 2"):
        other.decode(codec.encode(np.zeros((2, 7, 5), np.int32)))

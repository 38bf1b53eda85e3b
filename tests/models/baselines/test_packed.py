from __future__ import annotations

import numpy as np
import pytest

from models.baselines.packed import Packer, uniform
from models.coding.payloads import PayloadCodec
from models.coding.wire import HEADER_BYTES
from simulator.foundation.errors import InputError
from simulator.foundation.keyed import generator


@pytest.mark.parametrize("bits", range(1, 9))
def test_symbols_come_back_from_as_many_bits_as_they_take(bits: int) -> None:
    half = (1 << bits) // 2
    symbols = generator(0, "symbols", bits).integers(-half, half, size=(3, 35))
    packer = Packer(3, bits)
    coded = packer.encode(symbols)
    assert len(coded) == -(-3 * 35 * bits // 8)
    np.testing.assert_array_equal(packer.decode(coded, 35), symbols)


def test_other_numbers_of_bytes_are_refused() -> None:
    with pytest.raises(InputError, match="must be the 2 bytes of 12 bits"):
        Packer(2, 2).decode(b"123", 3, "frame 7")


def test_with_uniform_tables_the_ideal_code_length_is_the_packed_one() -> None:
    codec = PayloadCodec(unit_id=61, tables=uniform(3, 2), grid=(4, 4), coder=Packer(3, 2))
    symbols = generator(0, "symbols").integers(-2, 2, size=(3, 4, 4)).astype(np.int32)
    payload = codec.encode(symbols)
    assert len(payload) - HEADER_BYTES == 12
    assert codec.tables.ideal_bits(symbols) / 8 == 12
    np.testing.assert_array_equal(codec.decode(payload), symbols)

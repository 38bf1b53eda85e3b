from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.coding.answer import PARTS, Answer, AnswerCodec
from models.coding.wire import HEADER_BYTES, pack
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODECS = {part: AnswerCodec(part=part, classes=33, cells=56) for part in PARTS}


def answer(mask: NDArray[np.bool_] | None = None) -> Answer:
    box = np.array([0.2, 0.4, 0.6, 1.0], np.float32)
    return Answer(7, 0.8, box, np.zeros((56, 56), bool) if mask is None else mask)


def test_a_class_takes_22_bytes_and_a_box_4_more() -> None:
    assert [len(CODECS[part].encode(answer())) for part in PARTS] == [22, 26, 30]


def test_what_was_sent_comes_back_in_255ths() -> None:
    found = CODECS["box"].decode(CODECS["box"].encode(answer()))
    assert (found.label, found.confidence) == (7, 0.8)  # 204 / 255
    np.testing.assert_array_equal(found.box, np.array([51, 102, 153, 255], np.float32) / 255)


def test_what_was_not_sent_is_empty() -> None:
    mask = np.ones((56, 56), bool)
    found = CODECS["class"].decode(CODECS["class"].encode(answer(mask)))
    assert not found.box.any()
    assert not found.mask.any()


@given(
    left=st.integers(0, 55),
    top=st.integers(0, 55),
    width=st.integers(0, 56),
    height=st.integers(0, 56),
    seed=st.integers(0, 99),
)
def test_any_mask_comes_back(left: int, top: int, width: int, height: int, seed: int) -> None:
    mask = np.zeros((56, 56), bool)
    part = mask[top : top + height, left : left + width]
    part[:] = np.random.default_rng(seed).random(part.shape) < 0.5
    found = CODECS["mask"].decode(CODECS["mask"].encode(answer(mask)))
    np.testing.assert_array_equal(found.mask, mask)


def test_a_mask_without_holes_takes_few_bytes() -> None:
    rows, columns = np.mgrid[:56, :56]
    disc = (rows - 30) ** 2 + (columns - 20) ** 2 < 15**2
    assert len(CODECS["mask"].encode(answer(disc))) < 100


@given(coded=st.binary(max_size=40), part=st.sampled_from(PARTS))
def test_any_bytes_are_an_answer_or_refused(coded: bytes, part: str) -> None:
    codec = CODECS[part]
    try:
        found = codec.decode(pack(coded, codec.identity))
    except InputError:
        return
    assert found.label < 33
    assert found.mask.shape == (56, 56)


@pytest.mark.parametrize("more", [b"", b"\0", b"\0" * 9])
def test_rows_of_another_length_than_the_mask_are_refused(more: bytes) -> None:
    codec = CODECS["mask"]
    whole = codec.encode(answer(np.ones((56, 56), bool)))[HEADER_BYTES:]
    wrong = whole[:-1] if not more else whole + more
    with pytest.raises(InputError, match="must be an answer"):
        codec.decode(pack(wrong, codec.identity))


def test_an_answer_that_was_sent_another_way_is_refused() -> None:
    with pytest.raises(InputError, match="tables hash"):
        CODECS["class"].decode(CODECS["box"].encode(answer()))

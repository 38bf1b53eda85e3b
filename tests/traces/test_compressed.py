"""Gzip files are read as if they were not, and bombs are refused in little memory."""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from tests.traces.examples import GOOD, OPTIONS
from traces import READERS, read
from traces.compressed import gunzipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", READERS)
def test_a_gzip_file_reads_as_what_it_holds_whatever_its_name(name: str, tmp_path: Path) -> None:
    path = tmp_path / "file.trace"
    path.write_bytes(GOOD[name])
    options = OPTIONS.get(name, {})
    plain = read(path, name, **options)
    path.write_bytes(gzip.compress(GOOD[name]))
    assert read(path, name, **options) == plain


def test_members_follow_each_other_and_zeros_may_pad_the_end() -> None:
    data = gzip.compress(b"0 1\n") + gzip.compress(b"1 2\n") + bytes(512)
    assert gunzipped(data, "x", 100) == b"0 1\n1 2\n"
    assert gunzipped(gzip.compress(b"12345"), "x", 5) == b"12345"


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (gzip.compress(b"123456", mtime=0), "over 5 bytes unpacked must be at most 5 bytes"),
        (gzip.compress(b"12345", mtime=0)[:-3], "a gzip file ends early"),
        (gzip.compress(b"1234", mtime=0) + b"rest", "makes this no gzip file"),
        (b"\x1f\x8bnonsense", "makes this no gzip file"),
        (gzip.compress(b"") * 10_001, "10001 must be at most 10000 members"),
    ],
)
def test_damaged_and_oversized_ones_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(InputError, match=said):
        gunzipped(data, "x", 5)


def test_a_bomb_takes_no_more_memory_than_the_bound() -> None:
    bomb = gzip.compress(bytes(200 * 2**20), compresslevel=1)
    tracemalloc.start()
    with pytest.raises(InputError, match="must be at most 1048576 bytes"):
        gunzipped(bomb, "bomb", 2**20)
    assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    tracemalloc.stop()

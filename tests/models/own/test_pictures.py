from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image

from models.own.pictures import read_frame, read_indices
from simulator.foundation.errors import InputError
from tests.models.own.data import picture

if TYPE_CHECKING:
    from pathlib import Path


def _claiming(width: int, height: int) -> bytes:
    """Return a tiny PNG file that says it is this large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def test_a_picture_is_stretched_to_the_square(tmp_path: Path) -> None:
    halves = np.zeros((10, 40, 3), np.uint8)
    halves[:, 20:] = 255
    frame = read_frame(picture(tmp_path / "a.png", halves), 8)
    assert frame.shape == (8, 8, 3)
    assert frame[:, 0].max() == 0
    assert frame[:, 7].min() == 255


def test_grey_and_palette_pictures_become_colour(tmp_path: Path) -> None:
    Image.new("L", (4, 4), 9).save(tmp_path / "grey.png")
    Image.new("RGBA", (4, 4), (9, 9, 9, 0)).save(tmp_path / "clear.png")
    for name in ("grey.png", "clear.png"):
        assert set(read_frame(tmp_path / name, 4).ravel().tolist()) == {9}


@pytest.mark.parametrize("size", [(100_000, 100_000), (10_000, 10_000), (60_000, 1_000)])
def test_a_file_that_claims_to_be_huge_is_refused_undecoded(
    size: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "bomb.png").write_bytes(_claiming(*size))
    with pytest.raises(InputError, match="must be at most 50000000 pixels"):
        read_frame(tmp_path / "bomb.png", 8)


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    whole = picture(tmp_path / "a.png").read_bytes()
    for raw in (b"", b"GIF89a", whole[: len(whole) // 2], b"<svg/>"):
        (tmp_path / "b.png").write_bytes(raw)
        with pytest.raises(InputError, match="must be a whole JPEG, PNG, WEBP, BMP file"):
            read_frame(tmp_path / "b.png", 8)
    with pytest.raises(InputError, match="does not exist"):
        read_frame(tmp_path / "none.png", 8)


def test_masks_keep_their_indices(tmp_path: Path) -> None:
    mask = np.array([[0, 255], [7, 7]], np.uint8)
    found = read_indices(picture(tmp_path / "m.png", mask), 4)
    assert set(found.ravel().tolist()) == {0, 7, 255}
    palette = Image.fromarray(mask).convert("P")
    palette.putdata([0, 1, 2, 2])
    palette.save(tmp_path / "p.png")
    assert read_indices(tmp_path / "p.png", 2).tolist() == [[0, 1], [2, 2]]
    with pytest.raises(InputError, match="RGB must be a palette or grey picture"):
        read_indices(picture(tmp_path / "c.png"), 4)

from __future__ import annotations

import hashlib
import os
import time
from typing import TYPE_CHECKING

import pytest

from simulator.foundation import digests
from simulator.foundation.digests import sha256_of
from simulator.foundation.errors import InputError
from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 10**9


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect what is read."""
    found: list[Path] = []

    def counted(path: Path, *, limit_bytes: int, what: str) -> bytes:
        found.append(path)
        return read_bounded(path, limit_bytes=limit_bytes, what=what)

    monkeypatch.setattr(digests, "read_bounded", counted)
    return found


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch, readings: list[Path]) -> list[Path]:
    """Let a minute pass before anything is read, and collect what is."""
    now = time.time_ns
    monkeypatch.setattr("simulator.foundation.digests.time.time_ns", lambda: now() + 60 * SECOND)
    return readings


def rewrite(path: Path, text: str) -> None:
    """Give a file other content of the same length, and its time of change back."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    assert path.stat().st_size == before.st_size


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_a_settled_file_is_read_once(tmp_path: Path, later: list[Path]) -> None:
    (tmp_path / "a").write_text("one")
    assert [sha256_of(tmp_path / "a") for _ in range(3)] == [digest("one")] * 3
    assert len(later) == 1


def test_the_same_length_and_time_with_other_content_is_seen(
    tmp_path: Path, later: list[Path]
) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    assert sha256_of(path) == digest("one")
    time.sleep(0.02)  # more than a tick of the file system's clock
    rewrite(path, "two")
    assert sha256_of(path) == digest("two")
    assert len(later) == 2


def test_a_file_in_its_place_is_seen(tmp_path: Path, later: list[Path]) -> None:
    path, other = tmp_path / "a", tmp_path / "b"
    other.write_text("two")
    path.write_text("one")
    assert sha256_of(path) == digest("one")
    other.replace(path)
    assert sha256_of(path) == digest("two")
    assert len(later) == 2


def test_a_file_that_was_just_written_is_read_each_time(
    tmp_path: Path, readings: list[Path]
) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    assert [sha256_of(path) for _ in range(3)] == [digest("one")] * 3
    assert len(readings) == 3  # another edit within the same tick of the clock would not show
    for text in ("one", "two") * 20:  # faster than the file system's clock ticks
        path.write_text(text)
        os.utime(path, ns=(SECOND, SECOND))
        assert sha256_of(path) == digest(text)


def test_a_missing_file_is_named_as_what_it_is(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="trace: a does not exist"):
        sha256_of(tmp_path / "a", what="trace")


def test_no_more_than_so_many_files_are_remembered(
    tmp_path: Path, later: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(digests, "_MOST_KNOWN", 2)
    monkeypatch.setattr(digests, "_KNOWN", {})
    for name in "abc":
        (tmp_path / name).write_text(name)
        assert sha256_of(tmp_path / name) == digest(name)
    assert len(digests._KNOWN) == 1
    assert len(later) == 3

from __future__ import annotations

import os
import socket
from io import BytesIO
from typing import TYPE_CHECKING

import pytest

from simulator.foundation import files
from simulator.foundation.errors import InputError
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from pathlib import Path


def test_a_file_within_the_limit_is_read_whole(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"1234")
    assert read_bounded(tmp_path / "a", limit_bytes=4) == b"1234"


@pytest.mark.parametrize(
    "kind", ["missing", "folder", "pipe", "socket", "device", "large", "below a file", "loop"]
)
def test_what_is_no_readable_small_file_is_refused_at_once(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "a"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(str(path))
    elif kind == "device":
        path.symlink_to("/dev/zero")
    elif kind == "large":
        path.write_bytes(b"12345")
    elif kind == "below a file":
        (tmp_path / "b").touch()
        path = tmp_path / "b" / "a"
    elif kind == "loop":
        path.symlink_to(path)
    with pytest.raises(InputError, match=r"a trace: a (does not exist|must be|cannot be read)"):
        read_bounded(path, limit_bytes=4, what="trace")


@pytest.mark.parametrize("name", ["nul\0", "x" * 300, "half\ud800"])
def test_what_no_file_can_be_called_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match=r"file: .* cannot be read \(.*\); check the path"):
        read_bounded(tmp_path / name, limit_bytes=4)


def test_a_pipe_put_in_place_of_a_file_that_was_looked_at_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "plain").touch()
    os.mkfifo(tmp_path / "pipe")
    seen = (tmp_path / "plain").stat()
    monkeypatch.setattr(type(tmp_path), "stat", lambda _: seen)
    with pytest.raises(InputError, match="must be a plain file"):
        read_bounded(tmp_path / "pipe", limit_bytes=4)


def test_a_written_file_is_whole_and_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_atomically(tmp_path / "deep" / "a.txt", "new")
    assert (tmp_path / "deep" / "a.txt").read_text() == "new"
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["a.txt"]


def test_a_write_that_fails_keeps_the_old_file(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a", "old")
    with pytest.raises(TypeError):
        write_atomically(tmp_path / "a", 5)  # type: ignore[arg-type]
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]


def test_a_file_of_the_kernels_that_has_nothing_yet_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Log(BytesIO):
        def read(self, _: int | None = -1) -> bytes:  # as a file that would let us wait
            return None  # type: ignore[return-value]

    monkeypatch.setattr(files, "open_plain", lambda *_, **__: Log())
    with pytest.raises(InputError, match="kmsg must be a plain file"):
        read_bounded(tmp_path / "kmsg", limit_bytes=9)

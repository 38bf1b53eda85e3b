from __future__ import annotations

import os
import resource
import socket
from pathlib import Path

import pytest

from simulator.foundation.errors import InputError
from simulator.foundation.files import write_atomically, write_inside
from simulator.foundation.places import check_output, hidden_for, hidden_name

IMPOSSIBLE = {
    "/dev/null/x": "Not a directory|is no folder",
    "/dev/null": "a device or socket must be",
    "a" * 300: "File name too long",
    f"missing/{'a' * 300}/b": "File name too long",
    "a\0b": "a NUL character cannot be part of a path",
    "/proc/x": r"cannot be written|No such file",
    "file/below": "Not a directory|is no folder",
    "dangling/below": "Not a directory|is a link to nothing",
}


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", IMPOSSIBLE)
def test_an_impossible_place_is_refused_and_nothing_is_made(path: str, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError, match=IMPOSSIBLE[path]):
        write_atomically(Path(path), "x")
    assert [p for p in sorted(tmp_path.rglob("*")) if p.name != "missing"] == before


@pytest.mark.parametrize("path", [path for path in IMPOSSIBLE if path != "/proc/x"])
@pytest.mark.parametrize("folder", [False, True])
def test_an_impossible_place_is_refused_before_the_work(
    path: str,
    folder: bool,  # noqa: FBT001 - a parameter of the test
    tmp_path: Path,
) -> None:
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(InputError):
        check_output(Path(path), folder=folder)
    assert sorted(tmp_path.rglob("*")) == before


def made(kind: str, path: Path) -> None:
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        socket.socket(socket.AF_UNIX).bind(str(path))
    elif kind == "link":
        path.symlink_to("file")


@pytest.mark.filterwarnings("ignore::ResourceWarning")
@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "link"])
def test_only_a_plain_file_is_ever_replaced(kind: str, tmp_path: Path) -> None:
    made(kind, Path("x"))
    for write in (write_atomically, lambda path, data: write_inside(path.parent, path.name, data)):
        with pytest.raises(InputError, match="must be a plain file, or not be there yet"):
            write(tmp_path / "x", "new")
    with pytest.raises(InputError, match="must be a plain file"):
        check_output(Path("x"))
    assert Path("file").read_text() == "mine"


def test_a_folder_to_write_into_may_be_a_link_but_one_inside_it_is_not_followed(
    tmp_path: Path,
) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "out").symlink_to("elsewhere")
    check_output(tmp_path / "out", folder=True)
    write_atomically(tmp_path / "out" / "a", "named by the user")
    with pytest.raises(InputError, match="cannot be written"):
        write_inside(tmp_path / "out", "b", "not named")
    assert [path.name for path in (tmp_path / "elsewhere").iterdir()] == ["a"]


def test_a_file_too_large_for_the_system_is_a_users_problem(tmp_path: Path) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    write_atomically(tmp_path / "a", "old")
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, limits[1]))
    try:
        with pytest.raises(InputError, match=r"a cannot be written \(File too large\); raise"):
            write_atomically(tmp_path / "a", "x" * 2000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert (tmp_path / "a").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if hidden_for(path.name)]


@pytest.mark.parametrize("call", ["open", "write", "fsync", "replace"])
def test_a_full_disk_is_a_users_problem_and_keeps_the_old_file(
    call: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_atomically(tmp_path / "a", "old")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    with monkeypatch.context() as patch:
        patch.setattr(os, call, full)
        with pytest.raises(InputError, match=r"\(No space left on device\); make room there"):
            write_atomically(tmp_path / "a", "new")
    assert (tmp_path / "a").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if hidden_for(path.name)]


def test_a_read_only_file_system_is_named_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(InputError, match="Permission denied"):
        check_output(tmp_path / "new")


@pytest.mark.parametrize("name", ["runs.parquet", "é" * 120, "a" * 255, ".hidden", "a.b.c"])
def test_a_hidden_name_fits_and_tells_what_it_is_for(name: str, tmp_path: Path) -> None:
    write_atomically(tmp_path / name, "x")
    hidden = hidden_name(name)
    assert len(os.fsencode(hidden)) <= 255
    assert name.startswith(hidden_for(hidden))
    assert not hidden_for(name)

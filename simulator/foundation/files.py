"""Files read with a bound and written whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.places import hidden_name, kind_of, no_file, writing

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

__all__ = ["make_folder", "open_plain", "read_bounded", "write_atomically", "write_inside"]

_NO_SUCH_CALL = frozenset({errno.EBADF, errno.EINVAL, errno.ENOTSUP})


def open_plain(path: Path, *, what: str = "file") -> BufferedReader:
    """Open a plain file to be read; never wait for somebody to write it, as a pipe would.

    What is checked is what was opened, so that nobody can put a pipe in its place in between.

    Args:
        path: The file.
        what: What the file is to the user ("scenario", "trace").

    Raises:
        InputError: If it is missing, cannot be read, or is a folder, pipe, socket or device.
    """
    try:
        plain = stat.S_ISREG(path.stat().st_mode)  # opening a device may already do something
        if plain:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
            stream = os.fdopen(descriptor, "rb")
            if stat.S_ISREG(os.fstat(descriptor).st_mode):
                return stream
            stream.close()
    except (OSError, ValueError) as error:  # a ValueError for NUL in the path
        raise _unreadable(path, what, error) from error
    raise _refused(path, what, "must be a plain file", "give the path of a file")


def read_bounded(path: Path, *, limit_bytes: int, what: str = "file") -> bytes:
    """Return a plain file's bytes.

    Args:
        path: The file.
        limit_bytes: Most bytes to read. At most one more is ever read, whatever the file claims.
        what: What the file is to the user ("scenario", "trace").

    Raises:
        InputError: As `open_plain`, and if it is too large.
    """
    with open_plain(path, what=what) as stream:
        try:
            data: bytes | None = stream.read(limit_bytes + 1)
        except OSError as error:
            raise _unreadable(path, what, error) from error
    if data is None:  # a plain file of the kernel's that would let us wait
        raise _refused(path, what, "must be a plain file", "give the path of a file")
    if len(data) > limit_bytes:
        rule = f"must be at most {limit_bytes} bytes"
        raise _refused(path, what, rule, "give a smaller file, or cut it into several")
    return data


def _unreadable(path: Path, what: str, error: OSError | ValueError) -> InputError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return _refused(path, what, "does not exist", "check the path")
    said = error.strerror if isinstance(error, OSError) else error
    return _refused(path, what, f"cannot be read ({said})", "check the path and its permissions")


def _refused(path: Path, what: str, rule: str, remedy: str) -> InputError:
    return InputError(
        Problem(where=str(path), what=what, value=path.name, rule=rule, remedy=remedy)
    )


def write_atomically(path: Path, data: bytes | str) -> None:
    """Write a file beside its place and rename it there, so that no reader sees half of it.

    Args:
        path: Where the file goes; missing parent folders are made. Only a plain file is replaced.
        data: Its content; text is written as UTF-8.

    Raises:
        InputError: If something else stands there, or the file system refuses.
    """
    raw = data.encode() if isinstance(data, str) else data
    with writing(path):
        make_folder(path.parent)
        _replace(path, raw, follow=True)


def write_inside(folder: Path, name: str, data: bytes | str) -> None:
    """Write a file atomically into a folder that is no link; one is not followed.

    Args:
        folder: A folder that is there, inside one that the user named.
        name: Of the file.
        data: Its content; text is written as UTF-8.

    Raises:
        InputError: If the folder is a link, something else stands there, or the file system
            refuses.
    """
    raw = data.encode() if isinstance(data, str) else data
    with writing(folder / name):
        _replace(folder / name, raw, follow=False)


def make_folder(path: Path) -> None:
    """Make a folder, and those above it, unless it is there.

    Raises:
        InputError: If it cannot be made.
    """
    with writing(path):
        try:
            path.mkdir(parents=True, exist_ok=True)
        except FileExistsError as error:
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR)) from error


def _replace(path: Path, data: bytes, *, follow: bool) -> None:
    where = os.O_RDONLY | os.O_DIRECTORY | (0 if follow else os.O_NOFOLLOW)
    folder = os.open(path.parent, where)
    try:
        if (found := kind_of(path.name, folder)) not in {"", "a file"}:
            raise no_file(path, found)
        beside = hidden_name(path.name)
        try:
            _write(beside, data, folder)
            os.replace(beside, path.name, src_dir_fd=folder, dst_dir_fd=folder)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside, dir_fd=folder)
            raise
        try:
            os.fsync(folder)  # the name, too, is to survive a loss of power
        except OSError as error:
            if error.errno not in _NO_SUCH_CALL:  # not every file system does that to folders
                raise
    finally:
        os.close(folder)


def _write(name: str, data: bytes, folder: int) -> None:
    descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
    try:
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Files read with a bound and written whole or not at all."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import BufferedReader

__all__ = ["atomic_folder", "open_plain", "read_bounded", "write_atomically"]


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
            data = stream.read(limit_bytes + 1)
        except OSError as error:
            raise _unreadable(path, what, error) from error
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
        path: Where the file goes; missing parent folders are made.
        data: Its content; text is written as UTF-8.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    raw = data.encode() if isinstance(data, str) else data
    descriptor, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        Path(beside).chmod(0o644)
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise


@contextmanager
def atomic_folder(path: Path) -> Iterator[Path]:
    """Give a folder to fill beside ``path``; it takes that place when the block ends well.

    A folder already at ``path`` is replaced. If the block raises, nothing changes.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f".{path.name}.", dir=path.parent))
    try:
        beside.chmod(0o755)
        yield beside
        if path.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{path.name}.old.", dir=path.parent))
            path.replace(old / path.name)
            beside.replace(path)
            shutil.rmtree(old)
        else:
            beside.replace(path)
    finally:
        shutil.rmtree(beside, ignore_errors=True)

"""Files read with a bound and written whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["atomic_folder", "read_bounded", "write_atomically"]


def read_bounded(path: Path, *, limit_bytes: int, what: str = "file") -> bytes:
    """Return a file's bytes, refusing one that is missing, no plain file, or over the limit.

    Args:
        path: The file.
        limit_bytes: Most bytes to read. At most one more is ever read, whatever the file claims.
        what: What the file is to the user ("scenario", "trace").

    Raises:
        InputError: If it cannot be read or is too large.
    """

    def refusal(rule: str, remedy: str) -> InputError:
        return InputError(
            Problem(where=str(path), what=what, value=path.name, rule=rule, remedy=remedy)
        )

    if not path.exists():
        raise refusal("does not exist", "check the path")
    if not path.is_file():  # a folder, or a pipe that would hang
        raise refusal("must be a plain file", "give the path of a file")
    try:
        with path.open("rb") as stream:
            data = stream.read(limit_bytes + 1)
    except OSError as error:
        raise refusal(f"cannot be read ({error.strerror})", "check its permissions") from error
    if len(data) > limit_bytes:
        raise refusal(f"must be at most {limit_bytes} bytes", "cut it into smaller files")
    return data


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

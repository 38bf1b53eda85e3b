"""A folder held by one process at a time: a lock that the system drops when its holder dies."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import json
import os
import socket
import stat
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.places import kind_of, refused, writing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["LOCK", "held"]

LOCK = ".splitcast.lock"
"""The file in the folder that is locked; it says who holds it and goes with the lock."""

_LONGEST_BYTES = 4096
_LONGEST_COMMAND = 200


@contextmanager
def held(folder: Path, command: str = "") -> Iterator[None]:
    """Hold a folder until the block ends, or this process does, however it does.

    Args:
        folder: A folder that is there.
        command: What holds it, for those who are refused; by default the program's arguments.

    Raises:
        InputError: If another process (or another thread of this one) holds it, with its number,
            machine, beginning and command; or if the file system has no locks.
    """
    with writing(folder / LOCK):
        descriptor = _taken(folder)
        try:
            _sign(descriptor, command)
        except BaseException:
            os.close(descriptor)
            raise
    try:
        yield
    finally:
        try:
            with contextlib.suppress(OSError):
                (folder / LOCK).unlink()  # while it is still held, so that nobody loses his own
        finally:
            os.close(descriptor)


def _taken(folder: Path) -> int:
    path = folder / LOCK
    while True:
        if (found := kind_of(path)) not in {"", "a file"}:
            raise refused(path, found, "must be a plain file or not there", f"remove {path}")
        # It may have become something else since: no link is followed, no pipe waited for.
        options = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK
        descriptor = os.open(path, options, 0o666)
        try:
            _lock(descriptor, folder)
            if _is_at(descriptor, path):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)  # its holder removed it since it was opened: once more


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        problem = Problem(
            where=str(folder),
            what="folder",
            value="in use",
            rule=f"must not be in use by another process: {_holder(descriptor)}",
            remedy="wait until that ends, or give another folder",
        )
        raise InputError(problem) from error
    except OSError as error:
        if error.errno not in {errno.ENOLCK, errno.ENOSYS, errno.ENOTSUP}:
            raise
        rule = f"must be on a file system with locks ({error.strerror})"
        raise refused(folder, folder.name, rule, "give a folder on a local disk") from error


def _is_at(descriptor: int, path: Path) -> bool:
    """Return whether a descriptor is that of the plain file which is at its place now."""
    opened = os.fstat(descriptor)
    try:
        return stat.S_ISREG(opened.st_mode) and os.path.samestat(opened, path.lstat())
    except FileNotFoundError:
        return False


def _sign(descriptor: int, command: str) -> None:
    said = {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": (command or " ".join(sys.argv))[:_LONGEST_COMMAND],
    }
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, json.dumps(said).encode(), 0)


def _holder(descriptor: int) -> str:
    """Return who holds a lock, as far as he has signed."""
    try:
        said = json.loads(os.pread(descriptor, _LONGEST_BYTES, 0))
        pid, host, since, command = (said[key] for key in ("pid", "host", "since", "command"))
    except (ValueError, TypeError, KeyError, RecursionError):
        return "one that has just begun"
    return f"process {pid} on {host}, since {since}, `{command}`"

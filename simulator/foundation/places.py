"""Places that a user names for output: tried before the work, and told of when they refuse."""

from __future__ import annotations

import errno
import os
import re
import secrets
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["check_output", "hidden_for", "hidden_name", "kind_of", "no_file", "refused", "writing"]

_LONGEST_NAME_BYTES = 240  # what still has room for what `hidden_name` adds
_SHORT_CHARACTERS = 40
_HIDDEN = re.compile(r"\.(.+)\.[a-z0-9_]{8}", re.DOTALL)

_REMEDIES = {
    errno.ENOSPC: "make room there, or give another place",
    errno.EDQUOT: "make room there, or give another place",
    errno.EFBIG: "raise the limit on file sizes (`ulimit -f`), or give another place",
    errno.ENAMETOOLONG: "give a shorter name",
    errno.ENOTDIR: "give a place inside a folder",
    errno.EISDIR: "give the name of a file, not of a folder",
}
_REMEDY = "give a place that can be written"
_KINDS = (
    (stat.S_ISREG, "a file"),
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
)


def refused(path: Path, value: str, rule: str, remedy: str = _REMEDY) -> InputError:
    """Return the error that nothing can be written at a place."""
    problem = Problem(where=str(path), what="output", value=value, rule=rule, remedy=remedy)
    return InputError(problem)


def no_file(path: Path, found: str) -> InputError:
    """Return the error that something stands where a file is to go that is none.

    Args:
        path: The place.
        found: What stands there, from `kind_of`.
    """
    remedies = {
        "a link": "give the path that it leads to",
        "a folder": "give the name of a file in that folder",
    }
    rule = "must be a plain file, or not be there yet"
    return refused(path, found, rule, remedies.get(found, _REMEDY))


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses inside the block into a problem with the place.

    Args:
        path: What is written, made or removed there.

    Raises:
        InputError: The disk is full, the place is read-only, its name is impossible, and the like.
    """
    if "\0" in str(path):
        raise refused(path, "a NUL character", "cannot be part of a path", "leave it out")
    try:
        yield
    except UnicodeEncodeError as error:
        raise refused(path, path.name, "cannot be written in file names here") from error
    except OSError as error:
        remedy = _REMEDIES.get(error.errno or 0, _REMEDY)
        rule = f"cannot be written ({error.strerror or error})"
        raise refused(path, path.name, rule, remedy) from error


def kind_of(name: str | Path, folder: int | None = None) -> str:
    """Return what stands at a place in words, without following a link; "" for nothing.

    Args:
        name: A path, or a name in ``folder``.
        folder: Descriptor of an open folder.
    """
    try:
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
    except FileNotFoundError:
        return ""
    return next((words for is_kind, words in _KINDS if is_kind(mode)), "a device or socket")


def hidden_name(name: str) -> str:
    """Return a name that is not taken for a file that will be called ``name`` when it is whole."""
    if len(os.fsencode(name)) > _LONGEST_NAME_BYTES:
        name = name[:_SHORT_CHARACTERS]
    return f".{name}.{secrets.token_hex(4)}"


def hidden_for(name: str) -> str:
    """Return what a file was to be called that has a name of `hidden_name`; "" for other names.

    Example:
        >>> hidden_for(".runs.parquet.0f3a77c2")
        'runs.parquet'
    """
    found = _HIDDEN.fullmatch(name)
    return found[1] if found else ""


def check_output(path: Path, *, folder: bool = False) -> None:
    """Refuse a place where nothing can be written, before the work rather than after it.

    Args:
        path: Of the file to write; neither it nor its folders need to exist.
        folder: Whether it is a folder to write into. That may be a link to one: it is what the
            user named. In the place of a file nothing but a plain file is ever replaced.

    Raises:
        InputError: If it is something else, or cannot be made.
    """
    with writing(path):
        found = kind_of(path)
        if folder and (path.is_dir() or not found):
            _try(path)
        elif folder:
            raise refused(path, found, "must be a folder, or not be there yet")
        elif found in {"", "a file"}:
            _try(path.parent, path.name)
        else:
            raise no_file(path, found)


def _try(folder: Path, name: str = "") -> None:
    """Refuse a folder, or the nearest one above that is there, where nothing can be made."""
    nearest, missing = folder, [name]
    while not nearest.exists():
        if nearest.is_symlink():
            raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is a link to nothing")
        missing.append(nearest.name)
        nearest = nearest.parent
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, f"{nearest} is no folder")
    if not os.access(nearest, os.W_OK | os.X_OK):
        read_only = os.statvfs(nearest).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, f"{nearest}: {os.strerror(code)}")
    longest = os.pathconf(nearest, "PC_NAME_MAX")
    if any(len(os.fsencode(part)) > longest for part in missing):
        raise OSError(errno.ENAMETOOLONG, os.strerror(errno.ENAMETOOLONG))

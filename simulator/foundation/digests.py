"""The SHA-256 of what a file holds now; the file is read again only where it may have changed.

What a file system says of a file, its time of change included, which nobody can set, tells whether
it is still the one that was read. Clocks of file systems are coarse: a file that was changed just
before it was read may be changed again within one tick, so its digest is not relied on.
"""

from __future__ import annotations

import hashlib
import time
from typing import TYPE_CHECKING, TypeAlias

from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sha256_of"]

_LARGEST_BYTES = 256 * 2**20
_SETTLED_NS = 2 * 10**9
_MOST_KNOWN = 10_000

_Mark: TypeAlias = tuple[int, int, int, int, int]

_KNOWN: dict[Path, tuple[_Mark, str]] = {}


def sha256_of(path: Path, *, what: str = "file") -> str:
    r"""Return the SHA-256 of a plain file of at most 256 MiB.

    Args:
        path: The file.
        what: What the file is to the user ("workload", "trace").

    Raises:
        InputError: As `read_bounded`.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "a"
        ...     _ = file.write_text("one")
        ...     first = sha256_of(file)
        ...     _ = file.write_text("two")
        ...     sha256_of(file) == first
        False
    """
    began_ns = time.time_ns()
    mark = _mark(path)
    if mark is not None and path in _KNOWN and _KNOWN[path][0] == mark:
        return _KNOWN[path][1]
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what=what)
    found = hashlib.sha256(data).hexdigest()
    if mark is not None and began_ns - mark[-1] > _SETTLED_NS and _mark(path) == mark:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[path] = (mark, found)
    return found


def _mark(path: Path) -> _Mark | None:
    """Return which file it is, how long, and when it changed; None where nobody can say."""
    try:
        of = path.stat()
    except (OSError, ValueError):
        return None
    return of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns, of.st_ctime_ns

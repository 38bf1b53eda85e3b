"""How much memory this process may still take."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["available_bytes"]

_MEMINFO = Path("/proc/meminfo")
_GROUP = Path("/sys/fs/cgroup")
_KIB = 1024


def available_bytes(meminfo: Path = _MEMINFO, group: Path = _GROUP) -> int | None:
    """Return the bytes that can be had without swapping, or None where nothing tells.

    Args:
        meminfo: Linux's table of memory, whose ``MemAvailable`` counts what can be freed.
        group: The control group's folder: containers are often allowed less than the machine has.
    """
    found = [size for size in (_available(meminfo), _left(group)) if size is not None]
    if found:
        return min(found)
    try:  # other systems: what is free, without what could be freed
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None


def _available(meminfo: Path) -> int | None:
    try:
        rows = meminfo.read_text().splitlines()
        return next(int(row.split()[1]) * _KIB for row in rows if row.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return None


def _left(group: Path) -> int | None:
    """Return what a control group (version 2) leaves; its caches can be freed."""
    try:
        most = int((group / "memory.max").read_text())  # "max" where nothing limits it
        held = int((group / "memory.current").read_text())
        stats = dict(row.split() for row in (group / "memory.stat").read_text().splitlines())
        return max(0, most - held + int(stats.get("inactive_file", 0)))
    except (OSError, ValueError):
        return None

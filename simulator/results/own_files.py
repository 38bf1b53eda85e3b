"""Which files of a results folder are ours: no others are ever overwritten or removed.

A folder is a results folder if its ``manifest.json`` is a plain file that holds what a manifest
always holds. In it our names are the tables and documents, ``frames/<run>.parquet``, the plots
that say in their first lines that they are ours, and what a killed process left of any of these,
``.NAME.xxxxxxxx``. Only plain files are touched; no link is followed.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from simulator.foundation.errors import InputError
from simulator.foundation.files import read_bounded
from simulator.foundation.lock import LOCK
from simulator.foundation.places import hidden_for, kind_of, writing
from simulator.results.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = [
    "FRAMES",
    "PLOTS",
    "PLOT_MARK",
    "clear_leftovers",
    "clear_plots",
    "clear_results",
    "is_results",
    "is_unused",
    "obstacles",
]

FRAMES: Final = "frames"
PLOTS: Final = "plots"
PLOT_MARK: Final = "<!-- a plot of splitcast -->"
"""Stands in the first lines of every plot in a results folder."""

_TABLES: Final = (
    *("summary.json", "report.html"),
    *("runs.parquet", "groups.parquet", "units.parquet", "capacity.parquet"),
)
_NOWHERE: Final = -1
_MARKED_WITHIN_BYTES: Final = 1024
_LARGEST_MANIFEST: Final = 256 * 2**20
_RUN_FILE: Final = re.compile(r"p\d{4,}-r\d+\.parquet")
_PLOT_FILE: Final = re.compile(r"[a-z0-9][a-z0-9.-]*\.svg")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


def is_results(folder: Path) -> bool:
    """Return whether a folder holds results of splitcast, of any version, finished or not."""
    path = folder / MANIFEST
    try:
        if kind_of(path) != "a file":
            return False
        found = json.loads(read_bounded(path, limit_bytes=_LARGEST_MANIFEST))
    except (InputError, OSError, ValueError, RecursionError):
        return False
    return isinstance(found, dict) and _is_manifest(found)


def _is_manifest(found: dict[str, Any]) -> bool:
    kinds = {"schema_version": int, "scenario": dict, "splitcast": str, "state": str, "runs": list}
    return (
        all(isinstance(found.get(key), kind) for key, kind in kinds.items())
        and isinstance(found.get("scenario_sha256"), str)
        and _SHA256.fullmatch(found["scenario_sha256"]) is not None
        and all(isinstance(run, dict) and isinstance(run.get("run"), str) for run in found["runs"])
    )


def is_unused(folder: Path) -> bool:
    """Return whether a folder is empty, but for what a batch leaves that ends before its manifest.

    That is a lock, half a manifest, and no more than an empty ``frames``.
    """
    for path in folder.iterdir():
        found = kind_of(path)
        empty = path.name == FRAMES and found == "a folder" and not any(path.iterdir())
        ours = path.name == LOCK or hidden_for(path.name) == MANIFEST
        if not (empty or (ours and found == "a file")):
            return False
    return True


def obstacles(folder: Path, runs: set[str]) -> Iterator[tuple[Path, str]]:
    """Yield what stands where a batch will write, without being a plain file or folder of its own.

    Args:
        folder: A results folder, or an empty one.
        runs: Names of the runs.
    """
    for name in (MANIFEST, *_TABLES):
        if (found := kind_of(folder / name)) not in {"", "a file"}:
            yield folder / name, found
    for name in (FRAMES, PLOTS):
        if (found := kind_of(folder / name)) not in {"", "a folder"}:
            yield folder / name, found
    if kind_of(folder / FRAMES) == "a folder":
        for path in sorted((folder / FRAMES).iterdir()):
            if path.stem in runs and _is_run(path.name) and (found := kind_of(path)) != "a file":
                yield path, found


def clear_results(folder: Path) -> None:
    """Remove what a batch and a report have written, but for the manifest."""
    with _opened(folder) as here:
        _remove(here, _TABLES.__contains__)
        with _within(here, FRAMES) as frames:
            _remove(frames, _is_run)
    clear_plots(folder)
    clear_leftovers(folder)


def clear_plots(folder: Path, keep: frozenset[str] = frozenset()) -> None:
    """Remove plots of ours.

    Args:
        folder: A results folder.
        keep: Names of those that stay.
    """
    with _opened(folder) as here, _within(here, PLOTS) as plots:
        _remove(plots, lambda name: name not in keep and _is_plot(name, plots))


def clear_leftovers(folder: Path) -> None:
    """Remove what killed processes left half written."""
    with _opened(folder) as here:
        _remove(here, lambda name: hidden_for(name) in {MANIFEST, *_TABLES})
        with _within(here, FRAMES) as frames:
            _remove(frames, lambda name: _is_run(hidden_for(name)))
        with _within(here, PLOTS) as plots:
            _remove(plots, lambda name: _is_plot_name(hidden_for(name)))


def _is_run(name: str) -> bool:
    return _RUN_FILE.fullmatch(name) is not None


def _is_plot_name(name: str) -> bool:
    return _PLOT_FILE.fullmatch(name) is not None


def _is_plot(name: str, plots: int) -> bool:
    if not _is_plot_name(name):
        return False
    descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=plots)
    try:
        return PLOT_MARK.encode() in os.read(descriptor, _MARKED_WITHIN_BYTES)
    finally:
        os.close(descriptor)


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    with writing(folder):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield descriptor
        finally:
            os.close(descriptor)


@contextmanager
def _within(folder: int, name: str) -> Iterator[int]:
    """Open a folder in an open one; `_NOWHERE` if it is not there, or a link."""
    if kind_of(name, folder) != "a folder":
        yield _NOWHERE
        return
    descriptor = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _remove(folder: int, ours: Callable[[str], bool]) -> None:
    """Remove the plain files of an open folder whose names are ours."""
    for name in [] if folder == _NOWHERE else sorted(os.listdir(folder)):
        if kind_of(name, folder) == "a file" and ours(name):
            os.unlink(name, dir_fd=folder)

"""Profiles, workloads and traces, each loaded or built once however many runs use it.

A file that has changed is read again: what is kept in the process is found by what files hold now,
not by their names, and is let go of when all of it weighs too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from models.profile import files_of, find, load
from simulator.foundation.digests import sha256_of
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.shelf import Shelf
from simulator.scenario.names import profile_path
from simulator.scenario.trace_sources import FamilyTrace, FileTrace
from simulator.workload import read_workload
from traces import RateTrace, ReadOptions, TraceAbout, read
from traces.beside import joined
from traces.reading import read_conditions
from traces.synthetic import synthesise_whole

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from fractions import Fraction
    from pathlib import Path

    from models.profile import Profile
    from simulator.scenario.trace_sources import TraceSource
    from simulator.workload import Workload
    from traces import BandwidthTrace

__all__ = ["profile", "scaled_trace", "trace", "workload"]

_SECOND_NS = 1_000_000_000
_SHORTEST_NS = 60 * _SECOND_NS
_MOST_BYTES = 512 * 2**20
_READINGS = 3

_SHELF = Shelf(_MOST_BYTES)

_Made = TypeVar("_Made")


def _fresh(key: tuple[object, ...], files: Sequence[Path], make: Callable[[], _Made]) -> _Made:
    """Return what is made from files, made before if they held the same.

    Args:
        key: What it is, besides the files' content.
        files: All files that it is made from; where one is missing, making says so.
        make: Makes it.

    Raises:
        InputError: What making raises, and if files change each time they are read.
    """
    if not all(file.is_file() for file in files):
        return make()
    for _ in range(_READINGS):
        held = tuple(map(sha256_of, files))
        found: _Made | None = _SHELF.get((key, held))
        if found is not None:
            return found
        found = make()
        if tuple(map(sha256_of, files)) == held:
            _SHELF.put((key, held), found)
            return found
    raise InputError(
        Problem(
            where=str(files[0]),
            what="content",
            value="changing",
            rule="must stay the same while it is read",
            remedy="wait until it is written to its end",
        )
    )


def profile(name_or_path: str, folder: Path) -> Profile:
    """Return a profile.

    Args:
        name_or_path: A shipped profile's name, or a path relative to ``folder``.
        folder: Where the scenario lies.

    Raises:
        InputError: If there is none, or it is damaged.
    """
    where = profile_path(name_or_path, folder)
    return _fresh(("profile", where), files_of(find(where)), lambda: load(where))


def workload(file: str, folder: Path) -> Workload:
    """Return a workload.

    Args:
        file: Its path, relative to ``folder``.
        folder: Where the scenario lies.

    Raises:
        InputError: If the file cannot be used.
    """
    path = folder / file
    return _fresh(("workload", path), [path], lambda: read_workload(path))


def trace(source: TraceSource, folder: Path, duration_ns: int) -> BandwidthTrace:
    """Return the trace a link follows.

    Args:
        source: Family or file, and where in it the run starts; or a rate.
        folder: What a file's path is relative to.
        duration_ns: How long the run captures; a synthetic trace is made as long as is needed.

    Raises:
        InputError: If the family is unknown, or the file cannot be used.
    """
    if isinstance(source, FamilyTrace):
        # Longer traces begin with shorter ones.
        length_ns = max(duration_ns + source.offset_ns, _SHORTEST_NS)
    else:
        length_ns = 0
    key = ("trace", source, folder, length_ns)
    return _fresh(key, _files(source, folder), lambda: _made(source, folder, length_ns))


def _files(source: TraceSource, folder: Path) -> list[Path]:
    return [folder / file for file in source.files]


def scaled_trace(
    source: TraceSource, folder: Path, duration_ns: int, factor: Fraction
) -> BandwidthTrace:
    """Return `trace` with its capacity multiplied."""
    key = ("scaled", source, folder, duration_ns, factor)
    return _fresh(
        key, _files(source, folder), lambda: trace(source, folder, duration_ns).scaled(factor)
    )


def _made(source: TraceSource, folder: Path, length_ns: int) -> BandwidthTrace:
    """Return a trace, with what a table says of its losses and delays."""
    beside = None
    if source.conditions is not None:
        beside = read_conditions(folder / source.conditions)
    found: BandwidthTrace
    if isinstance(source, FamilyTrace):
        found = synthesise_whole(source.family, source.seed, length_ns)
    elif isinstance(source, FileTrace):
        options = {key: getattr(source, key) for key in ReadOptions.__annotations__}
        given: Any = {key: value for key, value in options.items() if value is not None}
        found = read(folder / source.file, source.format, **given)
    else:
        # Luck goes with a trace's name: it is the same whatever the rate, as with a load.
        about = TraceAbout(name="constant", measures="capacity")
        # A rate has no length of its own: losses and delays come round after their last row.
        period_ns = _SECOND_NS if beside is None else max(_SECOND_NS, int(beside.starts_ns[-1]))
        found = RateTrace.from_steps([0], [source.rate_bps], period_ns=period_ns, about=about)
    if beside is not None:
        found = joined(found, beside)
    return found.shifted(source.offset_ns) if source.offset_ns else found

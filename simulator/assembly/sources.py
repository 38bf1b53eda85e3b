"""Profiles and traces, each loaded or built once in a process however many runs use it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from models.profile import load, shipped
from simulator.scenario.trace_sources import FamilyTrace
from simulator.workload import read_workload
from traces import read
from traces.synthetic import synthesise_whole

if TYPE_CHECKING:
    from fractions import Fraction

    from models.profile import Profile
    from simulator.scenario.trace_sources import TraceSource
    from simulator.workload import Workload
    from traces import BandwidthTrace

__all__ = ["profile", "scaled_trace", "trace", "workload"]

_SHORTEST_NS = 60_000_000_000


def profile(name_or_path: str, folder: Path) -> Profile:
    """Return a profile.

    Args:
        name_or_path: A shipped profile's name, or a path relative to ``folder``.
        folder: Where the scenario lies.

    Raises:
        InputError: If there is none, or it is damaged.
    """
    if name_or_path in shipped():
        return _profile(name_or_path)
    return _profile(str(folder / name_or_path) if _is_path(name_or_path, folder) else name_or_path)


def _is_path(name_or_path: str, folder: Path) -> bool:
    # A word that is neither a path nor a folder is a wrong name: the message should say so.
    return "/" in name_or_path or (folder / name_or_path).exists()


@lru_cache(maxsize=16)
def _profile(where: str) -> Profile:
    return load(where)


def workload(file: str, folder: Path) -> Workload:
    """Return a workload.

    Args:
        file: Its path, relative to ``folder``.
        folder: Where the scenario lies.

    Raises:
        InputError: If the file cannot be used.
    """
    return _workload(folder / file)


@lru_cache(maxsize=4)
def _workload(path: Path) -> Workload:
    return read_workload(path)


@lru_cache(maxsize=64)
def trace(source: TraceSource, folder: Path, duration_ns: int) -> BandwidthTrace:
    """Return the trace a link follows.

    Args:
        source: Family or file, and where in it the run starts.
        folder: What a file's path is relative to.
        duration_ns: How long the run captures; a synthetic trace is made as long as is needed.

    Raises:
        InputError: If the family is unknown, or the file cannot be used.
    """
    if isinstance(source, FamilyTrace):
        # Longer traces begin with shorter ones.
        length_ns = max(duration_ns + source.offset_ns, _SHORTEST_NS)
        found = synthesise_whole(source.family, source.seed, length_ns)
    else:
        options: dict[str, Any] = {
            "after": source.after,
            "hold": source.hold,
            "unit": source.unit,
            "column": source.column,
            "period_ns": source.period_ns,
            "opportunity_bytes": source.opportunity_bytes,
            "run": source.run,
            "direction": source.direction,
            "backwards": source.backwards,
            "ceiling_bps": source.ceiling_bps,
        }
        given = {key: value for key, value in options.items() if value is not None}
        found = read(Path(folder) / source.file, source.format, **given)
    return found.shifted(source.offset_ns) if source.offset_ns else found


@lru_cache(maxsize=64)
def scaled_trace(
    source: TraceSource, folder: Path, duration_ns: int, factor: Fraction
) -> BandwidthTrace:
    """Return `trace` with its capacity multiplied."""
    return trace(source, folder, duration_ns).scaled(factor)

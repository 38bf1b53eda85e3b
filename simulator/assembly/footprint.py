"""How much memory a run takes, estimated before anything of it is built.

A run holds its frame log and, for every frame and unit, the bytes, times and scores that were
drawn. While one stream's share is built, lists of its frames lie beside it. The shares below were
measured as peaks of whole processes and rounded up: 6 and 34 units, 1 to 100 streams, 200,000 to
1,800,000 frames. `tests/simulator/assembly/test_footprint.py` holds a run to them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.assembly.ladder import ladder_units
from simulator.assembly.logs import logged_frames
from simulator.assembly.sources import profile, workload
from simulator.scenario.streams import ProfileGroup

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.scenario.records import ScenarioRecord
    from simulator.scenario.streams import Group

__all__ = ["run_bytes"]

_PROCESS_BYTES = 200_000_000
"""Of a process that has imported what it needs and read a profile."""

_FRAME_BYTES = 340
"""Of a frame's rows, whatever the units."""

_FRAME_UNIT_BYTES = 56
"""Of what was drawn for a frame and one unit."""

_BUILT_FRAME_BYTES = 1_600
"""Of a frame of the stream that is being built."""


def run_bytes(record: ScenarioRecord, folder: Path) -> int:
    """Return about how many bytes of memory one run takes at its peak.

    Args:
        record: A point of a scenario.
        folder: What relative paths in it are relative to.

    Raises:
        InputError: If a profile or workload cannot be used.
    """
    held = longest = 0
    for name, group in record.streams.items():
        frames, streams, units = _size(name, group, record.duration_ns, folder)
        held += frames * (_FRAME_BYTES + units * _FRAME_UNIT_BYTES)
        longest = max(longest, -(-frames // streams))
    return _PROCESS_BYTES + held + longest * _BUILT_FRAME_BYTES


def _size(name: str, group: Group, duration_ns: int, folder: Path) -> tuple[int, int, int]:
    """Return a group's frames, streams and units."""
    if isinstance(group, ProfileGroup):
        units = ladder_units(profile(group.profile, folder), group.units, f"streams.{name}.units")
        return group.frames(duration_ns), group.count, len(units)
    logged = workload(group.workload, folder)
    streams = len(logged.streams) if logged.named else group.count or 1
    return logged_frames(group, logged, duration_ns), streams, len(logged.units)

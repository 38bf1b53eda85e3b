"""Where measured numbers come from: machine, threads, versions, hashes."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from models.profile import DEVICE_STAGES
from models.show import spread_ms
from models.subjects.kin import STRANGERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.measuring.timing import SubjectTimes, Timings, WallTimes
    from models.subjects.kin import Kin
    from models.subjects.subject import Subject

__all__ = ["clocks", "facts", "load_ns"]

_PACKAGES = ("torch", "numpy", "constriction", "pillow", "safetensors", "av")


def facts(
    subjects: Sequence[Subject],
    kin: Kin = STRANGERS,
    more: Mapping[str, str] = MappingProxyType({}),
) -> dict[str, object]:
    """Return what a reader needs to judge measured numbers or to repeat them.

    Args:
        subjects: What was measured.
        kin: What they have in common.
        more: Digests of units that are no subjects, by name.
    """
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "threads": 1,
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in _PACKAGES},
        "digests": kin.by_unit({subject.name: subject.digest for subject in subjects}) | dict(more),
    }


def _processor(listing: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name as Linux gives it, elsewhere what Python knows."""
    lines = listing.read_text().splitlines() if listing.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def load_ns(times: SubjectTimes) -> int:
    """Return the median time to load a subject's weights."""
    return round(float(np.median(times.loads)))


def clocks(timings: Timings, kin: Kin) -> dict[str, object]:
    """Return which clock was recorded, and wall time of the same samples beside it.

    ``wall_ms`` holds medians and 95th percentiles in ms: in ``units``, by name, ``device`` by stage
    and in ``total``, and, where something is sent, ``entropy_decode`` and ``decode`` by batch size;
    in ``tail`` the shared tail by batch size, and so by name in ``tails``, if there are others.
    """
    units = {name: _unit_ms(times.wall) for name, times in timings.subjects.items()}
    wall = {"units": kin.by_unit(units), "tail": _by_batch_ms(timings.tail_wall)}
    if timings.tails_wall:
        wall["tails"] = {name: _by_batch_ms(times) for name, times in timings.tails_wall.items()}
    return {"clock": timings.clock, "wall_ms": wall}


def _unit_ms(wall: WallTimes) -> dict[str, object]:
    rows = np.array(wall.device_rows)
    stages = dict(zip(DEVICE_STAGES, rows.T, strict=True)) | {"total": rows.sum(axis=1)}
    found: dict[str, object] = {
        "device": {stage: spread_ms(times) for stage, times in stages.items() if times.any()}
    }
    if wall.entropy_decode:
        found["entropy_decode"] = spread_ms(np.array(wall.entropy_decode))
    if wall.decode:
        found["decode"] = _by_batch_ms(wall.decode)
    return found


def _by_batch_ms(samples: Mapping[int, Sequence[int]]) -> dict[str, object]:
    return {str(size): spread_ms(np.array(times)) for size, times in samples.items()}

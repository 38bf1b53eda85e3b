"""Where measured numbers come from: machine, threads, versions, hashes."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.measuring.subject import Subject
    from models.measuring.timing import SubjectTimes, Timings

__all__ = ["facts", "load_ns", "wall_over_cpu"]

_PACKAGES = ("torch", "numpy", "constriction", "pillow", "safetensors")


def facts(subjects: Sequence[Subject]) -> dict[str, object]:
    """Return what a reader needs to judge measured numbers or to repeat them."""
    return {
        "machine": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "system": f"{platform.system()} {platform.machine()}",
        },
        "threads": 1,
        "clock": "CPU time of one thread; switch costs are wall time, files in the page cache",
        "versions": {"python": platform.python_version()}
        | {package: version(package) for package in _PACKAGES},
        "digests": {subject.name: subject.digest for subject in subjects},
    }


def _processor(listing: Path = Path("/proc/cpuinfo")) -> str:
    """Return the processor's name as Linux gives it, elsewhere what Python knows."""
    lines = listing.read_text().splitlines() if listing.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown"


def load_ns(times: SubjectTimes) -> int:
    """Return the median time to load a subject's weights."""
    return round(float(np.median(times.loads)))


def wall_over_cpu(timings: Timings) -> Mapping[str, float]:
    """Return, by subject, by how much wall time exceeded CPU time in the median device row."""
    return {
        name: round(
            float(np.median(times.wall_rows) / np.median(np.sum(times.device_rows, axis=1))), 3
        )
        for name, times in timings.subjects.items()
    }

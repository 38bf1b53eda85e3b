"""How long 10 MB of each trace format take to read."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.traces.examples import OPTIONS
from tests.traces.long_files import FORMS, long_file
from traces import READERS, read

BYTES = 10_000_000
TARGET_S = 1.0


def reading_times(runs: int, size_bytes: int) -> dict[str, float]:
    """Return CPU seconds for each 10 MB of each format, best of several runs on less or more."""
    found = {}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "trace"
        for name in (*READERS, *FORMS):
            few = len(long_file(name, 10_000)) / 10_000
            path.write_bytes(long_file(name, round(size_bytes / few)))
            times = []
            reader, options = FORMS.get(name) or (name, OPTIONS.get(name, {}))
            for _ in range(runs):
                start = time.process_time()
                read(path, reader, **options)
                times.append(time.process_time() - start)
            found[name] = min(times) * BYTES / path.stat().st_size
    return found


def show_reading(runs: int, size_bytes: int) -> bool:
    """Print a line a format; return whether each is below a second."""
    times = reading_times(runs, size_bytes)
    print("\n10 MB of a trace, CPU time to read")
    for name, seconds in times.items():
        print(f"  {name:32}{seconds:>12.2f} s{f'< {TARGET_S:g} s':>20}", flush=True)
    return all(seconds < TARGET_S for seconds in times.values())

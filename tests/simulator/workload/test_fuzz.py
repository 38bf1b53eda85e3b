"""Damaged logs: whatever bytes come, a workload or a refusal, in little time and memory."""

from __future__ import annotations

import resource
import time
from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from simulator.foundation.keyed import generator
from simulator.workload import read_workload
from tests.simulator.workload.test_reader import LAYERS, PLAIN, STREAMS, UNITS
from tests.traces.test_fuzz import damaged

if TYPE_CHECKING:
    from pathlib import Path

SEEDS = [text.encode() for text in (PLAIN, UNITS, LAYERS, STREAMS)]
SLOWEST_S = 2.0
MOST_BYTES = 200 * 2**20


def fuzz(folder: Path, times: int) -> int:
    path = folder / "fuzz.csv"
    taken = 0
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for k in range(times):
        data = damaged(SEEDS[k % len(SEEDS)], SEEDS, generator(7, "workload", k))
        path.write_bytes(data)
        start = time.process_time()
        taken += read_or_refuse(path)
        assert time.process_time() - start < SLOWEST_S, data
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown * 1024 < MOST_BYTES
    return taken


def read_or_refuse(path: Path) -> bool:
    """Read a file that may be damaged; tell whether it could be read."""
    refusal: InputError | None = None
    try:
        found = read_workload(path)
    except InputError as error:
        refusal = error
    if refusal is not None:
        assert str(refusal).startswith(str(path))
        assert all(problem.rule and problem.remedy for problem in refusal.problems)
        return False
    for stream in found.streams:
        assert (stream.captured_ns[1:] > stream.captured_ns[:-1]).all()
        assert stream.interval_ns >= 1
        assert all((unit.score >= 0).all() and (unit.score <= 1).all() for unit in stream.units)
    return True


def test_two_thousand_damaged_logs_are_read_or_refused(tmp_path: Path) -> None:
    assert fuzz(tmp_path, 2000) > 100


@pytest.mark.slow
def test_twenty_thousand_damaged_logs_are_read_or_refused(tmp_path: Path) -> None:
    assert fuzz(tmp_path, 20_000) > 1000

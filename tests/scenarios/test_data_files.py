"""The inputs that examples come with: what they promise, and that their README tells how."""

from __future__ import annotations

import csv
import re
import subprocess
import sys
from collections import defaultdict
from itertools import pairwise
from statistics import correlation, fmean
from typing import TYPE_CHECKING

import pytest

from traces import RateTrace, doubts, rates_on_grid, read

if TYPE_CHECKING:
    from pathlib import Path

S = 10**9
MS = 10**6
LARGEST_BYTES = 250_000


def numbers(path: Path) -> list[list[float]]:
    """Return every number in a table, row by row."""
    rows = path.read_text().splitlines()[1:]
    return [[float(cell) for cell in row.split(",") if cell[0].isdigit()] for row in rows]


def test_the_lines_in_the_readme_make_the_files(root: Path, tmp_path: Path) -> None:
    folder = root / "scenarios" / "data"
    text = (folder / "README.md").read_text()
    for block in re.findall(r"```python\n(.*?)```", text, re.DOTALL):
        subprocess.run([sys.executable, "-c", block], cwd=tmp_path, check=True)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["drone-wifi.csv", "point-clouds.csv"]
    for name in made:
        # One mathematical library may round the last digit otherwise than another.
        expected = [pytest.approx(row, abs=0.0011) for row in numbers(folder / name)]
        assert numbers(tmp_path / name) == expected


def test_a_drone_that_flies_away_has_ever_less_of_a_link(root: Path) -> None:
    path = root / "scenarios" / "data" / "drone-wifi.csv"
    assert path.stat().st_size < LARGEST_BYTES
    trace = read(path, after="hold")
    assert isinstance(trace, RateTrace)
    assert (trace.pieces, trace.period_ns) == (901, 90 * S + 1)
    assert doubts(trace) == ()
    thirds = rates_on_grid(trace, 30 * S, 90 * S)[1]
    assert thirds[0] > 1.5 * thirds[1] > 3 * thirds[2] > 0
    rates = [float(rate) for _, rate in trace.steps()]
    assert max(rates) <= 0.65 * 65e6
    assert min(rates) >= 0
    assert rates[-1] > 0  # so that the trace can be held
    beside = trace.conditions
    assert beside is not None
    assert beside.loss is not None
    assert beside.delay_ns is not None
    lost = beside.means_on_grid(beside.loss, 30 * S, 90 * S)
    assert 0 <= lost[0] < 1e-4
    assert lost[0] < lost[1] < 0.05
    assert 0.05 < lost[2] < 0.5
    late = beside.means_on_grid(beside.delay_ns, 30 * S, 90 * S)
    assert 2 * MS <= beside.least_delay_ns < late[0] < late[1] < late[2]  # type: ignore[operator]
    assert max(beside.delay_ns) < 10 * MS  # 2 ms, and four times 1500 bytes at 6.5 Mbit/s


def test_point_clouds_are_what_a_lidar_might_send(root: Path) -> None:
    path = root / "scenarios" / "data" / "point-clouds.csv"
    assert path.stat().st_size < LARGEST_BYTES
    with path.open() as stream:
        rows = list(csv.DictReader(stream))
    keys = [(float(row["t_capture_s"]), row["unit"], int(row["layer"])) for row in rows]
    assert keys == sorted(set(keys))
    assert sorted({t for t, _, _ in keys}) == [k / 10 for k in range(600)]
    columns: dict[tuple[str, int], dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row, (_, unit, layer) in zip(rows, keys, strict=True):
        for name in ("bytes", "device_ms", "server_ms", "score"):
            columns[unit, layer][name].append(float(row[name]))
    layered = [("scalable", layer) for layer in range(3)]
    assert list(columns) == [("octree-coarse", 0), ("octree-fine", 0), *layered]
    for found in columns.values():
        assert len(found["bytes"]) == 600
        assert 17 < min(found["device_ms"]) <= max(found["device_ms"]) < 26
        assert 29 < min(found["server_ms"]) <= max(found["server_ms"]) < 45
        assert 0.4 < min(found["score"]) <= max(found["score"]) < 0.8
    coarse, fine = columns["octree-coarse", 0], columns["octree-fine", 0]
    assert 5_000 < fmean(coarse["bytes"]) < 8_000
    assert 33_000 < fmean(fine["bytes"]) < 50_000
    assert correlation(coarse["bytes"], fine["bytes"]) > 0.9  # one scene
    assert all(a < b for a, b in zip(coarse["score"], fine["score"], strict=True))
    for lower, upper in pairwise(layered):
        for name in ("server_ms", "score"):
            pairs = zip(columns[lower][name], columns[upper][name], strict=True)
            assert all(a < b for a, b in pairs), name
        assert columns[lower]["device_ms"] == columns[upper]["device_ms"]

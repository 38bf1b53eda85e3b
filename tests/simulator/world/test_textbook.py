"""The lean world and the textbook one, an event for every packet, give the same instants."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from policies.fixed import Fixed
from simulator.world import simulate
from tests.bench.__main__ import UNIT, ten_packets
from tests.bench.textbook import Textbook

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("streams", "frames"), [(1, 300), (7, 60)])
def test_every_frame_arrives_and_is_done_at_the_same_nanosecond(streams: int, frames: int) -> None:
    plan = ten_packets(streams, frames)
    assert all(isinstance(stream.policy, Fixed) for stream in plan.streams)
    reference = Textbook(plan, UNIT)
    reference.run()
    log = simulate(plan)
    assert log["arrived_ns"].tolist() == [t for ts in reference.arrived_ns for t in ts]
    assert log["done_ns"].tolist() == [t for ts in reference.done_ns for t in ts]
    packets = (log["wire_bytes"] - log["bytes"]) / 28
    assert 8 < packets.mean() < 12


def test_the_benchmark_prints_speeds_and_ratios(root: Path) -> None:
    command = [sys.executable, "-m", "tests.bench", "--frames", "600", "--runs", "1"]
    command += ["--trace-megabytes", "1"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)
    assert done.stderr == ""
    assert done.returncode in (0, 1)  # whether targets are met is no test's business
    lines = [line.split("  ")[0] for line in done.stdout.splitlines()]
    for name in ("fixed", "throughput", "deadline"):
        assert f"all stages, {name}" in lines
    assert "the same in textbook SimPy" in lines
    assert "ratio" in done.stdout

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from simulator.assembly.footprint import run_bytes
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import json, sys
from pathlib import Path
from simulator.assembly.footprint import run_bytes
from simulator.assembly.inputs import inputs_of
from simulator.batch.cases import run_specs
from simulator.batch.one_run import execute
from simulator.scenario import Scenario
scenario = Scenario.from_dict(json.loads(sys.argv[1]))
(Path(sys.argv[2]) / "frames").mkdir()
inputs = inputs_of([scenario.record], scenario.folder)
execute(run_specs(scenario)[0], scenario.folder, Path(sys.argv[2]), inputs)
# Not getrusage: its maximum is inherited from whoever started this process.
rows = Path("/proc/self/status").read_text().splitlines()
peak = next(int(row.split()[1]) * 1024 for row in rows if row.startswith("VmHWM:"))
print(peak, run_bytes(scenario.record, scenario.folder))
"""


def _bytes(document: dict[str, Any]) -> int:
    scenario = Scenario.from_dict(document)
    return run_bytes(scenario.record, scenario.folder)


def test_frames_units_and_the_longest_stream_are_counted(document: dict[str, Any]) -> None:
    cameras = document["streams"]["cameras"] | {"units": ["unit-1"]}
    document["streams"]["cameras"] = cameras
    base = _bytes(document)  # 40 frames, 1 unit, 20 frames a stream
    assert base == 200_000_000 + 40 * (340 + 56) + 20 * 1600
    assert _bytes(document | {"duration": "4 s"}) - base == 40 * (340 + 56) + 20 * 1600
    cameras["units"] = ["unit-1", "unit-2"]
    assert _bytes(document) - base == 40 * 56
    cameras["count"] = 4
    assert _bytes(document) - base == 40 * 56 + 40 * (340 + 2 * 56)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says a process's own peak")
def test_a_run_keeps_to_its_estimate(document: dict[str, Any], tmp_path: Path, root: Path) -> None:
    document["duration"] = "3000 s"  # 60,000 frames
    words = [sys.executable, "-c", RUN, json.dumps(document), str(tmp_path)]
    done = subprocess.run(words, cwd=root, check=True, capture_output=True, text=True)
    peak, estimate = map(int, done.stdout.split())
    assert 0.4 * estimate < peak < estimate

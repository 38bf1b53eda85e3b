"""What a scenario says about a trace file reaches its reader."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.assembly.sources import trace
from simulator.scenario.trace_sources import FileTrace

if TYPE_CHECKING:
    from pathlib import Path

RUNS = "run_num,seq_num,Throughput\n1,1,10\n2,1,40\n2,3,60\n2,2,80\n"
TABLE = "at,A,B\n0,1,2\n1,1,2\n"
TWO_TESTS = "".join(
    f'{{"intervals": [{{"sum": {{"start": 0, "end": 1, "bits_per_second": {rate}}}}}]}}\n'
    for rate in (5, 9)
)
LOG = "Timestamp,DL_bitrate,UL_bitrate\n2019.11.21_10.20.17,300,8\n"


@pytest.mark.parametrize(
    ("text", "options", "mean_bps"),
    [
        (RUNS, {"run": 1}, 10e6),
        (RUNS, {"run": 2, "backwards": "cut"}, 140e6 / 3),
        (RUNS, {"run": 2, "backwards": "sort"}, 60e6),
        (RUNS, {"run": 2, "backwards": "sort", "ceiling": "50 Mbit/s"}, 140e6 / 3),
        (LOG, {"direction": "uplink"}, 8e3),
        (LOG, {}, 300e3),
        (TABLE, {"column": "B", "time_column": 1, "unit": "kB/s"}, 16e3),
        (TABLE, {"column": 2, "time_column": "at", "time_unit": "ms", "unit": "kbit/s"}, 1e3),
        (TWO_TESTS, {"run": 2}, 9),
        ("0 1\n1 2\n", {"format": "pensieve", "unit": "kbit/s"}, 2e3),
    ],
)
def test_options_of_a_trace_file_reach_its_reader(
    text: str, options: dict[str, Any], mean_bps: float, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text(text)
    source = FileTrace.model_validate({"file": "file", **options})
    assert trace(source, tmp_path, 10**9).mean_bps == pytest.approx(mean_bps)

from __future__ import annotations

from typing import TYPE_CHECKING

import simulator
from simulator.cli.results_table import results_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called


def test_doubts_are_told_with_their_place_in_table_summary_and_report(
    splitcast: Callable[..., Called], tmp_path: Path, tiny_folder: Path
) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(
        "name: small\nduration: 1 s\nstreams:\n  cameras:\n"
        f"    {{profile: {tiny_folder}, fps: 10, policy: fixed, count: 1,\n"
        "     deadline: 6 ms}\n"
        "network: {uplink: [{trace: {rate: 1 Mbit/s}}]}\n"
    )
    said = "warning: small.yaml:6:16 streams.cameras.deadline: 6 ms is too short for a frame: "
    assert said in splitcast("validate", path).err
    called = splitcast("run", path, "--out", tmp_path / "out")
    assert (called.code, said in called.err) == (0, True)
    assert "doubtful settings, see the warnings: streams.cameras.deadline" in called.out
    assert (
        "streams.cameras.deadline: 6 ms is too short" in (tmp_path / "out/report.html").read_text()
    )
    summary = simulator.Results(tmp_path / "out").document
    assert summary["doubtful"] == ["streams.cameras.deadline"]
    assert f"warning: {summary['warnings'][0]}".startswith(said)
    assert "doubtful" not in results_table(summary | {"doubtful": []})

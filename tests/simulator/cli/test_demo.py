from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.cli.bundled import scenario_path, scenarios
from simulator.foundation.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.simulator.cli.conftest import Called


def test_bundled_scenarios_are_found() -> None:
    assert scenario_path("demo") in scenarios()


def test_without_a_clone_there_are_none(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("simulator.cli.bundled._FOLDER", tmp_path)
    with pytest.raises(InputError, match="run from a clone of the repository"):
        scenarios()


def test_the_demo_leaves_a_report_and_replaces_an_earlier_one(
    splitcast: Callable[..., Called], tmp_path: Path, tiny_folder: Path
) -> None:
    arguments = [
        *("demo", "--out", tmp_path / "demo", "--set", "duration=1 s"),
        *("--set", f"streams.cameras.profile={tiny_folder}", "--set", "server.batching.max=4"),
        *("--set", "sweep={network.uplink.0.trace.seed: [1, 2]}"),
    ]
    for _ in range(2):
        called = splitcast(*arguments)
        assert called.code == 0
        assert called.out.startswith("city-cameras: 2 runs over 2 traces\n")
        assert (tmp_path / "demo" / "report.html").exists()

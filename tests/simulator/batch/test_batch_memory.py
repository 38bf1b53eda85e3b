from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.batch import memory
from simulator.batch.cases import run_specs
from simulator.batch.memory import refuse_too_large
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def scenario(document: dict[str, Any]) -> Scenario:
    """Return two points of 40 and 400,000 frames: about 0.2 GB and 0.8 GB."""
    return Scenario.from_dict(document | {"sweep": {"duration": ["2 s", "20000 s"]}})


def _free(monkeypatch: pytest.MonkeyPatch, size: int | None) -> None:
    monkeypatch.setattr(memory, "available_bytes", lambda: size)


def test_a_run_that_does_not_fit_is_refused_by_name(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    _free(monkeypatch, 500_000_000)
    rule = r"memory of run p0001-r0: about 7\d\d MB must fit into the about 500 MB that are free"
    with pytest.raises(InputError, match=rule):
        refuse_too_large(scenario, run_specs(scenario), workers=1)


def test_as_many_runs_as_workers_must_fit_together(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    _free(monkeypatch, 850_000_000)
    refuse_too_large(scenario, run_specs(scenario), workers=1)
    with pytest.raises(InputError, match=r"2 at a time about .* use fewer --workers"):
        refuse_too_large(scenario, run_specs(scenario), workers=2)


def test_a_machine_that_does_not_tell_refuses_nothing(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch
) -> None:
    _free(monkeypatch, None)
    refuse_too_large(scenario, run_specs(scenario), workers=64)


def test_nothing_is_written_before_memory_was_looked_at(
    scenario: Scenario, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _free(monkeypatch, 1)
    with pytest.raises(InputError, match="memory of run"):
        simulator.run(scenario, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()

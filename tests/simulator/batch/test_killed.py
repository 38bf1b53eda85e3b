"""A batch killed before each of its operations on files, and in the middle of each write."""

from __future__ import annotations

import json
import os
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.assembly.inputs import inputs_of
from simulator.batch import batch
from simulator.batch.cases import run_specs
from simulator.batch.folder import manifest_of, unfinished
from simulator.foundation.files import write_atomically, write_inside
from simulator.foundation.lock import LOCK
from simulator.report import builder
from simulator.results.own_files import PLOT_MARK, clear_leftovers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from simulator.batch.cases import RunSpec

CHANGING = ("open", "write", "fsync", "replace", "unlink", "mkdir", "ftruncate", "pwrite")


class KilledError(BaseException):
    """Stands for a signal that nothing can catch: whatever is tried after it fails, too."""


class Mortal:
    """The operating system until the process dies before its n-th operation on files."""

    def __init__(self, patch: pytest.MonkeyPatch, dies_before: int) -> None:
        self.left = dies_before
        for name in CHANGING:
            patch.setattr(os, name, self._counted(getattr(os, name), name))

    def _counted(self, real: Callable[..., Any], name: str) -> Callable[..., Any]:
        def called(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401 - as os has it
            self.left -= 1
            if self.left > 0:
                return real(*arguments, **options)
            if self.left == 0 and name == "write":
                real(arguments[0], bytes(arguments[1])[: len(arguments[1]) // 2])
            raise KilledError

        return called


def contents(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    found = {str(path.relative_to(folder)): path.read_bytes() for path in files}
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest["state"] == "done"
    return found


@pytest.fixture
def scenarios(document: dict[str, Any]) -> list[simulator.Scenario]:
    return [simulator.Scenario.from_dict(document | {"duration": f"{k} s"}) for k in (1, 2)]


@pytest.fixture
def begin(
    scenarios: list[simulator.Scenario], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Return what runs a scenario into a folder; what it writes there was simulated before."""
    manifests = {}
    for k, scenario in enumerate(scenarios):
        simulator.run(scenario, out=tmp_path / f"whole-{k}")
        inputs = inputs_of((point.record for point in scenario.points), scenario.folder)
        manifests[scenario.sha256] = manifest_of(scenario, run_specs(scenario), inputs, "")

    def whole(scenario: simulator.Scenario) -> Path:
        return tmp_path / f"whole-{scenarios.index(scenario)}"

    def fill(
        scenario: simulator.Scenario, specs: Sequence[RunSpec], _: object, out: Path, *__: object
    ) -> None:
        for spec in unfinished(out, specs):
            name = f"{spec.name}.parquet"
            raw = (whole(scenario) / "frames" / name).read_bytes()
            write_inside(out / "frames", name, raw)

    def finish(scenario: simulator.Scenario, _: Sequence[RunSpec], out: Path, *__: object) -> None:
        for path in sorted(whole(scenario).glob("*.parquet")):
            write_atomically(out / path.name, path.read_bytes())
        write_atomically(out / "summary.json", (whole(scenario) / "summary.json").read_bytes())

    monkeypatch.setattr(os, "fsync", lambda _: None)  # no power is lost in this test
    monkeypatch.setattr(batch, "check", lambda *_: ())
    monkeypatch.setattr(batch, "_fill", fill)
    monkeypatch.setattr(batch, "finish", finish)
    monkeypatch.setattr(batch, "manifest_of", lambda scenario, *_: manifests[scenario.sha256])

    def run(scenario: simulator.Scenario, out: Path, **options: bool) -> None:
        simulator.run(scenario, out=out, **options)  # type: ignore[arg-type]

    return run


def killed(dies_before: int, begin: Callable[[], object]) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        Mortal(patch, dies_before)
        try:
            begin()
        except KilledError:
            return True
    return False


def test_a_batch_killed_before_any_operation_is_resumed_to_the_same_bytes(
    scenarios: list[simulator.Scenario], begin: Callable[..., None], tmp_path: Path
) -> None:
    first = scenarios[0]
    expected = contents(tmp_path / "whole-0")
    step, died = 0, True
    while died:
        step += 1
        out = tmp_path / f"r{step}"
        died = killed(step, partial(begin, first, out, resume=True))
        begin(first, out, resume=True)
        assert contents(out) == expected
    assert step > 50  # eight files of six operations each, and a few more


def test_results_whose_replacing_is_killed_are_either_the_old_or_the_new_ones(
    scenarios: list[simulator.Scenario], begin: Callable[..., None], tmp_path: Path
) -> None:
    expected = []
    for k, scenario in enumerate(scenarios):
        begin(scenario, tmp_path / f"expected-{k}")
        expected.append(contents(tmp_path / f"expected-{k}"))
    old, new = scenarios
    step, found = 1, list[str]()
    while found.count(new.sha256) < 3:  # from there on it is as in the test above
        out = tmp_path / f"r{step}"
        begin(old, out)
        (out / "frames" / "notes.txt").write_text("mine")
        assert killed(step, partial(begin, new, out, replace=True))
        there = json.loads((out / "manifest.json").read_text())["scenario_sha256"]
        found.append(there)
        if there == old.sha256:
            begin(old, out, resume=True)
            assert contents(out) == expected[0] | {"frames/notes.txt": b"mine"}
            begin(new, out, replace=True)
        begin(new, out, resume=True)
        assert contents(out) == expected[1] | {"frames/notes.txt": b"mine"}
        step += 1
    assert found.count(old.sha256) > 10


def test_a_report_killed_before_any_operation_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def page(_evidence: object, _look: object, drawings: dict[str, str]) -> None:
        drawings.update(a="<svg>a</svg>", b="<svg>b</svg>")

    monkeypatch.setattr(os, "fsync", lambda _: None)
    monkeypatch.setattr(builder, "read", lambda _folder: None)
    monkeypatch.setattr("simulator.report.builder.Look.of", lambda _evidence: None)
    monkeypatch.setattr(builder, "_page", page)
    monkeypatch.setattr(builder, "render", lambda _page: "<html>")
    step = 1
    while True:
        out = tmp_path / str(step)
        (out / "plots").mkdir(parents=True)
        (out / "plots" / "stale.svg").write_text(f"{PLOT_MARK}<svg></svg>")
        (out / "plots" / "stranger.svg").write_text("<svg></svg>")
        died = killed(step, partial(builder.build, out))
        builder.build(out)
        clear_leftovers(out)  # as whoever resumes does
        found = {str(p.relative_to(out)) for p in out.rglob("*") if p.is_file()}
        assert found == {"plots/a.svg", "plots/b.svg", "plots/stranger.svg", "report.html"}
        if not died:
            break
        step += 1
    assert step > 20


def test_a_lock_of_the_dead_holds_nobody_off(
    scenarios: list[simulator.Scenario], begin: Callable[..., None], tmp_path: Path
) -> None:
    (tmp_path / "r").mkdir()
    (tmp_path / "r" / LOCK).write_text('{"pid": 1}')
    begin(scenarios[0], tmp_path / "r")
    assert not (tmp_path / "r" / LOCK).exists()

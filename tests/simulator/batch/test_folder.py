"""Whose a folder is: what a batch refuses, leaves alone and removes."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

import simulator
from simulator.foundation.errors import InputError
from simulator.foundation.lock import LOCK, held
from simulator.results.own_files import PLOT_MARK

if TYPE_CHECKING:
    from pathlib import Path

WEB_APP = {"name": "My app", "short_name": "app", "icons": [], "start_url": "/"}
MANIFESTS = {
    "of a web app": json.dumps(WEB_APP),
    "with our version number": json.dumps(WEB_APP | {"schema_version": 2, "runs": []}),
    "a list": "[]",
    "no JSON": "{",
    "deep": "[" * 100_000,
    "half of ours": '{"schema_version": 2, "scenario": {}, "splitcast": "0.1.0", "state": "done"}',
}


@pytest.fixture
def scenario(document: dict[str, Any]) -> simulator.Scenario:
    return simulator.Scenario.from_dict(document | {"duration": "500 ms"})


def everything(folder: Path) -> dict[str, object]:
    return {
        str(path.relative_to(folder)): (path.lstat().st_mode, path.lstat().st_mtime_ns)
        for path in folder.rglob("*")
    }


def refusal(scenario: simulator.Scenario, out: Path, **options: bool) -> str:
    with pytest.raises(InputError) as caught:
        simulator.run(scenario, out=out, **options)  # type: ignore[arg-type]
    return str(caught.value)


@pytest.mark.parametrize("manifest", MANIFESTS)
@pytest.mark.parametrize("option", ["replace", "resume"])
def test_a_folder_whose_manifest_is_none_of_ours_is_left_alone(
    scenario: simulator.Scenario, tmp_path: Path, manifest: str, option: str
) -> None:
    (tmp_path / "manifest.json").write_text(MANIFESTS[manifest])
    (tmp_path / "index.html").write_text("years of work")
    before = everything(tmp_path)
    assert "must be empty or hold results of splitcast" in refusal(
        scenario, tmp_path, **{option: True}
    )
    assert everything(tmp_path) == before


def test_replacing_removes_what_we_name_and_nothing_else(
    scenario: simulator.Scenario, document: dict[str, Any], tmp_path: Path
) -> None:
    out, elsewhere = tmp_path / "r", tmp_path / "elsewhere"
    simulator.run(simulator.Scenario.from_dict(document | {"replications": 3}), out=out)
    (out / "plots").mkdir()
    (out / "plots" / "units.svg").write_text(f"{PLOT_MARK}\n<svg></svg>")
    (out / "report.html").touch()
    (out / "frames" / ".p0000-r0.parquet.0123abcd").touch()
    (out / ".runs.parquet.0123abcd").touch()
    elsewhere.mkdir()
    (elsewhere / "kept").write_text("mine")
    mine = ["notes.txt", "plots/mine.svg", "frames/.gitignore", "frames/p1-r1.csv", ".x.0123abcd"]
    for name in mine:
        (out / name).write_text("mine")
    (out / "frames" / "p0007-r0.parquet").mkdir()
    (out / "frames" / "p0009-r0.parquet").symlink_to(elsewhere / "kept")
    (out / "frames" / "more").symlink_to(elsewhere)
    simulator.run(scenario, out=out, replace=True)
    found = {str(path.relative_to(out)) for path in out.rglob("*")} - set(mine)
    assert found == {
        *("manifest.json", "summary.json", "frames", "frames/p0000-r0.parquet", "plots"),
        *("runs.parquet", "groups.parquet", "units.parquet", "capacity.parquet"),
        *("frames/p0007-r0.parquet", "frames/p0009-r0.parquet", "frames/more"),
    }
    assert all((out / name).read_text() == "mine" for name in mine)
    assert (elsewhere / "kept").read_text() == "mine"


@pytest.mark.parametrize(
    "name", ["frames", "frames/p0000-r0.parquet", "manifest.json", "summary.json", "plots"]
)
@pytest.mark.parametrize("kind", ["link", "other kind", "pipe"])
@pytest.mark.parametrize("option", ["replace", "resume"])
def test_no_link_is_followed_and_no_folder_taken_for_a_file(
    scenario: simulator.Scenario, tmp_path: Path, name: str, kind: str, option: str
) -> None:
    out, aside = tmp_path / "r", tmp_path / "aside"
    simulator.run(scenario, out=out)
    was_folder = name in {"frames", "plots"}
    if (out / name).exists():
        (out / name).rename(aside)
    else:
        aside.mkdir()
    if kind == "link":
        (out / name).symlink_to(aside)
    elif kind == "pipe":
        os.mkfifo(out / name)
    elif was_folder:
        (out / name).write_text("no folder")
    else:
        (out / name).mkdir()
    before = everything(tmp_path)
    assert "must be" in refusal(scenario, out, **{option: True})
    assert everything(tmp_path) == before


def test_out_itself_may_be_a_link_to_a_folder(scenario: simulator.Scenario, tmp_path: Path) -> None:
    (tmp_path / "large-disk").mkdir()
    (tmp_path / "r").symlink_to("large-disk")
    simulator.run(scenario, out=tmp_path / "r")
    simulator.run(scenario, out=tmp_path / "r", replace=True)
    assert (tmp_path / "r").is_symlink()
    assert (tmp_path / "large-disk" / "summary.json").exists()


@pytest.mark.parametrize("left", [["frames/"], [LOCK], [".manifest.json.0123abcd"], []])
def test_what_a_batch_leaves_that_ends_before_its_manifest_counts_as_empty(
    scenario: simulator.Scenario, tmp_path: Path, left: list[str]
) -> None:
    for name in left:
        if name.endswith("/"):
            (tmp_path / name).mkdir()
        else:
            (tmp_path / name).write_text("half")
    simulator.run(scenario, out=tmp_path)
    assert not [path.name for path in tmp_path.iterdir() if path.name.startswith(".")]


@pytest.mark.parametrize("option", ["replace", "resume"])
def test_a_folder_that_another_holds_is_refused_unchanged(
    scenario: simulator.Scenario, tmp_path: Path, option: str
) -> None:
    simulator.run(scenario, out=tmp_path / "r")
    with held(tmp_path / "r", "splitcast demo"):
        before = everything(tmp_path)
        assert "must not be in use by another process" in refusal(
            scenario, tmp_path / "r", **{option: True}
        )
        assert everything(tmp_path) == before

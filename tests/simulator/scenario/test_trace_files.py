"""Folders and patterns of trace files: one point a file, in order, each in its own format."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from simulator.batch import run
from simulator.foundation.errors import InputError
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from pathlib import Path

RATES = "0.0 8\n1.0 8\n2.0 8\n"


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    """Return a folder of three traces in three formats, and of what is none."""
    folder = tmp_path / "mine"
    (folder / "inner").mkdir(parents=True)
    (folder / "b.up").write_text("1\n2\n1000\n")
    (folder / "a.txt").write_text(RATES)
    (folder / "c.csv").write_text("t_s,mbps\n0,4\n2,4\n")
    (folder / "README.md").write_text("# My traces\n\nThe release, as of May, was driven by me.\n")
    (folder / ".hidden").write_text("5\n")
    return tmp_path


def with_trace(document: dict[str, Any], trace: object, **more: object) -> dict[str, Any]:
    document["network"] = {"uplink": [{"trace": trace}]}
    return document | {"duration": "1 s"} | more


def files(scenario: Scenario) -> list[tuple[str, str | None, str | None]]:
    sources = [point.record.network.uplink[0].trace for point in scenario.points]
    return [(s.file, s.format, s.unit) for s in sources]  # type: ignore[union-attr]


EACH = [
    ("mine/a.txt", "pensieve", "Mbit/s"),
    ("mine/b.up", "mahimahi", None),
    ("mine/c.csv", "csv", "Mbit/s"),
]


@pytest.mark.parametrize("name", ["mine", "mine/", "./mine/"])
def test_a_folder_is_a_sweep_over_its_traces(
    name: str, document: dict[str, Any], mine: Path
) -> None:
    trace = {"folder": name, "unit": "Mbit/s"}
    scenario = Scenario.from_dict(with_trace(document, trace), mine)
    assert files(scenario) == EACH
    assert len(scenario.left_out) == 1
    assert scenario.left_out[0].startswith(f"left out of {name}: mine/README.md")
    listed = scenario.document["sweep"]["network.uplink.0.trace"]
    assert listed[1] == {"file": "mine/b.up", "format": "mahimahi"}


def test_a_pattern_is_one_too_wherever_it_stands(document: dict[str, Any], mine: Path) -> None:
    pattern = {"file": "mine/*", "unit": "Mbit/s"}
    assert files(Scenario.from_dict(with_trace(document, pattern), mine)) == EACH
    swept: dict[str, Any] = {"network.uplink.0.trace.file": "mine/*"}
    base = {"file": "mine/b.up", "unit": "Mbit/s"}
    assert files(Scenario.from_dict(with_trace(document, base, sweep=swept), mine)) == EACH
    swept = {"network.uplink.0.trace.file": ["mine/c.csv", "mine/[ab]*"]}
    found = files(Scenario.from_dict(with_trace(document, base, sweep=swept), mine))
    assert [file for file, _, _ in found] == ["mine/c.csv", "mine/a.txt", "mine/b.up"]
    swept = {
        "network.uplink.0.trace": [{"family": "us-lte-up"}, {"folder": "mine", "unit": "Mbit/s"}]
    }
    assert len(Scenario.from_dict(with_trace(document, base, sweep=swept), mine).points) == 4
    both = {"streams.cameras.fps": [5, 10], "network.uplink.0.trace.file": "mine/*.up"}
    points = Scenario.from_dict(with_trace(document, base, sweep=both), mine).points
    assert [point.settings["streams.cameras.fps"] for point in points] == [5, 10]


@pytest.mark.parametrize(
    ("trace", "said"),
    [
        ({"folder": "none"}, "network.uplink.0.trace: none is no folder"),
        ({"file": "mine/*.pps"}, "mine/*.pps names no trace that can be read"),
        (
            {"file": "mine/*.md"},
            "mine/*.md: 1 files names no trace that can be read: mine/README.md",
        ),
        ({"folder": "mine", "family": "us-lte-up"}, "family must not stand beside a folder"),
        ({"folder": 5}, "network.uplink.0.trace: 5 must be text"),
    ],
)
def test_what_names_no_trace_is_refused(
    trace: dict[str, Any], said: str, document: dict[str, Any], mine: Path
) -> None:
    with pytest.raises(InputError) as caught:
        Scenario.from_dict(with_trace(document, trace), mine)
    assert said in str(caught.value)


def test_more_files_than_can_be_run_are_refused(document: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for k in range(1001):
        (tmp_path / "many" / f"{k}").write_text("1\n")
    with pytest.raises(InputError, match="many must name at most 1,000 files"):
        Scenario.from_dict(with_trace(document, {"folder": "many"}), tmp_path)


def test_results_are_compared_over_the_files_and_say_what_was_read(
    document: dict[str, Any], mine: Path
) -> None:
    (mine / "late.csv").write_text("t_s,delay_ms\n0,10\n")
    trace = {"folder": "mine", "unit": "Mbit/s", "conditions": "late.csv"}
    scenario = Scenario.from_dict(with_trace(document, trace), mine)
    results = run(scenario, out=mine / "out")
    assert sorted(set(results.runs["trace"])) == [file for file, _, _ in EACH]
    assert len(set(results.runs["setting"])) == 1
    manifest = (mine / "out/manifest.json").read_text()
    assert all(f'"{file}": "' in manifest for file in ("late.csv", *(one[0] for one in EACH)))
    assert "left out of mine: mine/README.md" in (mine / "out/summary.json").read_text()


def test_a_broken_trace_is_named(document: dict[str, Any], mine: Path) -> None:
    (mine / "mine/d.csv").write_text("t_s,mbps\n0,4\n2,x\n")
    scenario = Scenario.from_dict(with_trace(document, {"folder": "mine", "unit": "Mbit/s"}), mine)
    with pytest.raises(InputError, match=r"mine/d\.csv:3 mbps: x must be a finite number"):
        run(scenario, out=mine / "out")
    assert not (mine / "out").exists()

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

import simulator.report
from simulator.foundation.errors import InputError
from simulator.report import builder

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Tags(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def digests(folder: Path) -> dict[str, str]:
    files = [folder / "report.html", *(folder / "plots").iterdir()]
    return {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def test_a_report_is_one_page_and_its_plots_and_the_same_bytes_each_time(
    make: Callable[..., Path],
) -> None:
    slo = (
        {
            "case": 0,
            "group": "cameras",
            "metric": "on_time",
            "rule": ">= 0.99",
            "verdict": "failed",
            "value": 0.912,
            "low": 0.9,
            "high": 0.92,
            "traces": 3,
            "frames": 1200,
            "answered": 1100,
            "note": "a thing to know",
        },
        {
            "case": 0,
            "group": "cameras",
            "metric": "answered_latency_mean",
            "rule": "<= 1 s",
            "verdict": "failed",
            "unit": "ms",
            "value": "inf",
        },
        {"case": 99, "metric": "x", "rule": ">= 1", "verdict": "inconclusive"},
    )
    folder = make(slo=slo, policies=("fixed", "deadline"))
    assert simulator.report.build(folder) == folder / "report.html"
    first = digests(folder)
    assert sorted(first) == [
        "differences.svg", "latency.svg", "outcomes.svg", "report.html", "scores.svg",
        "stages.svg", "timeline-0.svg", "timeline-1.svg", "traces.svg",
        "units.svg",
    ]  # fmt: skip
    drawn = (folder / "plots" / "units.svg").read_text()
    (folder / "plots" / "02-stale.svg").write_text(drawn)  # one of ours, of an earlier report
    simulator.report.build(folder)
    assert digests(folder) == first

    page = (folder / "report.html").read_text()
    tags = Tags(page).found
    assert sum(tag == "svg" for tag, _ in tags) == 9
    assert not {tag for tag, _ in tags} & {"script", "iframe", "object", "link", "base"}
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    for _, attributes in tags:
        for name in ("src", "href", "xlink:href"):
            assert (attributes.get(name) or "#").startswith(("#", "data:image/png"))
    assert "url(http" not in page
    identifiers = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    assert "/home/somebody" not in page
    assert 'class="verdict failed"' in page
    assert "<td>91.2 %<small>90.0 to 92.0</small></td><td>3</td><td>1200</td><td>1100</td>" in page
    assert "<small>a thing to know</small>" in page
    assert "<td>beyond every bound</td>" in page
    assert "answered p95</th>" in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_names_are_words_and_never_markup(make: Callable[..., Path]) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
    folder = make(
        name=evil,
        description=evil,
        policies=(evil, "$\\frac{$", "_hidden"),
        traces=(evil, "b"),
        warnings=(evil,),
        ladder=(evil, "_u", "unit-2"),
        settings=({evil: 1}, {evil: 2}),
        frames=20,
        manifest={"source": evil, "command": [evil], "machine": evil, "packages": {evil: evil}},
    )
    tags = Tags(simulator.report.build(folder).read_text()).found
    assert not {tag for tag, _ in tags} & {"script", "img"}
    assert not any(name.startswith("on") for _, attributes in tags for name in attributes)
    assert all(re.fullmatch(r"[a-z0-9.-]+", file.name) for file in (folder / "plots").iterdir())


def test_no_answered_frame_still_makes_a_report(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",), answered=False, frames=5)
    page = simulator.report.build(folder).read_text()
    assert "No frame was answered under fixed." in page
    assert "no answered frame" in page
    assert "insufficient" in page


def test_many_settings_are_capped_with_a_note(
    make: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"_MOST_SECTIONS": 2, "_MOST_TIMELINES": 1, "_MOST_ROWS": 3}.items():
        monkeypatch.setattr(builder, name, value)
    settings = tuple({"a.kind": word} for word in ("slow", "fast", "faster", "fastest"))
    folder = make(policies=("fixed",), traces=("a/1",), settings=settings, frames=10)
    page = simulator.report.build(folder).read_text()
    assert "Sections are given for the first 2 of 4 settings." in page
    assert "Timelines are drawn for the first 1 settings only." in page
    assert "The first 3 of 4 rows" in page
    assert len([f for f in (folder / "plots").iterdir() if "timeline" in f.name]) == 1


def test_a_foreign_folder_is_refused_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "summary.json").write_text("{}")
    with pytest.raises(InputError):
        simulator.report.build(tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["summary.json"]


def test_a_folder_with_a_run_missing_is_refused_and_nothing_is_written(
    make: Callable[..., Path],
) -> None:
    folder = make(policies=("fixed",))
    (folder / "frames" / "p0002-r0.parquet").unlink()
    with pytest.raises(InputError, match=r"p0002-r0\.parquet"):
        simulator.report.build(folder)
    assert not (folder / "report.html").exists()
    assert not (folder / "plots").exists()


def test_importing_the_report_draws_in_no_drawing_library() -> None:
    code = (
        "import sys, simulator.report; print('matplotlib' in sys.modules, 'pandas' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]


def test_the_room_exports_its_door_alone() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        simulator.report.nothing  # noqa: B018

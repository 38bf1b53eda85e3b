"""What is kept in a process is what files hold now."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import pytest

from models.profile import load, save
from simulator.assembly import sources
from simulator.assembly.sources import profile, scaled_trace, trace, workload
from simulator.foundation.errors import InputError
from simulator.foundation.shelf import Shelf
from simulator.scenario.trace_sources import FamilyTrace, FileTrace
from simulator.workload import read_workload
from tests.models.profiles import tiny_profile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECOND = 10**9
LOG = "t_capture_s,bytes,device_ms,server_ms\n0,900,2,3\n1,800,2,3\n"


@pytest.fixture(autouse=True)
def shelf(monkeypatch: pytest.MonkeyPatch) -> Shelf:
    empty = Shelf(2**20)
    monkeypatch.setattr(sources, "_SHELF", empty)
    return empty


def rewrite(path: Path, text: str) -> None:
    """Give a file other content, and the same time and length."""
    before = path.stat()
    path.write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert path.stat().st_size == before.st_size


def test_a_changed_trace_is_another_trace(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("t_s,mbps\n0,1\n1,1\n")
    source = FileTrace(file="a.csv")
    first = trace(source, tmp_path, SECOND)
    assert trace(source, tmp_path, SECOND) is first
    doubled = scaled_trace(source, tmp_path, SECOND, Fraction(2))
    assert scaled_trace(source, tmp_path, SECOND, Fraction(2)) is doubled
    rewrite(path, "t_s,mbps\n0,3\n1,3\n")
    assert trace(source, tmp_path, SECOND).mean_bps == 3e6
    assert scaled_trace(source, tmp_path, SECOND, Fraction(2)).mean_bps == 6e6
    rewrite(path, "t_s,mbps\n0,1\n1,1\n")
    assert trace(source, tmp_path, SECOND) is first  # by content, whatever came in between


def test_a_changed_workload_is_another_workload(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text(LOG)
    first = workload("log.csv", tmp_path)
    assert workload("log.csv", tmp_path) is first
    rewrite(path, LOG.replace("900", "700"))
    again = workload("log.csv", tmp_path)
    assert again.streams[0].units[0].payload_bytes.tolist() == [700, 800]
    assert again.sha256 != first.sha256


def test_a_changed_profile_is_another_profile(tmp_path: Path) -> None:
    measured = save(tiny_profile(), tmp_path / "mine")
    first = profile("mine", tmp_path)
    assert profile("mine", tmp_path) is first
    save(replace(measured, clip_fps=30.0), tmp_path / "mine")
    assert profile("mine", tmp_path).clip_fps == 30
    arrays = tmp_path / "mine" / "arrays.safetensors"
    raw = bytearray(arrays.read_bytes())
    raw[-1] ^= 1
    arrays.write_bytes(raw)
    with pytest.raises(InputError, match="sha256"):
        profile("mine", tmp_path)


def test_a_family_needs_no_file_and_is_made_once(tmp_path: Path) -> None:
    source = FamilyTrace(family="fcc", seed=3)
    assert trace(source, tmp_path, SECOND) is trace(source, tmp_path, 2 * SECOND)


def test_what_weighs_too_much_goes(tmp_path: Path, shelf: Shelf) -> None:
    rows = "".join(f"{k},{k % 7}\n" for k in range(4000))
    for name in "abcdefg":  # 3 lists of 4000 numbers each: 480 kB
        (tmp_path / f"{name}.csv").write_text(f"t_s,mbps\n{rows}")
        trace(FileTrace(file=f"{name}.csv"), tmp_path, SECOND)
        assert shelf.held_bytes <= 2**20


def test_a_file_that_changes_while_it_is_read_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    changes = [LOG.replace("900", "700")]
    monkeypatch.setattr(sources, "read_workload", changing(changes))
    assert workload("log.csv", tmp_path).streams[0].units[0].payload_bytes[0] == 700


def test_a_file_that_keeps_changing_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "log.csv").write_text(LOG)
    changes = [LOG.replace("900", str(size)) for size in range(100, 120)]
    monkeypatch.setattr(sources, "read_workload", changing(changes))
    with pytest.raises(InputError, match="changing must stay the same while it is read"):
        workload("log.csv", tmp_path)


def changing(changes: list[str]) -> Callable[[Path], object]:
    """Return a reader during which somebody writes."""

    def reader(path: Path) -> object:
        found = read_workload(path)
        if changes:
            path.write_text(changes.pop(0))
        return found

    return reader


def test_a_missing_file_is_said_as_ever(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        trace(FileTrace(file="none.csv"), tmp_path, SECOND)
    with pytest.raises(InputError, match="must be a shipped profile"):
        profile("none", tmp_path)


def test_shipped_profiles_are_found_by_name(tmp_path: Path) -> None:
    assert profile("shapes-224", tmp_path).sha256 == load("shapes-224").sha256

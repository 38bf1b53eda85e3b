"""`splitcast traces` describes, converts, draws and makes traces."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.traces.examples import GOOD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    class Called(NamedTuple):
        code: int
        out: str
        err: str


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "t.csv"
    path.write_text("t_s,mbps\n0,8\n10,0\n13,6\n20,0\n")
    return path


def test_a_trace_is_described_for_programs(splitcast: Callable[..., Called], table: Path) -> None:
    called = splitcast("traces", "info", table, "--json")
    assert called.code == 0
    said = json.loads(called.out)
    assert said["duration_s"] == 20
    assert said["mean_bps"] == pytest.approx(6.1e6)
    assert said["seconds_bps"]["p50"] == 7e6
    assert (said["outages"], said["longest_outage_s"], said["outage_share"]) == (1, 3, 0.15)
    assert said["kind"] == "rates"
    assert said["doubts"] == []


def test_loss_and_delay_are_told_where_a_file_states_them(
    splitcast: Callable[..., Called], table: Path, tmp_path: Path
) -> None:
    assert "\nloss " not in splitcast("traces", "info", table).out
    said = json.loads(splitcast("traces", "info", table, "--json").out)
    assert (said["mean_loss"], said["mean_delay_ns"], said["least_delay_ns"]) == (None, None, None)
    path = tmp_path / "more.csv"
    path.write_text("t_s,mbps,loss,delay_ms\n0,8,0,10\n1,8,0.05,30\n2,8,0,0\n")
    told = splitcast("traces", "info", path).out
    assert "loss       2.50% of packets on average\n" in told
    assert "delay      20 ms one way on average, at least 10 ms\n" in told
    said = json.loads(splitcast("traces", "info", path, "--json").out)
    assert said["mean_loss"] == 0.025
    assert (said["mean_delay_ns"], said["least_delay_ns"]) == (20_000_000, 10_000_000)
    out = tmp_path / "out"
    called = splitcast("traces", "convert", path, "--to", "csv", "--out", out)
    assert ", csv, exact" in called.out
    assert out.read_text().splitlines()[:3] == path.read_text().splitlines()[:3]
    called = splitcast("traces", "convert", path, "--to", "mahimahi", "--out", out)
    assert "lost       loss and delay, which mahimahi's files cannot say" in called.out
    path.write_text("t_s,mbps,loss\n0,8,0\n1,8,5\n")
    refused = splitcast("traces", "info", path)
    assert refused.code == 2
    assert f"{path}:3 loss: 5 must be a probability from 0 to 1; give losses as a s" in refused.err


def test_what_a_file_does_not_say_is_asked_for_and_can_be_given(
    splitcast: Callable[..., Called], tmp_path: Path
) -> None:
    path = tmp_path / "cooked"
    path.write_bytes(GOOD["pensieve"])
    refused = splitcast("traces", "info", path)
    assert refused.code == 2
    assert "give the `unit`, or say `format: pensieve`" in refused.err
    options = (
        "--unit",
        "MB/s",
        "--hold",
        "until-next",
        "--period",
        "10 s",
        "--ceiling",
        "9 Mbit/s",
    )
    called = splitcast("traces", "info", path, *options)
    assert "holds      3 rates" in called.out
    assert "length     10 s, then loop" in called.out
    assert splitcast("traces", "info", path, "--unit", "Mb").code == 2
    wrong = splitcast("traces", "info", path, "--period", "10")
    assert wrong.code == 2
    assert wrong.err.startswith("argument --period: 10 must be a duration with a unit")


@pytest.mark.parametrize(
    ("options", "length", "end"),
    [
        ((), "10 s, then loop", "its last row, whose own rate would count only with `after` hold"),
        (("--after", "stop"), "10 s, then stop", "its last row, whose own rate would count only"),
        (("--after", "hold"), "10 s, then hold", "its last row, whose rate holds for ever after"),
        (("--period", "12 s"), "12 s, then loop", "the period given, and its last row's rate"),
    ],
)
def test_what_ends_a_table_is_said_and_whether_its_last_rate_counts(
    splitcast: Callable[..., Called],
    tmp_path: Path,
    options: tuple[str, ...],
    length: str,
    end: str,
) -> None:
    path = tmp_path / "t.csv"
    path.write_text("t_s,mbps\n0,8\n10,4\n")
    told = splitcast("traces", "info", path, *options).out
    assert f"length     {length}\n           " in told
    assert end in told
    assert end in json.loads(splitcast("traces", "info", path, "--json", *options).out)["end"]


def test_conversion_tells_what_is_lost(
    splitcast: Callable[..., Called], table: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out.csv"
    called = splitcast("traces", "convert", table, "--to", "csv", "--out", out)
    assert called.out == f"{out}: 5 lines, csv, exact\n"
    assert out.read_text() == table.read_text()
    called = splitcast("traces", "convert", table, "--to", "mahimahi", "--out", out)
    assert "mahimahi, lossy\nlost       time below 1 ms" in called.out
    assert out.read_text().splitlines()[-1] == "20000"


def test_conversion_tells_what_the_new_file_will_not_warn_of(
    splitcast: Callable[..., Called], tmp_path: Path
) -> None:
    path, out = tmp_path / "x.json", tmp_path / "out.csv"
    path.write_bytes(GOOD["sabre"])
    called = splitcast("traces", "convert", path, "--to", "csv", "--out", out)
    assert "warning    x.json measures a downlink: real uplink capacity may differ" in called.out
    assert "warning    x.json has half of `latency_ms` as its delay" in called.out
    assert "warning" not in splitcast("traces", "info", out).out


def test_a_synthetic_trace_is_written_exactly_if_it_can_be(
    splitcast: Callable[..., Called], tmp_path: Path
) -> None:
    out = tmp_path / "made"
    words = ("traces", "synth", "--seed", 3, "--duration", "20 s", "--out", out)
    assert ", mahimahi, " in splitcast(*words, "nyc-3g-up").out
    assert ", csv, exact" in splitcast(*words, "lte-ghent").out
    assert splitcast("traces", "info", out).code == 0
    assert splitcast(*words, "lte-gent").code == 2


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_a_picture_is_drawn_of_a_file_or_a_family(
    suffix: str, splitcast: Callable[..., Called], table: Path, tmp_path: Path
) -> None:
    out = tmp_path / f"x{suffix}"
    assert splitcast("traces", "plot", table, "--out", out).out == f"{out}\n"
    first = out.read_bytes()
    assert first.startswith(b"\x89PNG" if suffix == ".png" else b"<?xml")
    splitcast("traces", "plot", table, "--out", out)
    assert out.read_bytes() == first
    words = ("--family", "us-lte-up", "--seed", 2, "--duration", "30 s")
    assert splitcast("traces", "plot", *words, "--out", out).code == 0
    assert out.read_bytes() != first


def test_a_picture_of_another_kind_is_refused(
    splitcast: Callable[..., Called], table: Path, tmp_path: Path
) -> None:
    called = splitcast("traces", "plot", table, "--out", tmp_path / "x.jpg")
    assert called.code == 2
    assert "must end in .svg or .png; write " in called.err

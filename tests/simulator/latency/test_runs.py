from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

from models.profile import save, sealed
from simulator.cli import main
from simulator.foundation.errors import InputError
from simulator.latency import Cell, LatencyTable, latency_markdown, measure_latency
from tests.models.profiles import MS, rich_profile, tiny_profile

if TYPE_CHECKING:
    from pathlib import Path

    from models.profile import Unit


def steady(unit: Unit) -> Unit:
    """Return a unit whose frames all have its first size, and take 1 + 2 + 1 + 1 ms each."""
    sizes = np.full_like(unit.payload_bytes, unit.payload_bytes[0, 0])
    local = unit.kind == "on-device"
    row = np.array([[1, 2, 0, 0, 4] if local else [1, 2, 1, 1, 0]]) * MS
    batches = np.array([[1 * MS], [2 * MS], [4 * MS]])
    return replace(
        unit,
        payload_bytes=sizes,
        device_rows_ns=row,
        entropy_decode_ns=np.array([0 if local else MS // 2]),
        decode_ns=0 * batches if local else batches,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("steady") / "steady"
    tiny = tiny_profile()
    units = tuple(steady(unit) for unit in tiny.units)
    tail = np.array([[3 * MS], [4 * MS], [6 * MS]])
    save(sealed(replace(tiny, name="steady", units=units, tail_ns=tail)), where)
    return where


@pytest.fixture(scope="module")
def found(folder: Path) -> LatencyTable:
    return measure_latency(folder, speeds=(0.05, 1.0), rates_bps=(37_500, 1_000_000))


def test_a_cell_is_the_sum_of_its_stages_by_hand(found: LatencyTable) -> None:
    cells = {(cell.unit, cell.speed, cell.rate_bps): cell for cell in found.cells}
    assert len(cells) == 4 * 2 * 2
    for (name, speed, rate), cell in cells.items():
        if name == "device":
            expected = 7 / speed  # 1 + 2 + 4 ms, and nothing is sent
        else:
            packets = np.ceil(cell.bytes_mean / 1472)
            link = (cell.bytes_mean + 28 * packets) * 8 / rate * 1000
            expected = 5 / speed + link + 0.5 + 1 + 3
            assert cell.link_ms == pytest.approx(link, abs=1e-5)
            assert cell.server_ms == pytest.approx(4.5, abs=1e-5)
        assert cell.device_ms == pytest.approx((7 if name == "device" else 5) / speed)
        # Nothing queues: what the stages take is all.
        assert cell.latency_ms == pytest.approx(expected, abs=1e-4)


def test_the_fastest_good_unit_is_marked(found: LatencyTable) -> None:
    # Scores are about 0.9, 0.6, 0.85, 0.9, the clean network's 1: nobody is within 2 points.
    assert found.fastest(1.0, 37_500) is None
    lenient = replace(found, clean=found.scores["unit-2"])
    assert lenient.fastest(1.0, 37_500) == "device"
    sent = tuple(cell for cell in lenient.cells if cell.unit != "device")
    assert replace(lenient, cells=sent).fastest(1.0, 37_500) == "unit-2"
    places = lenient.as_json()["fastest"]
    assert {"speed": 0.05, "rate_bps": 1_000_000, "unit": "unit-2"} in places


def test_tables_have_a_section_for_each_device() -> None:
    cells = tuple(
        Cell(
            unit=unit,
            speed=0.2,
            rate_bps=rate,
            latency_ms=latency,
            device_ms=1.0,
            link_ms=1.0,
            server_ms=1.0,
            bytes_mean=200.0,
        )
        for unit, rate, latency in (("a", 37_500, 12.34), ("b", 37_500, 123.4))
    )
    table = LatencyTable(
        profile="p", task="top1", frames=3, clean=0.9, scores={"a": 0.5, "b": 0.89}, cells=cells
    )
    lines = latency_markdown(table).splitlines()
    assert "## A device of 0.2 times the measured machine's speed" in lines
    assert lines[-4] == "| unit | bytes | top1 % | 37.5 kbit/s |"
    assert lines[-2:] == ["| a | 200 | 50.0 | 12.3 |", "| b | 200 | 89.0 | **123** |"]


def test_the_command_prints_and_writes_the_table(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["profile", "latency", str(folder), "--speeds", "1", "--rates", "100 kbit/s"]
    assert main([*words, "--out", str(tmp_path / "l.md")]) == 0
    assert capsys.readouterr().out == (tmp_path / "l.md").read_text()
    assert main([*words, "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["cells"]) == 4


@pytest.mark.parametrize(
    "words",
    [
        ["--speeds", "fast"],
        ["--speeds", "1,1"],
        ["--speeds", "nan"],
        ["--rates", "1"],
        ["--rates", "1 Mbit/s,1000 kbit/s"],
        ["--rates", "1 bit/s"],
    ],
)
def test_odd_speeds_and_rates_are_refused(words: list[str], folder: Path) -> None:
    assert main(["profile", "latency", str(folder), *words]) == 2


def test_units_of_every_kind_are_answered(tmp_path: Path) -> None:
    save(rich_profile(), tmp_path / "rich")
    found = measure_latency(tmp_path / "rich", speeds=(1.0,), rates_bps=(100_000,))
    for cell in found.cells:
        stages = cell.device_ms + cell.link_ms + cell.server_ms
        assert cell.latency_ms == pytest.approx(stages, rel=1e-3), cell.unit


def test_an_unknown_profile_is_refused() -> None:
    with pytest.raises(InputError, match="must be a shipped profile or a folder"):
        measure_latency("nowhere", speeds=(1.0,), rates_bps=(1000,))

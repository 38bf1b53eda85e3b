from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.along import number_and_unit, of_sweep
from simulator.report.evidence import read
from simulator.report.plate import Look

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def titles(folder: Path) -> list[str]:
    evidence = read(folder)
    return [plate.title for plate in of_sweep(evidence, Look.of(evidence))]


def test_numbers_are_told_from_words_and_switches() -> None:
    assert number_and_unit("12 Mbit/s") == (12.0, "Mbit/s")
    assert number_and_unit(4) == (4.0, "")
    assert number_and_unit(value=True) is None
    assert number_and_unit("1.2.3") is None
    assert number_and_unit("fast") is None


def test_a_number_that_varies_is_an_axis(make: Callable[..., Path]) -> None:
    settings = tuple({"network.uplink.0.load": load} for load in (4, 0.25, 1))
    folder = make(policies=("fixed", "deadline"), traces=("a/1", "a/2"), settings=settings)
    evidence = read(folder)
    (plate,) = of_sweep(evidence, Look.of(evidence))
    axes = plate.figure.axes[0]
    assert plate.title == "Along load"
    assert axes.get_xlabel() == "load"
    assert [label.get_text() for label in axes.get_xticklabels()] == ["0.25", "1", "4"]


def test_a_quantity_tells_its_unit(make: Callable[..., Path]) -> None:
    settings = tuple({"streams.c.deadline": text} for text in ("100 ms", "200 ms"))
    evidence = read(make(policies=("fixed",), traces=("a/1",), settings=settings))
    (plate,) = of_sweep(evidence, Look.of(evidence))
    assert plate.figure.axes[0].get_xlabel() == "deadline [ms]"


def test_other_settings_that_vary_give_a_plate_each(make: Callable[..., Path]) -> None:
    settings = tuple({"a.load": load, "a.kind": kind} for load in (1, 4) for kind in ("x", "y"))
    folder = make(policies=("fixed",), traces=("a/1",), settings=settings, frames=20)
    assert titles(folder) == ["Along load, with kind=x", "Along load, with kind=y"]


def test_words_mixed_units_and_lone_values_are_no_axis(make: Callable[..., Path]) -> None:
    settings = (
        {"a.kind": "x", "b.delay": "1 s", "c": 1},
        {"a.kind": "y", "b.delay": "1 ms", "c": 1},
    )
    assert titles(make(policies=("fixed",), traces=("a/1",), settings=settings)) == []


def test_many_combinations_are_capped(make: Callable[..., Path]) -> None:
    settings = tuple({"a.x": x, "a.y": y} for x in range(4) for y in range(4))
    folder = make(policies=("fixed",), traces=("a/1",), settings=settings, frames=20)
    assert len(titles(folder)) == 6

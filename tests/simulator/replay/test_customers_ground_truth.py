"""Customers through the real command against Ciw and Ray Serve, customer by customer."""

from __future__ import annotations

import csv
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from simulator.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    Rows = list[dict[str, str]]

NAMES = ["d1_ggc_c1", "d1_ggc_c3", "d3_gg2_renege100ms", "d6_ray_B4_w10ms_c2"]
OPTIONS = {
    "d1_ggc_c1": [],
    "d1_ggc_c3": ["--workers", "3"],
    "d3_gg2_renege100ms": ["--workers", "2", "--patience", "100 ms"],
    "d6_ray_B4_w10ms_c2": [
        *("--workers", "2", "--batching", "form", "--max-batch", "4"),
        *("--max-wait", "10 ms", "--batch-time", "10 ms + 4 ms"),
    ],
}


def ns(seconds: str) -> int:
    return int(Decimal(seconds) * 10**9)


def both(folder: Path, name: str, tmp_path: Path) -> tuple[Rows, Rows]:
    """Return what the other program said of each customer, and what the command says."""
    with (folder / f"{name}.csv").open() as file:
        theirs = list(csv.DictReader(file))
    given = [name for name in ("id", "arrival_s", "service_time_s") if name in theirs[0]]
    lines = [",".join(given), *(",".join(row[name] for name in given) for row in theirs)]
    # Of a customer who left unserved nobody knows what he would have taken.
    text = "\n".join(lines).replace("nan", "0.05")
    customers, out = tmp_path / "customers.csv", tmp_path / "out.csv"
    customers.write_text(text + "\n")
    options = ["--customers", str(customers), "--out", str(out), *OPTIONS[name]]
    assert main(["replay", *options]) == 0
    with out.open() as file:
        ours = list(csv.DictReader(file))
    assert [row["id"] for row in ours] == [row["id"] for row in theirs]
    assert [ns(row["arrival_s"]) for row in ours] == [ns(row["arrival_s"]) for row in theirs]
    return theirs, ours


def assert_the_same(name: str, theirs: Rows, ours: Rows) -> None:
    for their, our in zip(theirs, ours, strict=True):
        if name.startswith("d6"):
            # Ray's clock is in floats, whose last digits were cut off at the nanosecond.
            assert abs(ns(our["service_start_s"]) - ns(their["batch_start_s"])) <= 2
            assert abs(ns(our["departure_s"]) - ns(their["done_s"])) <= 2
            assert our["batch_id"] == their["batch_id"]
            assert our["batch_size"] == their["batch_size"]
            assert our["outcome"] == "served"
        else:
            left_unserved = their["record_type"] == "renege"
            assert our["outcome"] == ("reneged" if left_unserved else "served")
            assert our["departure_s"] == their["departure_s"]
            assert our["service_start_s"] == their["service_start_s"].replace("nan", "")
            assert our["batch_size"] == ("" if left_unserved else "1")


@pytest.mark.parametrize("name", NAMES)
def test_the_first_customers_fare_as_in_the_other_program(
    root: Path, tmp_path: Path, name: str
) -> None:
    theirs, ours = both(root / "tests/simulator/replay/fixtures/customers", name, tmp_path)
    assert len(ours) >= 144
    assert_the_same(name, theirs, ours)


@pytest.mark.parametrize("name", NAMES)
def test_all_customers_fare_as_in_the_other_program(
    shared: Path, tmp_path: Path, name: str
) -> None:
    theirs, ours = both(shared / "groundtruth" / "servers", name, tmp_path)
    assert len(ours) >= 1500
    assert_the_same(name, theirs, ours)


def test_customers_do_leave_and_batches_do_differ(root: Path, tmp_path: Path) -> None:
    folder = root / "tests/simulator/replay/fixtures/customers"
    _, ours = both(folder, "d3_gg2_renege100ms", tmp_path)
    assert sum(row["outcome"] == "reneged" for row in ours) == 36
    _, ours = both(folder, "d6_ray_B4_w10ms_c2", tmp_path)
    assert {row["batch_size"] for row in ours} == {"1", "2", "3", "4"}

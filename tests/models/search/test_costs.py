"""What units cost beside full copies: sums worked by hand, and a folder measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from models.search.costs import Costs, Part, _shown, costs, lines
from tests.models.untrained import untrained_weights

if TYPE_CHECKING:
    from pathlib import Path


def part(name: str, size: int, seconds: float) -> Part:
    return Part(
        name=name,
        storage_bytes=size,
        images=1000,
        warm_images=0,
        seconds=seconds,
        load_ns=2_500_000,
    )


@pytest.fixture
def found() -> Costs:
    return Costs(
        network=part("backbone", 1000, 600),
        units=(part("unit-1", 100, 60), part("unit-2", 150, 120)),
    )


def test_units_share_one_network_and_copies_share_nothing(found: Costs) -> None:
    assert found.stored(1) == (1100, 1000)
    assert found.stored(2) == (1250, 2000)
    assert found.trained(2) == (780, 1200)


def test_tables_tell_of_each_file_and_of_each_number_of_rates(found: Costs) -> None:
    told = lines(found)
    assert told[2] == "| backbone | 1 | 0 | 1,000 | 10 | 2.50 |"
    assert told[-1] == "| 2 | 1 | 2 | 1.6 | 13 | 20 |"


def test_the_first_ladders_units_name_their_recipe_by_its_numbers() -> None:
    first = {"number": 6, "channels": 48, "worth": 900.0, "images": 130_000}
    assert _shown(first) == (130_000, 200_000)
    assert _shown(first | {"warm_images": 7}) == (130_000, 7)
    assert _shown(first | {"images": 5}) == (5, 0)
    assert _shown({"images": 9}) == (9, 0)


def test_a_folder_is_measured(tmp_path: Path) -> None:
    folder = untrained_weights(tmp_path / "weights")
    measured = costs(folder, loads=1, steps=1)
    assert [unit.name for unit in measured.units] == ["unit-1", "unit-2"]
    for unit in measured.units:
        assert unit.storage_bytes == (folder / f"{unit.name}.safetensors").stat().st_size
        assert unit.load_ns > 0
        assert unit.seconds == 0  # nothing was shown
    assert measured.network.storage_bytes > 10 * measured.units[0].storage_bytes

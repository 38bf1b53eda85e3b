"""The record of a search: written, read back, refused where damaged; and which design is best."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from models.search.record import Found, best
from simulator.foundation.errors import InputError
from tests.models.search.outcomes import outcome

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def found() -> Found:
    return Found(
        backbone="abc",
        frames=100,
        selection=50,
        most_bytes=1000.0,
        trials=(outcome("a", 100, 0.5), outcome("b", 200, 0.4), outcome("c", 200, 0.6)),
        modes=(outcome("m", 100, 0.5, split="middle"),),
        longer=(outcome("longer-early", 150, 0.7),),
    )


def test_a_record_comes_back_as_it_was(found: Found, tmp_path: Path) -> None:
    found.write(tmp_path / "search.json")
    assert Found.read(tmp_path / "search.json") == found


def test_the_file_names_the_pareto_set(found: Found, tmp_path: Path) -> None:
    assert [trial.name for trial in found.kept] == ["a", "c"]
    found.write(tmp_path / "search.json")
    assert json.loads((tmp_path / "search.json").read_text())["kept"] == ["a", "c"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("", "must be a whole record"),
        ("[]", "must be a whole record"),
        ('{"format": "other"}', "must be in the format"),
        ('{"format": "splitcast unit search 1", "trials": [{}]}', "must be a whole record"),
    ],
)
def test_a_damaged_record_is_refused(text: str, complaint: str, tmp_path: Path) -> None:
    path = tmp_path / "search.json"
    path.write_text(text)
    with pytest.raises(InputError, match=complaint):
        Found.read(path)


def test_a_missing_record_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        Found.read(tmp_path / "search.json")


def test_the_best_scores_most_among_the_small() -> None:
    trials = [
        outcome("large", 2000, 0.9),
        outcome("good", 900, 0.7),
        outcome("bad", 100, 0.3),
        outcome("late", 90, 0.8, split="late"),
    ]
    assert best(trials, "early", 1000).name == "good"


def test_where_none_is_small_the_smallest_is_best() -> None:
    trials = [outcome("large", 2000, 0.9), outcome("larger", 3000, 0.95)]
    assert best(trials, "early", 1000).name == "large"


def test_of_equal_scores_the_fewer_bytes_win() -> None:
    trials = [outcome("a", 900, 0.7), outcome("b", 800, 0.7)]
    assert best(trials, "early", 1000).name == "b"

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from simulator.foundation.errors import InputError
from simulator.results.documents import Manifest, Measured, Summary, read_document

if TYPE_CHECKING:
    from pathlib import Path


def test_points_are_the_traces_that_could_be_measured() -> None:
    assert Measured(by_trace={"a": 0.5, "b": None, "c": 0.0}).points == [0.5, 0.0]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "content"),
        ("[1]", "content"),
        ('{"schema_version": 1, "scenario": {}}', "schema_version: 1"),
        ('{"schema_version": 3}', "scenario"),
        (
            '{"schema_version": 3, "scenario": {}, "elapsed_s": NaN}',
            "content: expected value .* must be JSON",
        ),
    ],
)
def test_what_is_no_manifest_is_refused_with_place_and_rule(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "manifest.json"
    path.write_text(text)
    with pytest.raises(InputError, match=told) as caught:
        read_document(path, Manifest)
    assert str(path) in str(caught.value)
    assert "splitcast run --out" in str(caught.value)


def test_of_a_folder_of_another_version_nothing_but_the_version_is_told(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text('{"schema_version": 1}')
    with pytest.raises(InputError) as caught:
        read_document(path, Summary)
    (problem,) = caught.value.problems
    assert problem.what == "schema_version"
    assert problem.rule == "must be 3: another version of splitcast left this folder"


def test_all_problems_of_a_summary_are_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "summary.json"
    path.write_text('{"schema_version": 3, "confidence": 2, "traces": [], "few_traces": false}')
    with pytest.raises(InputError) as caught:
        read_document(path, Summary)
    assert {problem.what for problem in caught.value.problems} == {"name", "confidence", "cases"}


def test_a_missing_document_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="does not exist"):
        read_document(tmp_path / "manifest.json", Manifest)

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from simulator.foundation.errors import InputError
from simulator.framelog import COLUMNS, Outcome
from simulator.results.documents import Summary, read_document
from simulator.results.facts import Described
from simulator.results.results import Results
from simulator.results.schema import CAPACITY, FRAMES, runs_schema
from simulator.results.sealed import packed
from simulator.results.tables import read_facts, read_table, write_columns, write_frames, write_rows
from tests.simulator.metrics.logs import frame, log_of

if TYPE_CHECKING:
    from pathlib import Path

FACTS: dict[str, Any] = {
    "run": "p0000-r0",
    "seed": 3,
    "groups": [],
    "units": [],
    "judged": [],
    "streams": [],
}


def test_a_run_is_one_file_with_its_facts_inside(tmp_path: Path) -> None:
    path = tmp_path / "p0000-r0.parquet"
    log = log_of([frame(Outcome.LOST, [0, 1, 2, 2]), frame(Outcome.DROPPED, [5])])
    write_frames(path, log, FACTS)
    assert read_facts(path, Described)[1] == FACTS
    table = read_table(path)
    assert table.schema.names == list(COLUMNS)
    assert table["outcome"].to_pylist() == ["lost", "dropped"]
    for name in COLUMNS.keys() - {"outcome", "reason"}:  # those are names in the file
        np.testing.assert_array_equal(table[name].to_numpy(), log[name])


def test_integers_are_delta_packed_and_everything_is_compressed(tmp_path: Path) -> None:
    path = tmp_path / "run.parquet"
    write_frames(path, log_of([frame(Outcome.LOST, [0, 1, 2, 2])]), FACTS)
    group = pq.ParquetFile(path).metadata.row_group(0)
    columns = {group.column(k).path_in_schema: group.column(k) for k in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in columns["captured_ns"].encodings
    assert {column.compression for column in columns.values()} == {"ZSTD"}


def test_the_same_run_gives_the_same_bytes(tmp_path: Path) -> None:
    log = log_of([frame(Outcome.LOST, [0, 1, 2, 2])])
    for name in ("a", "b"):
        write_frames(tmp_path / name, log, FACTS)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_columns_of_frame_files_are_those_of_the_frame_log() -> None:
    assert FRAMES.names == list(COLUMNS)
    assert FRAMES.metadata == {b"schema_version": b"3"}


def test_a_row_that_lacks_a_column_says_so_with_null(tmp_path: Path) -> None:
    rows = [{"run": "a", "on_time": 0.5}]
    write_rows(tmp_path / "runs.parquet", rows, runs_schema(rows))
    table = read_table(tmp_path / "runs.parquet", ["run", "on_time", "late"])
    assert table.to_pylist() == [{"run": "a", "on_time": 0.5, "late": None}]


def test_what_is_no_table_of_results_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    path.write_bytes(b"PAR1 not really")
    with pytest.raises(InputError, match="must be a Parquet file of results"):
        read_table(path)
    with pytest.raises(InputError, match="does not exist"):
        read_table(tmp_path / "missing.parquet")


def test_another_version_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    write_columns(path, {name: [] for name in CAPACITY.names}, CAPACITY)
    table = pq.read_table(path)
    path.write_bytes(packed(table.replace_schema_metadata({"schema_version": "99"})))
    with pytest.raises(InputError, match="schema_version: 99 must be 3"):
        read_table(path)


@pytest.mark.parametrize("said", [None, "{", "{}", "[]", '{"streams": 1}', '{"streams": [1]}'])
def test_a_run_that_does_not_describe_itself_is_refused(tmp_path: Path, said: str | None) -> None:
    path = tmp_path / "x.parquet"
    write_columns(path, {name: [] for name in CAPACITY.names}, CAPACITY)
    if said is not None:
        table = pq.read_table(path)
        metadata = {"schema_version": "3", "run": said}
        path.write_bytes(packed(table.replace_schema_metadata(metadata)))
    with pytest.raises(InputError, match=r"metadata|content"):
        read_facts(path, Described)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "content: EOF .* must be JSON"),
        ("[]", "content: .* is not as in a results folder"),
        ("{}", "schema_version: nothing must be 3"),
        (json.dumps({"schema_version": 1}), "schema_version: 1 must be 3"),
    ],
)
def test_a_document_is_checked(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "summary.json").write_text(text)
    with pytest.raises(InputError, match=said):
        read_document(tmp_path / "summary.json", Summary)


def test_a_folder_without_results_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"summary.json .* does not exist"):
        Results(tmp_path)

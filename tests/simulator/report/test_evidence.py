from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from simulator.foundation.errors import InputError
from simulator.report.evidence import read
from simulator.report.frames import pool, read_frames
from simulator.results.sealed import packed

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_a_folder_tells_its_policies_settings_and_units(make: Callable[..., Path]) -> None:
    evidence = read(make(settings=({"a.load": 1}, {"a.load": 4}), traces=("a/1",)))
    assert evidence.policies == ["fixed", "throughput", "deadline"]
    assert evidence.settings == ["load=1", "load=4"]
    assert [case.case for case in evidence.cases_of("load=4")] == [3, 4, 5]
    assert len(evidence.runs_of(evidence.summary.cases[0])) == 1


def test_stages_add_up_to_the_mean_latency_with_units_on_the_device_too(
    make: Callable[..., Path],
) -> None:
    evidence = read(make(policies=("fixed",)))
    pooled = pool(evidence, evidence.summary.cases[0], most_frames=10**6)
    assert sum(pooled.stage_ms.values()) == pytest.approx(pooled.latency_ms.mean())
    assert pooled.captured == 180
    assert pooled.deadlines_ms == (150.0,)
    assert pooled.left_out == 0


def test_a_pool_of_too_many_frames_takes_evenly_chosen_runs(make: Callable[..., Path]) -> None:
    evidence = read(make(policies=("fixed",), traces=("a/1", "a/2", "a/3", "a/4")))
    pooled = pool(evidence, evidence.summary.cases[0], most_frames=130)
    assert (pooled.captured, pooled.left_out) == (120, 2)


def test_what_is_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        read(tmp_path / "nowhere")


@pytest.mark.parametrize(
    "name", ["manifest.json", "summary.json", "runs.parquet", "units.parquet", "capacity.parquet"]
)
def test_a_folder_without_one_of_its_files_is_refused(make: Callable[..., Path], name: str) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    (folder / name).unlink()
    with pytest.raises(InputError, match=name):
        read(folder)


def test_a_batch_that_was_not_finished_says_how_to(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",), manifest={"state": "running"})
    (folder / "summary.json").unlink()
    with pytest.raises(InputError, match="--resume"):
        read(folder)


@pytest.mark.parametrize("junk", [b"", b"PAR1 no table PAR1"])
def test_a_table_that_is_no_table_is_refused(make: Callable[..., Path], junk: bytes) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    (folder / "runs.parquet").write_bytes(junk)
    with pytest.raises(InputError, match=r"runs\.parquet"):
        read(folder)


def test_a_damaged_page_is_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",), frames=2000)
    path = next((folder / "frames").iterdir())
    data = bytearray(path.read_bytes())
    data[40:4000] = b"\xff" * 3960
    path.write_bytes(data)
    evidence = read(folder)
    with pytest.raises(InputError):
        read_frames(evidence, path.stem)


def test_a_table_without_a_column_is_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    table = pq.read_table(folder / "capacity.parquet")
    (folder / "capacity.parquet").write_bytes(packed(table.drop_columns(["t_s"])))
    with pytest.raises(InputError, match="columns: t_s are missing"):
        read(folder)


def test_a_run_cannot_be_named_out_of_the_folder(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    table = pq.read_table(folder / "runs.parquet")
    names = pa.array(["../../elsewhere"])
    (folder / "runs.parquet").write_bytes(packed(table.set_column(0, "run", names)))
    with pytest.raises(InputError, match="must be a plain file name"):
        read(folder)


def test_a_case_without_runs_is_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    summary = json.loads((folder / "summary.json").read_text())
    summary["cases"][0]["case"] = 77
    (folder / "summary.json").write_text(json.dumps(summary))
    with pytest.raises(InputError, match=r"cases\.case: 77 has no run"):
        read(folder)


@pytest.mark.parametrize(
    ("column", "value"),
    [("stream", 9), ("unit", 99), ("layers", -1)],
)
def test_frames_of_what_there_is_not_are_refused(
    make: Callable[..., Path], column: str, value: int
) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    path = next((folder / "frames").iterdir())
    table = pq.read_table(path)
    index = table.column_names.index(column)
    values = np.full(table.num_rows, value)
    kind = table.schema.field(column).type
    path.write_bytes(packed(table.set_column(index, column, pa.array(values, kind))))
    with pytest.raises(InputError, match=f"{column}: .* must lie between"):
        read_frames(read(folder), path.stem)


@pytest.mark.parametrize(("column", "value"), [("outcome", "eaten"), ("reason", "")])
def test_frames_that_ended_otherwise_than_any_do_are_refused(
    make: Callable[..., Path], column: str, value: str
) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    path = next((folder / "frames").iterdir())
    table = pq.read_table(path)
    index = table.column_names.index(column)
    names = pa.array([value] * table.num_rows, pa.string()).dictionary_encode()
    path.write_bytes(packed(table.set_column(index, column, names)))
    with pytest.raises(InputError, match=f"{column}: .* must be one of"):
        read_frames(read(folder), path.stem)


def test_frames_with_holes_are_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    path = next((folder / "frames").iterdir())
    table = pq.read_table(path)
    index = table.column_names.index("done_ns")
    holes = pa.nulls(table.num_rows, pa.int64())
    path.write_bytes(packed(table.set_column(index, "done_ns", holes)))
    with pytest.raises(InputError, match="done_ns: a hole must be there in every row"):
        read_frames(read(folder), path.stem)


def test_streams_without_a_description_are_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",))
    path = next((folder / "frames").iterdir())
    table = pq.read_table(path)
    facts = json.dumps({"groups": [], "units": [], "judged": [], "streams": [{"name": "x"}]})
    metadata = {"schema_version": "3", "run": facts}
    path.write_bytes(packed(table.replace_schema_metadata(metadata)))
    with pytest.raises(InputError, match=r"metadata.streams.0.group: nothing is not as in"):
        read_frames(read(folder), path.stem)


def test_layers_that_are_not_one_number_a_unit_are_refused(make: Callable[..., Path]) -> None:
    folder = make(policies=("fixed",), traces=("a/1",), layers=(1, 2, 2, 1, 2))
    path = next((folder / "frames").iterdir())
    table = pq.read_table(path)
    facts = json.loads(table.schema.metadata[b"run"])
    facts["streams"][0]["layers"] = [1, 2]
    metadata = {"schema_version": "3", "run": json.dumps(facts)}
    path.write_bytes(packed(table.replace_schema_metadata(metadata)))
    with pytest.raises(
        InputError, match=r"metadata\.streams\.0: .* must say one thing of each unit"
    ):
        read_frames(read(folder), path.stem)

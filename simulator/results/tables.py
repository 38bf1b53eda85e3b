"""Tables as Parquet files: integers delta-packed, zstd, the same bytes for the same rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import write_atomically
from simulator.results.schema import FRAMES, OF_THIS_VERSION, SCHEMA_VERSION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.framelog import FrameLog

__all__ = ["read_facts", "read_table", "write_columns", "write_frames", "write_rows"]

_LISTS = ("groups", "units", "streams")


def write_frames(path: Path, log: FrameLog, facts: Mapping[str, object]) -> None:
    """Write one run: its frame log, and its rows of all other tables as metadata.

    One file, written beside and renamed, so a run is either wholly there or not at all.

    Args:
        path: ``frames/<run>.parquet``.
        log: The frames.
        facts: The run's row, with lists under ``groups``, ``units`` and ``streams``.
    """
    schema = FRAMES.with_metadata({**(FRAMES.metadata or {}), "run": json.dumps(facts)})
    table = pa.table([pa.array(log[name]) for name in schema.names], schema=schema)
    write_atomically(path, _parquet(table))


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write rows as a table."""
    write_atomically(path, _parquet(pa.Table.from_pylist(list(rows), schema=schema)))


def write_columns(path: Path, columns: Mapping[str, Sequence[Any]], schema: pa.Schema) -> None:
    """Write columns of equal length as a table."""
    write_atomically(path, _parquet(pa.Table.from_pydict(dict(columns), schema=schema)))


def read_facts(path: Path) -> dict[str, Any]:
    """Return what a run's file says about the run, without reading its frames.

    Raises:
        InputError: If it is no such file, or of another version.
    """
    return _facts(path, _opened(path).schema_arrow.metadata or {})


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return a table, or some columns of it.

    Raises:
        InputError: If it is no such file, or of another version.
    """
    file = _opened(path)
    return file.read(columns=None if columns is None else list(columns))


def _parquet(table: pa.Table) -> bytes:
    integers = [field.name for field in table.schema if pa.types.is_integer(field.type)]
    texts = [field.name for field in table.schema if pa.types.is_string(field.type)]
    sink = pa.BufferOutputStream()
    pq.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=texts,
        column_encoding=dict.fromkeys(integers, "DELTA_BINARY_PACKED"),
    )
    return bytes(sink.getvalue())


def _opened(path: Path) -> pq.ParquetFile:
    try:
        file = pq.ParquetFile(path)
        version = (file.schema_arrow.metadata or {}).get(b"schema_version", b"none").decode()
    except (OSError, pa.ArrowException) as error:
        raise _refusal(path, "file", str(error), "must be a Parquet file of results") from error
    if version != str(SCHEMA_VERSION):
        raise _refusal(path, "schema_version", version, OF_THIS_VERSION)
    return file


def _facts(path: Path, metadata: Mapping[bytes, bytes]) -> dict[str, Any]:
    try:
        found = json.loads(metadata[b"run"])
        lists = [found[key] for key in _LISTS]
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        rule = f"must describe a run with {', '.join(_LISTS)}"
        raise _refusal(path, "metadata", repr(error), rule) from error
    if not all(isinstance(part, list) for part in lists):
        raise _refusal(path, "metadata", "not lists", f"must have lists of {', '.join(_LISTS)}")
    return dict(found)


def _refusal(path: Path, what: str, value: object, rule: str) -> InputError:
    remedy = "run the scenario again with this version"
    return InputError(Problem(where=str(path), what=what, value=value, rule=rule, remedy=remedy))

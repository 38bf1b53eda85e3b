"""Tables in sealed Parquet files: the frames of a run with what is known of it, and plain rows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import write_atomically, write_inside
from simulator.results.schema import FRAMES, NAMES
from simulator.results.sealed import REMEDY, SealedFile, packed
from simulator.results.shapes import checked, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.framelog import FrameLog
    from simulator.results.shapes import Shape

__all__ = ["codes", "read_facts", "read_table", "write_columns", "write_frames", "write_rows"]

NO_COLUMNS = pa.schema([])
_Read = TypeVar("_Read", bound="Shape")


def write_frames(path: Path, log: FrameLog, facts: Mapping[str, object]) -> None:
    """Write one run: its frame log, and its rows of all other tables as metadata.

    One file, written beside and renamed, so a run is either wholly there or not at all.

    Args:
        path: ``frames/<run>.parquet``.
        log: The frames.
        facts: The run's row, with lists under ``groups``, ``units``, ``judged`` and ``streams``.
    """
    schema = FRAMES.with_metadata({**(FRAMES.metadata or {}), "run": json.dumps(facts)})
    table = pa.table([_column(name, log[name]) for name in schema.names], schema=schema)
    write_inside(path.parent, path.name, packed(table))


def write_rows(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write rows as a table."""
    write_atomically(path, packed(pa.Table.from_pylist(list(rows), schema=schema)))


def write_columns(path: Path, columns: Mapping[str, Sequence[Any]], schema: pa.Schema) -> None:
    """Write columns of equal length as a table."""
    write_atomically(path, packed(pa.Table.from_pydict(dict(columns), schema=schema)))


def read_facts(path: Path, shape: type[_Read]) -> tuple[_Read, dict[str, Any]]:
    """Return what a run's file says about the run, without decoding its frames.

    Args:
        path: The file.
        shape: What is needed of it: `Described` or `RunFacts`.

    Returns:
        The facts as a record, and as the plain JSON.

    Raises:
        InputError: If it is no such file, of another version, or not as it was written.
    """
    found = parsed(path, SealedFile.opened(path).metadata.get(b"run", b""), REMEDY)
    return checked(path, found, shape, REMEDY, within=("metadata",)), found


def read_table(
    path: Path,
    columns: Sequence[str] | None = None,
    *,
    like: pa.Schema = NO_COLUMNS,
    needed: Sequence[str] = (),
) -> pa.Table:
    """Return a table, or some columns of it.

    Args:
        path: The file.
        columns: Those that are wanted, as far as it has them; all by default.
        like: Types of columns, which must be these where the file has them.
        needed: Columns that it must have, without holes but for numbers that are NaN.

    Raises:
        InputError: If it is no such file, of another version, or not as it was written.
    """
    table = SealedFile.opened(path).rows(columns)
    for field in table.schema:
        place = like.get_field_index(field.name)
        if place >= 0 and field.type != like.field(place).type:
            rule = f"must be a column of the type {like.field(place).type}"
            raise _refusal(path, field.name, field.type, rule)
    if missing := sorted(set(needed) - set(table.column_names)):
        raise _refusal(path, "columns", ", ".join(missing), "are missing")
    for name in needed:
        if table[name].null_count and not pa.types.is_floating(table[name].type):
            raise _refusal(path, name, "a hole", "must be there in every row")
    return table


def codes(path: Path, table: pa.Table, name: str) -> NDArray[np.int64]:
    """Return a column of names as their codes in the frame log.

    Raises:
        InputError: If it holds another name, or none.
    """
    names = table[name].cast(pa.string())
    found = pc.index_in(names, pa.array(NAMES[name]))
    if found.null_count:
        odd = names.filter(pc.is_null(found))[0].as_py()
        raise _refusal(path, name, odd, f"must be one of {', '.join(NAMES[name])}")
    return np.asarray(found.to_numpy(), np.int64)


def _column(name: str, values: NDArray[Any]) -> pa.Array:
    if name not in NAMES:
        return pa.array(values)
    return pa.DictionaryArray.from_arrays(pa.array(values, pa.int32()), pa.array(NAMES[name]))


def _refusal(path: Path, what: str, value: object, rule: str) -> InputError:
    return InputError(Problem(where=str(path), what=what, value=value, rule=rule, remedy=REMEDY))

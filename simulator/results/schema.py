"""The columns of every table, and the version that readers check."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa

from simulator.framelog import COLUMNS, Outcome, Reason
from simulator.metrics import SHARED, metrics_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "CAPACITY",
    "FRAMES",
    "NAMES",
    "OF_THIS_VERSION",
    "SCHEMA_VERSION",
    "UNITS",
    "groups_schema",
    "runs_schema",
    "versioned",
]

SCHEMA_VERSION = 3

OF_THIS_VERSION = f"must be {SCHEMA_VERSION}: another version of splitcast left this folder"
"""The rule that a results folder of another version breaks."""

_KINDS = {
    "count": pa.int64(),
    "share": pa.float64(),
    "ms": pa.float64(),
    "number": pa.float64(),
    "text": pa.string(),
}
_CODES = {
    "<i4": pa.int32(),
    "<i2": pa.int16(),
    "i1": pa.int8(),
    "?": pa.bool_(),
    "<i8": pa.int64(),
    "<f4": pa.float32(),
}
_IDENTITY = [
    ("run", pa.string()),
    ("case", pa.int32()),
    ("point", pa.int32()),
    ("replication", pa.int32()),
    ("seed", pa.int64()),
    ("policy", pa.string()),
    ("setting", pa.string()),
    ("trace", pa.string()),
]


def versioned(fields: list[tuple[str, pa.DataType]]) -> pa.Schema:
    """Return a schema that carries its version."""
    return pa.schema(fields, metadata={"schema_version": str(SCHEMA_VERSION)})


def runs_schema(rows: Iterable[Mapping[str, object]]) -> pa.Schema:
    """Return the schema of runs.parquet: which tasks are asked is found in its rows."""
    own = [("link", pa.string()), ("duration_s", pa.float64())]
    return versioned([*_IDENTITY, *own, *_metrics(rows)])


def groups_schema(rows: Iterable[Mapping[str, object]]) -> pa.Schema:
    """Return the schema of groups.parquet, likewise."""
    return versioned([*_IDENTITY, ("group", pa.string()), *_metrics(rows, SHARED)])


def _metrics(
    rows: Iterable[Mapping[str, object]], without: frozenset[str] = frozenset()
) -> list[tuple[str, pa.DataType]]:
    return [(m.name, _KINDS[m.kind]) for m in metrics_in(rows) if m.name not in without]


NAMES: Mapping[str, tuple[str, ...]] = {
    "outcome": tuple(outcome.name.lower() for outcome in Outcome),
    "reason": tuple(reason.name.lower() for reason in Reason),
}
"""Columns of frames that hold names, in the order of their codes in the frame log."""

_NAMED = pa.dictionary(pa.int32(), pa.string())

FRAMES = versioned(
    [(name, _NAMED if name in NAMES else _CODES[code]) for name, code in COLUMNS.items()]
)
"""frames/<run>.parquet."""

UNITS = versioned(
    [
        *_IDENTITY,
        ("group", pa.string()),
        ("unit", pa.int16()),
        ("name", pa.string()),
        ("frames", pa.int64()),
        ("share", pa.float64()),
        ("on_time", pa.float64()),
        ("payload_mean_bytes", pa.float64()),
        ("score_mean", pa.float64()),
        ("forecast_coverage", pa.float64()),
        ("forecast_pinball_bytes", pa.float64()),
    ]
)
"""units.parquet."""

CAPACITY = versioned(
    [
        ("link", pa.string()),
        ("way", pa.string()),
        ("hop", pa.string()),
        ("links", pa.int32()),
        ("t_s", pa.float64()),
        ("capacity_bps", pa.float64()),
        ("least_bps", pa.float64()),
        ("cross_bps", pa.float64()),
        ("loss", pa.float64()),
    ]
)
"""capacity.parquet."""

"""A workload read from its CSV: rows sorted into streams, captures, units and layers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.foundation.files import read_bounded
from simulator.workload.records import LayerLog, StreamLog, UnitLog, Workload
from simulator.workload.table import refusal, table_of

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.workload.table import Table

__all__ = ["read_workload"]

_LARGEST_BYTES = 256 * 2**20
_LONGEST_NS = 24 * 3600 * 10**9
_EXACT = 2**53
_MOST_UNITS = 100
_ONLY_UNIT = "frame"


def read_workload(path: Path) -> Workload:
    r"""Read a log of at most 256 MiB and 2 million rows; its format is told in the package.

    Raises:
        InputError: With the line, for whatever breaks the format.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "log.csv"
        ...     _ = file.write_text("t_capture_ms,bytes,device_ms\n100,900,2\n133.5,800,2\n")
        ...     read_workload(file).streams[0].captured_ns
        array([       0, 33500000])
    """
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what="workload")
    table = table_of(data, str(path))
    rows = _sorted(table)
    units = table.names.get("unit", (_ONLY_UNIT,))
    sizes = _layers(table, rows, units)
    pairs = sum(sizes)
    _check_complete(table, rows, units, sizes)
    ends = np.flatnonzero(np.diff(rows.stream, append=-1)) + 1
    streams = [
        _stream(table, rows, slice(begin, end), sizes)
        for begin, end in zip([0, *ends[:-1].tolist()], ends.tolist(), strict=True)
        if _long_enough(table, rows, begin, end, pairs)
    ]
    _check_kinds(table, rows, units)
    return Workload(
        name=path.name,
        units=units,
        streams=tuple(streams),
        named="stream" in table.codes,
        serves=_serves(table),
        sha256=hashlib.sha256(data).hexdigest(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rows:
    """Rows sorted by stream, capture, unit and layer.

    Attributes:
        order: Row of the table for each sorted row.
        stream: Number of its stream, and so on.
        at_ns: Instant of its capture.
        unit: Number of its unit.
        layer: Number of its layer.
    """

    order: NDArray[np.intp]
    stream: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    unit: NDArray[np.int64]
    layer: NDArray[np.int64]


def _sorted(table: Table) -> _Rows:
    nothing = np.zeros(len(table.lines), np.int64)
    at, unit_ns = table.times("t_capture")
    since_ns = (at - at.min()) * unit_ns
    if since_ns.max() > _LONGEST_NS:  # before it is cast, which would wrap
        row = int(since_ns.argmax())
        value = f"{since_ns[row] / 1e9:g} s after the first"
        rule, remedy = "must be within 24 h of the earliest capture", "cut it into smaller files"
        raise table.refuse(row, "t_capture", value, rule, remedy)
    if at.max() * unit_ns < _EXACT:
        at_ns = np.rint(at * unit_ns).astype(np.int64)
        at_ns -= at_ns.min()
    else:  # an epoch: what a double can tell apart is less than a microsecond
        at_ns = np.rint(since_ns).astype(np.int64)
    stream, unit = table.codes.get("stream", nothing), table.codes.get("unit", nothing)
    layer = np.nan_to_num(table.numbers.get("layer", nothing)).astype(np.int64)
    order = np.lexsort((layer, unit, at_ns, stream))
    return _Rows(
        order=order,
        stream=stream[order],
        at_ns=at_ns[order],
        unit=unit[order],
        layer=layer[order],
    )


def _layers(table: Table, rows: _Rows, units: tuple[str, ...]) -> list[int]:
    """Return how many layers each unit has."""
    if len(units) > _MOST_UNITS:
        first = int(rows.order[np.argmax(rows.unit >= _MOST_UNITS)])
        rule = f"must be one of at most {_MOST_UNITS} units"
        raise table.refuse(first, "unit", units[_MOST_UNITS], rule, "leave some out")
    sizes = np.zeros(len(units), np.int64)
    np.maximum.at(sizes, rows.unit, rows.layer + 1)
    return [int(size) for size in sizes]


def _check_complete(table: Table, rows: _Rows, units: tuple[str, ...], sizes: list[int]) -> None:
    """Refuse a capture that lacks a unit or layer, or has one twice."""
    keys = np.stack([rows.stream, rows.at_ns, rows.unit, rows.layer])
    twice = (np.diff(keys) == 0).all(axis=0)
    if twice.any():
        second = int(np.argmax(twice)) + 1
        first, again = sorted(int(table.lines[rows.order[k]]) for k in (second - 1, second))
        said = f"unit {units[int(rows.unit[second])]}, layer {int(rows.layer[second])}"
        rule = f"must not come twice for one capture: it is in line {first}, too"
        raise refusal(table.name, again, "capture", said, rule, "remove a line")
    wanted = [(unit, layer) for unit, size in enumerate(sizes) for layer in range(size)]
    count = len(rows.order)
    expected = np.array(wanted)[np.arange(count) % len(wanted)]
    fits = (expected[:, 0] == rows.unit) & (expected[:, 1] == rows.layer)
    group = np.arange(count) // len(wanted) * len(wanted)  # where each row's capture begins
    fits &= (rows.stream == rows.stream[group]) & (rows.at_ns == rows.at_ns[group])
    if fits.all() and count % len(wanted) == 0:
        return
    at = count if fits.all() else int(np.argmin(fits))
    of = int(group[min(at, count - 1)])
    unit, layer = wanted[at % len(wanted)]
    said = f"{units[unit]}, layer {layer}" if sizes[unit] > 1 else units[unit]
    value = f"at {rows.at_ns[of] / 1e9:g} s"
    rule = f"must have unit {said}, as the others have"
    raise table.refuse(int(rows.order[of]), "capture", value, rule, "add the line")


def _long_enough(table: Table, rows: _Rows, begin: int, end: int, pairs: int) -> bool:
    if end - begin >= 2 * pairs:
        return True
    rule, remedy = "must have at least two captures", "leave it out"
    name = table.names.get("stream", ("the log",))[int(rows.stream[begin])]
    raise table.refuse(int(rows.order[begin]), "stream", name, rule, remedy)


def _stream(table: Table, rows: _Rows, part: slice, sizes: list[int]) -> StreamLog:
    order = rows.order[part]
    pairs = sum(sizes)

    def cells(values: NDArray[np.float64]) -> NDArray[np.float64]:
        return values[order].reshape(-1, pairs).T  # [pairs, captures]

    def time_ns(column: str) -> NDArray[np.int64]:
        values, unit_ns = table.times(column)
        return np.rint(cells(np.nan_to_num(values)) * unit_ns).astype(np.int64)

    ones = np.ones(len(table.lines))
    score = table.numbers.get("score", ones)
    columns: tuple[NDArray[Any], ...] = (
        cells(table.numbers["bytes"]).astype(np.int64),
        time_ns("device"),
        time_ns("server"),
        cells(score).astype(np.float32),
        cells(table.numbers.get("confidence", score)).astype(np.float32),
    )
    first = np.cumsum([0, *sizes])
    return StreamLog(
        name=table.names["stream"][int(rows.stream[part.start])] if "stream" in table.codes else "",
        captured_ns=rows.at_ns[part][::pairs].copy(),
        units=tuple(
            _unit(*(column[begin : begin + size] for column in columns))
            for begin, size in zip(first.tolist(), sizes, strict=False)
        ),
    )


def _unit(
    size: NDArray[np.int64],
    device_ns: NDArray[np.int64],
    server_ns: NDArray[np.int64],
    score: NDArray[np.float32],
    confidence: NDArray[np.float32],
) -> UnitLog:
    several = len(size) > 1 and size.any()
    return UnitLog(
        payload_bytes=size.sum(axis=0),
        device_ns=device_ns.max(axis=0),
        server_ns=server_ns[-1],
        score=score[-1],
        confidence=confidence[-1],
        layers=LayerLog(payload_bytes=size, server_ns=server_ns, score=score, confidence=confidence)
        if several
        else None,
    )


def _serves(table: Table) -> bool:
    return "server_s" in table.numbers or "server_ms" in table.numbers


def _check_kinds(table: Table, rows: _Rows, units: tuple[str, ...]) -> None:
    """Refuse units that are sent at times only, and a service of what is never sent."""
    size = table.numbers["bytes"][rows.order]
    server, _ = table.times("server")
    for unit, name in enumerate(units):
        mine = rows.unit == unit
        stays = mine & (size == 0)
        if stays.any() and (stays != mine).any():
            row = int(rows.order[np.argmax(stays)])
            rule = f"must not be 0 here: elsewhere unit {name} sends something"
            raise table.refuse(row, "bytes", 0, rule, "give a unit that stays another name")
        if not _serves(table):
            continue
        told = server[rows.order]
        blank = mine & ~stays & np.isnan(told)
        if blank.any():
            row = int(rows.order[np.argmax(blank)])
            rule = "must be given for what is sent"
            raise table.refuse(row, "server", "(empty)", rule, "add the time in service")
        served = stays & (told > 0)
        if served.any():
            row = int(rows.order[np.argmax(served)])
            rule = "must be 0 or blank where no bytes are sent"
            raise table.refuse(row, "server", f"{server[row]:g}", rule, "correct the line")

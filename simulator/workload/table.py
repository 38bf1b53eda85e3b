"""The columns of a workload's CSV as checked arrays, with the line of each row."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from simulator.foundation.errors import InputError, Problem, did_you_mean
from traces.formats.rows import check_width

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

__all__ = ["MOST_ROWS", "Table", "refusal", "table_of"]

MOST_ROWS = 2_000_000
"""The most rows a workload may have."""

_CHUNK = 5_000
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,60}")
_MOST_NAMES = 10_000


class _Column(NamedTuple):
    """What a column of numbers may hold."""

    most: float
    whole: bool = False
    blank: bool = False


_NUMBERS = {
    "t_capture_s": _Column(1e10),
    "t_capture_ms": _Column(1e13),
    "bytes": _Column(1e9, whole=True),
    "device_s": _Column(3600),
    "device_ms": _Column(3.6e6),
    "server_s": _Column(3600, blank=True),
    "server_ms": _Column(3.6e6, blank=True),
    "score": _Column(1),
    "confidence": _Column(1),
    "layer": _Column(19, whole=True, blank=True),
}
_TEXTS = ("unit", "stream")
_KNOWN = (*_NUMBERS, *_TEXTS)
_EITHER = (("t_capture_s", "t_capture_ms"), ("device_ms", "device_s"), ("server_ms", "server_s"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file's columns.

    Attributes:
        name: The file as messages call it.
        numbers: Column to float64 [rows], NaN for a blank cell.
        codes: ``unit`` and ``stream``, where there, to int64 [rows]: numbers of their names.
        names: The names, in the order in which they first come.
        lines: int64 [rows], from 1.
    """

    name: str
    numbers: dict[str, NDArray[np.float64]]
    codes: dict[str, NDArray[np.int64]]
    names: dict[str, tuple[str, ...]]
    lines: NDArray[np.int64]

    def times(self, what: str) -> tuple[NDArray[np.float64], float]:
        """Return the column of a time, in whichever unit it is, and that unit in ns.

        All is blank where the file has no such column.
        """
        for column, unit_ns in ((f"{what}_s", 1e9), (f"{what}_ms", 1e6)):
            if column in self.numbers:
                return self.numbers[column], unit_ns
        return np.full(len(self.lines), np.nan), 1e9

    def refuse(self, row: int, what: str, value: object, rule: str, remedy: str) -> InputError:
        """Return the error for a row."""
        return refusal(self.name, int(self.lines[row]), what, value, rule, remedy)


def refusal(
    name: str, line: int | None, what: str, value: object, rule: str, remedy: str
) -> InputError:
    """Return the error for a place in a file."""
    where = name if line is None else f"{name}:{line}"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))


def table_of(data: bytes, name: str) -> Table:
    r"""Return the columns of a CSV.

    Args:
        data: The file's content.
        name: What messages call it.

    Raises:
        InputError: With the line, for a wrong header, cells out of bounds, too many rows.

    Example:
        >>> table_of(b"t_capture_s,bytes,device_ms\n0,100,2\n", "log.csv").numbers["bytes"]
        array([100.])
    """
    check_width(data, name)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise refusal(name, line, "text", "a byte", "must be UTF-8", "save it so") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip() for cell in next(reader, [])]
        _check_header(header, name)
        return _columns(reader, header, name)
    except csv.Error as error:
        rule = f"is no CSV ({error})"
        raise refusal(name, reader.line_num, "row", "a line", rule, "correct the line") from error


def _check_header(header: list[str], name: str) -> None:
    problems: list[InputError] = []

    def wrong(what: str, value: str, rule: str, remedy: str) -> None:
        problems.append(refusal(name, 1, what, value, rule, remedy))

    for index, column in enumerate(header):
        if column not in _KNOWN:
            wrong("column", column or "(empty)", "is none of these", did_you_mean(column, _KNOWN))
        elif column in header[:index]:
            wrong("column", column, "must come once", "remove one")
    shown = ",".join(header) or "(blank)"
    for pair in _EITHER:
        given = [column for column in pair if column in header]
        if len(given) > 1:
            wrong("column", given[1], f"must not come beside {given[0]}", "remove one")
        elif not given and not pair[0].startswith("server"):
            wrong("header", shown, f"must name {' or '.join(pair)}", "add the column")
    if "bytes" not in header:
        wrong("header", shown, "must name bytes", "add the column")
    if problems:
        raise InputError(*(problem for error in problems for problem in error.problems))


def _columns(reader: Iterator[list[str]], header: list[str], name: str) -> Table:
    numbers: dict[str, list[NDArray[np.float64]]] = {c: [] for c in header if c in _NUMBERS}
    codes: dict[str, list[NDArray[np.int64]]] = {c: [] for c in header if c in _TEXTS}
    names: dict[str, dict[str, int]] = {column: {} for column in codes}
    lines: list[NDArray[np.int64]] = []
    rows = 0
    for chunk, at in _chunks(reader, len(header), name):
        rows += len(chunk)
        if rows > MOST_ROWS:
            rule, remedy = f"must be at most {MOST_ROWS:,}", "cut it into smaller files"
            raise refusal(name, int(at[-1]), "rows", rows, rule, remedy)
        for column, cells in zip(header, zip(*chunk, strict=True), strict=True):
            if column in numbers:
                numbers[column].append(_numbers(cells, column, at, name))
            else:
                codes[column].append(_codes(cells, column, names[column], at, name))
        lines.append(at)
    if not lines:
        raise refusal(name, None, "rows", 0, "must be at least two captures", "give a log")
    return Table(
        name=name,
        numbers={column: np.concatenate(parts) for column, parts in numbers.items()},
        codes={column: np.concatenate(parts) for column, parts in codes.items()},
        names={column: tuple(found) for column, found in names.items()},
        lines=np.concatenate(lines),
    )


def _chunks(
    reader: Iterator[list[str]], width: int, name: str
) -> Iterator[tuple[list[list[str]], NDArray[np.int64]]]:
    """Yield rows that are not blank, all of the header's width, with their lines."""
    begin = 1
    while chunk := list(islice(reader, _CHUNK)):
        end: int = reader.line_num  # type: ignore[attr-defined] # what csv.reader returns has it
        lines = np.arange(begin, end) + 1
        if len(lines) != len(chunk):
            rule = "must stand on one line each"
            value = f"{len(chunk)} on {len(lines)} lines"
            raise refusal(name, begin + 1, "rows", value, rule, "mend the quotes")
        begin = end
        if not all(chunk):
            lines = lines[[bool(row) for row in chunk]]
            chunk = [row for row in chunk if row]
        if set(map(len, chunk)) - {width}:
            at = next(k for k, row in enumerate(chunk) if len(row) != width)
            rule = f"must be {width}, as the header has"
            raise refusal(name, int(lines[at]), "fields", len(chunk[at]), rule, "correct the line")
        if chunk:
            yield chunk, lines


def _numbers(
    cells: tuple[str, ...], column: str, lines: NDArray[np.int64], name: str
) -> NDArray[np.float64]:
    allowed = _NUMBERS[column]
    found = _parsed(cells)
    fine = (found >= 0) & (found <= allowed.most)
    if allowed.whole:
        fine &= found == np.floor(found)
    if allowed.blank:
        fine |= np.fromiter((not cell.strip() for cell in cells), dtype=np.bool_)
    if not fine.all():
        row = int(np.argmin(fine))
        kind = "a whole number" if allowed.whole else "a number"
        rule = f"must be {kind} from 0 to {allowed.most:g}"
        value = cells[row].strip() or "(empty)"
        raise refusal(name, int(lines[row]), column, value, rule, "correct the line")
    return found


def _parsed(cells: tuple[str, ...]) -> NDArray[np.float64]:
    """Return the cells' numbers, NaN for what is none; fast where all are numbers."""
    number: Callable[[str], float] = _number if "_" in "".join(cells) else float
    try:
        return np.fromiter(map(number, cells), dtype=np.float64, count=len(cells))
    except ValueError:
        return np.fromiter(map(_number, cells), dtype=np.float64, count=len(cells))


def _number(cell: str) -> float:
    """Return a cell's number, NaN for what is none."""
    try:
        return float(cell) if "_" not in cell else np.nan
    except ValueError:
        return np.nan


def _codes(
    cells: tuple[str, ...], column: str, names: dict[str, int], lines: NDArray[np.int64], name: str
) -> NDArray[np.int64]:
    codes: dict[str, int] = {}
    for written in dict.fromkeys(cells):
        cell = written.strip()
        if not _NAME.fullmatch(cell):
            line = int(lines[cells.index(written)])
            rule = "must be 1 to 60 of the characters A-Z a-z 0-9 _ . : / -"
            raise refusal(name, line, column, cell or "(empty)", rule, "give a number or a name")
        codes[written] = names.setdefault(cell, len(names))
        if len(names) > _MOST_NAMES:
            line = int(lines[cells.index(written)])
            rule = f"must be one of at most {_MOST_NAMES:,} names"
            raise refusal(name, line, column, cell, rule, "cut the file into smaller ones")
    return np.fromiter(map(codes.__getitem__, cells), dtype=np.int64, count=len(cells))

"""Columns of a table found by the names in its header, whatever their order.

Lines are taken 4 MiB at a time, and numbers become arrays at once: text alone is kept as text.
Lines without quotes that have as many cells as the header are split together, which is most of what
reading a long table costs.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from traces.formats.header import Header, find_header
from traces.formats.interface import refuse
from traces.formats.rows import check_width

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError

__all__ = ["NamedColumns"]

_NOTHING = frozenset({"", "-", "null", "none", "nan", "n/a", "na", "2147483647", "2147483647.0"})
"""What loggers write where they know nothing; the number is Android's."""

_ANDROID_NOTHING: Final = 2147483647
_BLOCK_BYTES = 2**22
_LF = ord("\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedColumns:
    """Some columns of a table.

    Attributes:
        name: The file as the user named it.
        values: Column -> its numbers, NaN where the logger knew nothing.
        cells: Column -> its cell in each row, less blanks around it, where the first is no number.
        lines: [rows] line number of each row, from 1.
    """

    name: str
    values: dict[str, NDArray[np.float64]]
    cells: dict[str, list[str]]
    lines: NDArray[np.int64]

    @classmethod
    def of(
        cls, data: bytes, name: str, wanted: Sequence[str], header: Header | None = None
    ) -> NamedColumns:
        r"""Return columns of a file.

        Args:
            data: The file's content, with a header. Blank lines are left out.
            name: The file as the user named it.
            wanted: The columns, at least one.
            header: Which line names them and what separates cells; found if left out.

        Raises:
            InputError: With the line, for a missing column, rows of another width, no rows, and
                in a column that begins with a number for anything but finite numbers and what
                loggers write for none: ``-``, ``null``, 2147483647.

        Example:
            >>> table = NamedColumns.of(b"a,b,c\r\n1,x,3\r\n", "x", ("b", "a"))
            >>> table.cells, table.numbers("a")
            ({'b': ['x']}, array([1.]))
        """
        check_width(data, name)
        header = header or find_header(data) or _first_line(data)
        for column in wanted:
            if column not in header.cells:
                value, rule = ",".join(header.cells) or "(blank)", f"must name a column {column!r}"
                remedy = "name the file's `format`"
                raise refuse(name, header.line, "header", value, rule=rule, remedy=remedy)
        places = {column: header.cells.index(column) for column in wanted}
        parts: dict[str, list[NDArray[np.float64]]] = {}
        cells: dict[str, list[str]] = {}
        lines: list[NDArray[np.int64]] = []
        above = header.body_line
        for block in _blocks(data, header.body_at):
            columns, at, tall = _columns(block, above + 1, name, header, places)
            above += tall
            if not len(at):
                continue
            lines.append(at)
            suspicious = b"_" in block  # Python would read 1_000 as a number
            for column, found in columns.items():
                if column not in cells and column not in parts:
                    text = _number(_shown(found[0]), header) is None
                    _ = cells.setdefault(column, []) if text else parts.setdefault(column, [])
                if column in cells:
                    cells[column] += map(_shown, found)
                    continue
                values = None if suspicious else _plain(found)
                if values is None:
                    values = _numbers(found, at, name, column, header)
                parts[column].append(values)
        if not lines:
            rule, remedy = "must have at least one", "give a trace that is not empty"
            raise refuse(name, None, "rows", "none below the header", rule=rule, remedy=remedy)
        numbers = {column: np.concatenate(found) for column, found in parts.items()}
        return cls(name=name, values=numbers, cells=cells, lines=np.concatenate(lines))

    def line(self, row: int) -> int:
        """Return the line of a row."""
        return int(self.lines[row])

    def refuse(self, row: int, column: str, rule: str) -> InputError:
        """Return the error for a cell."""
        value = f"{self.values[column][row]:.12g}" if column in self.values else ""
        shown = value if column in self.values else self.cells[column][row] or "(empty)"
        return refuse(
            self.name,
            self.line(row),
            column,
            "no number" if shown == "nan" else shown,
            rule=rule,
            remedy="correct or remove the line",
        )

    def texts(self, column: str, rule: str) -> list[str]:
        """Return a column of text.

        Args:
            column: The column.
            rule: What its cells must be, for the message where the first is a number.

        Raises:
            InputError: If it begins with a number.
        """
        if column in self.values:
            raise self.refuse(0, column, rule)
        return self.cells[column]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where the logger knew nothing.

        Raises:
            InputError: With the line, if its first cell is no number.
        """
        if column in self.cells:
            raise self.refuse(0, column, _MUST)
        return self.values[column]


_MUST = "must be a finite number, or - for none"


def _blocks(data: bytes, at: int) -> Iterator[bytes]:
    """Yield whole lines, some MiB at a time."""
    while at < len(data):
        end = data.rfind(b"\n", at, at + _BLOCK_BYTES) + 1
        end = end or data.find(b"\n", at) + 1 or len(data)
        yield data[at:end]
        at = end


def _columns(
    block: bytes, first: int, name: str, header: Header, places: dict[str, int]
) -> tuple[dict[str, list[bytes]], NDArray[np.int64], int]:
    """Return cells of lines that are not blank, which lines those are, and how many there are."""
    width, mark = len(header.cells), header.separator
    if mark is not None and b'"' not in block:
        sep = mark.encode()
        text = block.replace(b"\r\n", b"\n").removesuffix(b"\n")
        raw = np.frombuffer(text, dtype=np.uint8)
        ends = np.append(np.flatnonzero(raw == _LF), len(raw))
        marks = np.searchsorted(np.flatnonzero(raw == ord(mark)), ends)
        if (np.diff(marks, prepend=0) == width - 1).all():
            fields = text.replace(b"\n", sep).split(sep)
            found = {column: fields[k::width] for column, k in places.items()}
            return found, np.arange(first, first + len(ends)), len(ends)
    rows, at = [], []
    k = first - 1
    for k, raw_line in enumerate(io.BytesIO(block), start=first):
        line = raw_line.decode("utf-8", "replace").strip("\r\n")
        try:
            row = line.split() if mark is None else next(csv.reader([line], delimiter=mark), [])
        except csv.Error as error:
            rule, remedy = "makes this no CSV", "correct or remove the line"
            raise refuse(name, k, "line", error, rule=rule, remedy=remedy) from None
        if len(row) == width:
            rows.append(row)
            at.append(k)
        elif line.strip():
            rule, remedy = f"must be {width}, as in the header", "correct or remove the line"
            raise refuse(name, k, "columns", len(row), rule=rule, remedy=remedy)
    found = {column: [row[j].strip('"').encode() for row in rows] for column, j in places.items()}
    return found, np.array(at, dtype=np.int64), k - first + 1


def _shown(cell: bytes) -> str:
    return cell.decode("utf-8", "replace").strip()


def _plain(found: list[bytes]) -> NDArray[np.float64] | None:
    """Return cells as numbers if Python reads them all as such, else None."""
    try:
        values = np.fromiter(map(float, found), dtype=np.float64, count=len(found))
    except ValueError:
        return None
    values[values == _ANDROID_NOTHING] = np.nan
    return None if np.isinf(values).any() else values


def _numbers(
    found: list[bytes], at: NDArray[np.int64], name: str, column: str, header: Header
) -> NDArray[np.float64]:
    """Return cells as numbers, NaN for what stands for none."""
    text = b"\n".join(found)
    if header.separator != "," and b"_" not in text:
        # A cell with a point and a comma, or with two commas, is no number either way.
        values = _plain(text.replace(b",", b".").split(b"\n"))
        if values is not None:
            return values
    parsed = [_number(_shown(cell), header) for cell in found]
    if None in parsed:
        k = parsed.index(None)
        remedy = "correct or remove the line"
        shown = _shown(found[k]) or "(empty)"
        raise refuse(name, int(at[k]), column, shown, rule=_MUST, remedy=remedy)
    return np.array(parsed, dtype=np.float64)


def _number(cell: str, header: Header) -> float | None:
    """Return the number in a cell, NaN for what stands for none; None for anything else."""
    if cell.lower() in _NOTHING:
        return float("nan")
    if header.separator != "," and cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if abs(value) < float("inf") and "_" not in cell else None


def _first_line(data: bytes) -> Header:
    """Return the first line as a header, whatever it is: a message will show it."""
    first = data.removeprefix(b"\xef\xbb\xbf").split(b"\n", 1)[0]
    cells = tuple(cell.strip() for cell in first.decode("utf-8", "replace").split(","))
    at = data.find(b"\n") + 1 or len(data)
    return Header(cells=cells, line=1, separator=",", body_line=1, body_at=at)

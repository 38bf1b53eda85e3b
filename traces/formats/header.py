"""The line of a table that names its columns: where it is, and what separates them.

It may stand below comments (``#``, ``%``) or a spreadsheet's ``sep=;``, or be the last comment
itself, as NumPy writes it. Separators are semicolons, tabs, commas or blanks, in this order.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace

from traces.formats.column_names import column_name

__all__ = ["Header", "find_header"]

_HEAD_BYTES = 65536
_MOST_LINES = 200
_SEPARATORS = frozenset(";,|:")
_COMMENTS = ("#", "%", "//")
_LONGEST = 20_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """The names of a table's columns.

    Attributes:
        cells: [columns] names, less quotes and blanks around them.
        line: On which line they stand, from 1.
        separator: What separates the cells of a row; None for any blanks.
        body_line: The line before the first row.
        body_at: The byte at which the next line begins.
    """

    cells: tuple[str, ...]
    line: int
    separator: str | None
    body_line: int
    body_at: int

    def split(self, line: str) -> list[str]:
        """Return the cells of a line."""
        return _cells(line, self.separator)


def find_header(data: bytes) -> Header | None:
    r"""Return the header of a table, or None where the first line names no columns.

    Args:
        data: The file's content as UTF-8, or at least its first 64 KiB.

    Example:
        >>> find_header(b'# by me\n"t_s";"mbps"\n0;1,5\n').cells
        ('t_s', 'mbps')
        >>> find_header(b"0,1\n1,2\n")
    """
    at = len(b"\xef\xbb\xbf") if data.startswith(b"\xef\xbb\xbf") else 0
    separator: str | None = ""
    comment: Header | None = None
    for number, raw in enumerate(io.BytesIO(data[at:_HEAD_BYTES]), start=1):
        at += len(raw)
        line = raw.decode("utf-8", "replace").strip("\r\n")
        bare = line.strip().lower()
        if number > _MOST_LINES or len(line) > _LONGEST:
            return None
        if bare.startswith("sep=") and bare[4:] in _SEPARATORS:
            separator = bare[4:]
        elif bare.startswith(_COMMENTS):
            comment = _header(line.strip().lstrip("#%/ "), number, at, separator)
        elif bare:
            found = _header(line, number, at, separator)
            if found is None and comment is not None:
                mark = _separator(line, separator)
                if len(_cells(line, mark)) == len(comment.cells):
                    before = at - len(raw)
                    found = replace(comment, separator=mark, body_line=number - 1, body_at=before)
            return found
    return None


def _separator(line: str, given: str | None) -> str | None:
    if given != "":
        return given
    return next((mark for mark in ";\t," if mark in line), None)


def _header(line: str, number: int, at: int, separator: str | None) -> Header | None:
    """Return a line as a header, or None where it names no columns."""
    separator = _separator(line, separator)
    cells = _cells(line, separator)
    named = [cell for cell in cells if cell and not _is_number(cell)]
    if len(cells) < 2 or 2 * len(named) < len(cells):  # noqa: PLR2004  # a time and a rate
        return None
    if separator is None and all(column_name(cell).role == "other" for cell in cells):
        return None  # a sentence
    return Header(
        cells=tuple(cells), line=number, separator=separator, body_line=number, body_at=at
    )


def _cells(line: str, separator: str | None) -> list[str]:
    if separator is None:
        return [cell.strip('"') for cell in line.split()]
    try:
        row = next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])
    except csv.Error:
        return []
    return [cell.strip() for cell in row]


def _is_number(cell: str) -> bool:
    try:
        float(cell.replace(",", "."))
    except ValueError:
        return False
    return True

"""Columns of a CSV file found by the names in its header, whatever their order."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from itertools import islice
from operator import itemgetter
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import refuse
from traces.formats.rows import check_width

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError

__all__ = ["NamedColumns"]

_NOTHING = frozenset({"", "-", "null", "none", "nan", "n/a", "2147483647", "2147483647.0"})
"""What loggers write where they know nothing; the number is Android's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedColumns:
    """Some columns of a table, as text.

    Attributes:
        name: The file as the user named it.
        cells: Column -> its cell in each row, less blanks around it.
        lines: [rows] line number of each row, from 1.
    """

    name: str
    cells: dict[str, list[str]]
    lines: NDArray[np.int64]

    @classmethod
    def of(cls, data: bytes, name: str, wanted: tuple[str, ...]) -> NamedColumns:
        r"""Return two or more columns of a file.

        Args:
            data: The file's content, with a header. Blank lines are left out.
            name: The file as the user named it.
            wanted: The columns.

        Raises:
            InputError: With the line, for a missing column, rows of another width, no rows.

        Example:
            >>> NamedColumns.of(b"a,b,c\r\n1,2,3\r\n", "x", ("c", "a")).cells
            {'c': ['3'], 'a': ['1']}
        """
        check_width(data, name)
        text = data.decode("utf-8-sig", "replace")
        reader = csv.reader(io.StringIO(text, newline=""))
        try:
            header = [cell.strip() for cell in next(reader, [])]
            for column in wanted:
                if column not in header:
                    value, rule = ",".join(header) or "(blank)", f"must name a column {column!r}"
                    raise refuse(
                        name, 1, "header", value, rule=rule, remedy="name the file's `format`"
                    )
            pick = itemgetter(*(header.index(column) for column in wanted))
            rows: list[tuple[str, ...]] = []
            lines: list[int] = []
            for row in reader:
                if len(row) == len(header):
                    rows.append(pick(row))
                    lines.append(reader.line_num)
                elif row:
                    rule = f"must be {len(header)}, as in the header"
                    remedy = "correct or remove the line"
                    raise refuse(
                        name, reader.line_num, "columns", len(row), rule=rule, remedy=remedy
                    )
        except csv.Error as error:
            rule, remedy = "makes this no CSV", "correct or remove the line"
            raise refuse(name, reader.line_num, "line", error, rule=rule, remedy=remedy) from None
        if not rows:
            rule, remedy = "must have at least one", "give a trace that is not empty"
            raise refuse(name, None, "rows", "none below the header", rule=rule, remedy=remedy)
        cells = {
            column: [cell.strip() for cell in found]
            for column, found in zip(wanted, zip(*rows, strict=True), strict=True)
        }
        return cls(name=name, cells=cells, lines=np.array(lines))

    def line(self, row: int) -> int:
        """Return the line of a row."""
        return int(self.lines[row])

    def refuse(self, row: int, column: str, rule: str) -> InputError:
        """Return the error for a cell."""
        return refuse(
            self.name,
            self.line(row),
            column,
            self.cells[column][row] or "(empty)",
            rule=rule,
            remedy="correct or remove the line",
        )

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where the logger knew nothing.

        Cells such as ``-``, ``null`` and 2147483647 stand for that.

        Raises:
            InputError: With the line, for anything else that is no finite number.
        """
        return np.fromiter(self._parsed(column), dtype=np.float64, count=len(self.lines))

    def _parsed(self, column: str) -> Iterator[float]:
        for row, cell in enumerate(self.cells[column]):
            try:
                value = float(cell)
            except ValueError:
                value = np.inf
            if cell.lower() in _NOTHING:
                value = np.nan
            elif not abs(value) < np.inf or "_" in cell:
                raise self.refuse(row, column, "must be a finite number, or - for none")
            yield value

    def some(self, column: str, limit: int) -> list[str]:
        """Return the first distinct cells of a column, to show a user what there is."""
        return list(islice(dict.fromkeys(self.cells[column]), limit))

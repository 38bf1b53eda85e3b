"""Reader for the rows of a CSV with named columns; every fault is told with its line."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import read_bounded

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MOST_ROWS", "read_rows", "refuse_row"]

_LARGEST_BYTES = 128 * 2**20
MOST_ROWS = 2_000_000
"""Most rows of a table below its header."""


def read_rows(
    path: Path,
    what: str,
    *,
    needed: tuple[str, ...],
    one_of: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Iterator[tuple[int, dict[str, str]]]:
    r"""Yield the line number and the cells of each row that is not blank.

    Args:
        path: A file of at most 128 MiB.
        what: What its rows are to the user ("customers").
        needed: Columns that the header must name, in any order.
        one_of: Columns of which it must name exactly one.
        optional: Columns that it may name besides.

    Raises:
        InputError: For a file that cannot be read, a wrong header, a row of another width, no
            rows, and more than `MOST_ROWS`.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "a.csv"
        ...     _ = file.write_text("b, a\n1, 2\n\n3, 4\n")
        ...     list(read_rows(file, "things", needed=("a",), optional=("b",)))
        [(2, {'b': '1', 'a': '2'}), (4, {'b': '3', 'a': '4'})]
    """
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what=what)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        rule = "must be UTF-8"
        raise refuse_row(path, line, "text", "a byte", rule, "save it as UTF-8") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip() for name in next(rows, [])]
        _check_header(path, header, needed, one_of, optional)
        count = 0
        for row in rows:
            if not row:
                continue
            count += 1
            _check_row(path, rows.line_num, len(row), len(header), count)
            yield rows.line_num, dict(zip(header, map(str.strip, row), strict=True))
    except csv.Error as error:
        rule = f"is no CSV ({error})"
        raise refuse_row(path, rows.line_num, "row", "a line", rule, "correct the line") from error
    if not count:
        raise refuse_row(path, 1, "rows", 0, "must be at least 1", f"give some {what}")


def refuse_row(
    path: Path, line: int, what: str, value: object, rule: str, remedy: str
) -> InputError:
    """Return the refusal of something in a line; of an empty value as such."""
    where, shown = f"{path}:{line}", "(empty)" if value == "" else value
    return InputError(Problem(where=where, what=what, value=shown, rule=rule, remedy=remedy))


def _check_header(
    path: Path,
    header: list[str],
    needed: tuple[str, ...],
    one_of: tuple[str, ...],
    optional: tuple[str, ...],
) -> None:
    known = needed + one_of + optional
    for name in header:
        if name not in known:
            remedy = did_you_mean(name, known)
            raise refuse_row(path, 1, "column", name, "means nothing here", remedy)
        if header.count(name) > 1:
            raise refuse_row(path, 1, "column", name, "must come once", "remove one")
    chosen = sum(name in header for name in one_of)
    if not set(needed) <= set(header) or (one_of and chosen != 1):
        shown = ",".join(header) or "(blank)"
        rule = f"must name {' and '.join(needed)}"
        if one_of:
            rule += f" and one of {' and '.join(one_of)}"
        remedy = f"write {','.join(needed + one_of[:1])}"
        raise refuse_row(path, 1, "header", shown, rule, remedy)


def _check_row(path: Path, line: int, width: int, expected: int, count: int) -> None:
    if width != expected:
        rule = f"must be {expected}, as the header has"
        raise refuse_row(path, line, "fields", width, rule, "correct the line")
    if count > MOST_ROWS:
        rule = f"must be at most {MOST_ROWS}"
        raise refuse_row(path, line, "rows", count, rule, "cut it into smaller files")

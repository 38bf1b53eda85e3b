"""Lines of numbers, read fast and in bounded memory, with the line of whatever is wrong."""

from __future__ import annotations

import io
from dataclasses import dataclass
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import refuse

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Rows", "check_width", "numbers"]

_BOM = b"\xef\xbb\xbf"
_CHUNK = 100_000
_WIDEST = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """The numbers of a file.

    Attributes:
        values: [rows, columns] finite float64.
        lines: [rows] line number of each row, from 1.
    """

    values: NDArray[np.float64]
    lines: NDArray[np.int64]


def check_width(data: bytes, name: str) -> None:
    """Refuse lines so long that their fields alone would fill the memory.

    Raises:
        InputError: With the first line of more than 64 KiB.
    """
    if len(data) <= _WIDEST:
        return
    ends = np.flatnonzero(np.frombuffer(data, dtype=np.uint8) == ord("\n"))
    widths = np.diff(ends, prepend=-1, append=len(data))
    if widths.max() > _WIDEST:
        raise refuse(
            name,
            int(widths.argmax()) + 1,
            "line",
            f"{widths.max()} bytes",
            rule=f"must be at most {_WIDEST} bytes",
            remedy="give a trace with a line a sample, or name the file's `format`",
        )


def numbers(
    data: bytes, name: str, *, columns: tuple[int, ...], comma: bool = False, header: int = 0
) -> Rows:
    r"""Return the numbers of a text whose lines all have as many columns.

    Args:
        data: The file's content: LF or CRLF, with or without a byte-order mark or a last newline.
        name: The file as the user named it.
        columns: The numbers of columns allowed.
        comma: Whether commas separate them; otherwise blanks and tabs do.
        header: Lines to leave out at the top. Blank lines are left out everywhere.

    Raises:
        InputError: With the line, for anything but finite numbers in as many columns.

    Example:
        >>> numbers(b"0 1\r\n\r\n1.5 2", "x", columns=(2,)).values.tolist()
        [[0.0, 1.0], [1.5, 2.0]]
    """
    check_width(data, name)
    data = data.removeprefix(_BOM)
    stream = io.BytesIO(data)
    list(islice(stream, header))
    suspicious = data.find(b"_", stream.tell()) >= 0  # Python would read 1_000 as a number
    line = header + 1
    parts: list[NDArray[np.float64]] = []
    places: list[NDArray[np.int64]] = []
    while chunk := list(islice(stream, _CHUNK)):
        if comma and not suspicious and (table := _regular(chunk, columns)) is not None:
            parts.append(table)
            places.append(np.arange(line, line + len(chunk)))
            columns = (table.shape[1],)
            line += len(chunk)
            continue
        rows, at = _split(chunk, comma=comma)
        at += line
        line += len(chunk)
        if not rows:
            continue
        if not parts and len(rows[0]) in columns:
            columns = (len(rows[0]),)
        if len(columns) > 1 or set(map(len, rows)) != set(columns):
            raise _wrong_width(rows, at, name, columns)
        try:
            flat = np.fromiter(map(float, chain.from_iterable(rows)), dtype=np.float64)
        except ValueError:
            raise _not_a_number(rows, at, name) from None
        if not np.isfinite(flat).all() or (suspicious and any(b"_" in x for r in rows for x in r)):
            raise _not_a_number(rows, at, name)
        parts.append(flat.reshape(len(rows), -1))
        places.append(at)
    if not parts:
        raise refuse(
            name,
            None,
            "content",
            "no numbers",
            rule="must have at least one line of numbers",
            remedy="give a trace that is not empty",
        )
    return Rows(values=np.concatenate(parts), lines=np.concatenate(places))


def _regular(chunk: list[bytes], columns: tuple[int, ...]) -> NDArray[np.float64] | None:
    """Return the numbers of lines with commas at once if nothing is wrong with any, else None."""
    text = b"".join(chunk)
    bytes_ = np.frombuffer(text, dtype=np.uint8)
    ends = np.flatnonzero(bytes_ == ord("\n"))
    if not text.endswith(b"\n"):
        ends = np.append(ends, len(text))
    commas = np.diff(np.searchsorted(np.flatnonzero(bytes_ == ord(",")), ends), prepend=0)
    width = int(commas[0]) + 1
    if width not in columns or (commas != commas[0]).any():
        return None
    fields = text.removesuffix(b"\n").replace(b"\n", b",").split(b",")
    try:
        flat = np.fromiter(map(float, fields), dtype=np.float64, count=len(fields))
    except ValueError:
        return None
    return flat.reshape(len(chunk), width) if np.isfinite(flat).all() else None


def _split(chunk: list[bytes], *, comma: bool) -> tuple[list[list[bytes]], NDArray[np.int64]]:
    """Return the fields of lines that are not blank, and which lines those are."""
    rows = [line.split(b",") for line in chunk] if comma else [line.split() for line in chunk]
    if comma and any(len(row) == 1 for row in rows):
        rows = [row if len(row) > 1 or row[0].strip() else [] for row in rows]
    if all(rows):
        return rows, np.arange(len(rows))
    return [row for row in rows if row], np.flatnonzero([bool(row) for row in rows])


def _wrong_width(
    rows: list[list[bytes]], at: NDArray[np.int64], name: str, columns: tuple[int, ...]
) -> Exception:
    row, line = next((r, k) for r, k in zip(rows, at, strict=True) if len(r) not in columns)
    return refuse(
        name,
        int(line),
        "columns",
        len(row),
        rule=f"must be {' or '.join(map(str, columns))}, the same on every line",
        remedy="correct the line, or name the file's `format`",
    )


def _not_a_number(rows: list[list[bytes]], at: NDArray[np.int64], name: str) -> Exception:
    for row, line in zip(rows, at, strict=True):
        for k, field in enumerate(row, start=1):
            if not _is_number(field):
                return refuse(
                    name,
                    int(line),
                    f"column {k}",
                    field.decode("utf-8", "replace").strip() or "(empty)",
                    rule="must be a finite number",
                    remedy="correct or remove the line",
                )
    raise AssertionError  # pragma: no cover  # called only where one field is wrong


def _is_number(field: bytes) -> bool:
    try:
        return bool(np.isfinite(float(field))) and b"_" not in field
    except ValueError:
        return False

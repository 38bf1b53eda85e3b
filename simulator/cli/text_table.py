"""Rows of text in aligned columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.terminal import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["text_table"]


def text_table(rows: Sequence[Sequence[str]], *, left: int = 1, indent: str = "") -> str:
    """Return rows as lines of columns.

    Args:
        rows: The first is the heading.
        left: How many columns are aligned to the left; the others to the right.
        indent: Begins each line.

    Example:
        >>> print(text_table([["unit", "bytes"], ["unit-1", "200"], ["device", "0"]]))
        unit    bytes
        unit-1    200
        device      0
    """
    cleaned = [[clean_line(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cleaned, strict=True)]
    lines = []
    for row in cleaned:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"{indent}{'  '.join(cells)}".rstrip())
    return "\n".join(lines)

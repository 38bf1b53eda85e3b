"""Rows of text in aligned columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append(f"{indent}{'  '.join(cells)}".rstrip())
    return "\n".join(lines)

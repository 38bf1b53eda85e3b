"""Markdown as the model card is written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["table"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table.

    Example:
        >>> table(["unit", "bytes"], [["unit-1", "60"]])
        ['| unit | bytes |', '| --- | --- |', '| unit-1 | 60 |']
    """
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]

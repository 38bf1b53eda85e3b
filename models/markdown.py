"""Markdown of the model card: tables and intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["ends", "table"]


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """Return the lines of a table.

    Example:
        >>> table(["unit", "bytes"], [["unit-1", "60"]])
        ['| unit | bytes |', '| --- | --- |', '| unit-1 | 60 |']
    """
    lines = [head, ["---"] * len(head), *rows]
    return ["| " + " | ".join(cells) + " |" for cells in lines]


def ends(found: Mapping[str, float | None], form: str) -> str:
    """Return an interval; an end that is None was never reached.

    Example:
        >>> ends({"mean": 5.0, "low": 1.26, "high": None}, ".1f")
        '[1.3, never]'
    """
    shown = [found["low"], found["high"]]
    return "[{}, {}]".format(*("never" if end is None else format(end, form) for end in shown))

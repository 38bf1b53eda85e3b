"""Doubts about the inputs of many runs, said once where they are about several traces."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["merged"]

_ABOUT = re.compile(r"(\S+) ((?:measures|has) .+)", re.DOTALL)
_MOST_NAMED = 2


def merged(warnings: Iterable[str]) -> list[str]:
    """Return warnings with those that differ only in whom they are about made one.

    Example:
        >>> merged(["a/1 has gaps", "b/1 measures a downlink", "a/2 has gaps"])
        ['Each of a/1 and a/2 has gaps', 'b/1 measures a downlink']
        >>> merged([f"a/{k} has gaps" for k in range(1, 11)])
        ['Each of a/1, a/2 and 8 more has gaps']
    """
    about: dict[str, list[str]] = {}
    for warning in warnings:
        found = _ABOUT.fullmatch(warning)
        names = about.setdefault(found[2] if found else warning, [])
        if found and found[1] not in names:
            names.append(found[1])
    return [f"{_all(names)} {rest}" if names else rest for rest, names in about.items()]


def _all(names: list[str]) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) > _MOST_NAMED + 1:
        names = [*names[:_MOST_NAMED], f"{len(names) - _MOST_NAMED} more"]
    return f"Each of {', '.join(names[:-1])} and {names[-1]}"

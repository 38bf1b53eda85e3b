"""Names as plots and tables show them, and the order of units."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["ladder", "short", "slug"]

_LONGEST: Final = 30


def short(names: Iterable[str]) -> dict[str, str]:
    """Return a printable label for every name, no two alike; of a long one its end is kept.

    Example:
        >>> short(["fixed", "../policies/of/mine/my_policy.py:MyPolicy"]).values()
        dict_values(['fixed', 'my_policy.py:MyPolicy'])
        >>> short(["doors: fixed, gates: mpc", "doors: deadline, gates: mpc"]).values()
        dict_values(['doors: fixed', 'doors: deadline'])
    """
    labels: dict[str, str] = {}
    wanted = list(dict.fromkeys(names))
    for name, telling in zip(wanted, _telling(wanted), strict=True):
        label = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in telling)
        label = re.sub(r"\S*/(?=[^/\s]+\.py:)", "", label).strip()
        if len(label) > _LONGEST:
            label = "…" + label[1 - _LONGEST :]
        unique, count = label, 2
        while unique in labels.values():
            unique, count = f"{label} ({count})", count + 1
        labels[name] = unique
    return labels


def _telling(names: Sequence[str]) -> list[str]:
    """Return names of several parts without the parts that all of them share."""
    parts = [name.split(", ") for name in names]
    shared = set.intersection(*map(set, parts)) if parts else set()
    cut = [", ".join(part for part in own if part not in shared) for own in parts]
    return cut if len(names) > 1 and all(cut) and len(set(cut)) == len(cut) else list(names)


def slug(text: str) -> str:
    """Return a name fit for a file and an HTML anchor.

    Example:
        >>> slug("network.uplink.0.load=0.25")
        'network-uplink-0-load-0-25'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:48]


def ladder(ladders: Iterable[Sequence[str]]) -> list[str]:
    """Return the units of several ladders as one, each kept in its order.

    Example:
        >>> ladder([["device", "unit-1", "unit-3"], ["unit-1", "unit-2", "unit-3"]])
        ['device', 'unit-1', 'unit-2', 'unit-3']
    """
    merged: list[str] = []
    for units in ladders:
        place = 0
        for unit in units:
            if unit not in merged:
                merged.insert(place, unit)
            place = merged.index(unit) + 1
    return merged

"""Things that were made once and are kept while they fit into so many bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable

__all__ = ["Shelf", "weight"]

_NUMBER_BYTES = 40
"""Of an integer or float in a list: the number, and the list's place for it."""


class Shelf:
    """Keeps what was used last; the last thing put there stays, however large it is.

    Args:
        most_bytes: Of all things together.

    Example:
        >>> shelf = Shelf(most_bytes=200)
        >>> for name in "ab":
        ...     shelf.put(name, [1, 2, 3])
        >>> shelf.get("a"), shelf.get("b")
        (None, [1, 2, 3])
    """

    def __init__(self, most_bytes: int) -> None:
        """Begin empty."""
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._things: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()

    @property
    def held_bytes(self) -> int:
        """What all things weigh together."""
        return self._held_bytes

    def get(self, key: Hashable) -> Any:  # noqa: ANN401 - whatever was put there
        """Return a thing, or None if it is not there."""
        if key not in self._things:
            return None
        self._things.move_to_end(key)
        return self._things[key][0]

    def put(self, key: Hashable, thing: object) -> None:
        """Keep a thing, and let go of those not used for longest until all fit."""
        _, before = self._things.pop(key, (None, 0))
        size = weight(thing)
        self._things[key] = (thing, size)
        self._held_bytes += size - before
        while self._held_bytes > self._most_bytes and len(self._things) > 1:
            _, (_, gone) = self._things.popitem(last=False)
            self._held_bytes -= gone


def weight(thing: object) -> int:
    """Return about how many bytes of memory a record of arrays, lists and records takes.

    Example:
        >>> weight(np.zeros(1000)), weight([1, 2]), weight(("a", {"b": np.zeros(10)}))
        (8000, 80, 160)
    """
    if isinstance(thing, np.ndarray):
        return thing.nbytes
    if is_dataclass(thing):
        return sum(weight(getattr(thing, field.name)) for field in fields(thing))
    if isinstance(thing, Mapping):
        return sum(weight(key) + weight(value) for key, value in thing.items())
    if isinstance(thing, list | tuple):
        if thing and isinstance(thing[0], int | float):
            return _NUMBER_BYTES * len(thing)
        return sum(map(weight, thing))
    return _NUMBER_BYTES

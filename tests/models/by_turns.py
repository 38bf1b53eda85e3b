"""A policy that takes every unit in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies import Observation


class ByTurns:
    """Sends frame after frame with the next unit."""

    def choose(self, seen: Observation) -> int:
        """Return the units one after the other."""
        return seen.frame % len(seen.units)

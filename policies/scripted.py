"""Replays a plan made beforehand: the choices of a bound, or a test's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.foreign import index_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import Observation

__all__ = ["Scripted"]


class Scripted:
    """Does with frame n what entry n of its plan says; frames beyond the plan are skipped.

    Frames that the camera drops are never asked about, and their entries are passed over. For an
    exact replay the stream's probing must be off.

    Args:
        plan: Indexes of units, or None to skip, one a frame.

    Example:
        >>> from policies.snapshot import Snapshot, UnitSnapshot
        >>> units = (UnitSnapshot(name="s", utility=0.7), UnitSnapshot(name="l", utility=0.9))
        >>> policy = Scripted(plan=[1, None])
        >>> [policy.choose(Snapshot(units=units, deadline_ns=1, frame=n)) for n in range(3)]
        [1, None, None]
    """

    def __init__(self, *, plan: Sequence[int | None]) -> None:
        """Keep a copy of the plan.

        Raises:
            ValueError: If an entry is neither None nor an integer >= 0.
        """
        found = [None if entry is None else index_of(entry) for entry in plan]
        for index, entry in zip(found, plan, strict=True):
            if entry is not None and (index is None or index < 0):
                raise ValueError(f"plan entry {entry!r} must be None or an integer >= 0")
        self._plan = tuple(found)

    def choose(self, seen: Observation) -> int | None:
        """Return what the plan says about this frame."""
        return self._plan[seen.frame] if seen.frame < len(self._plan) else None

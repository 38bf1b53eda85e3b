"""Orders of a ladder: from the best unit down, the middle one, the smallest that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import UnitForecast

__all__ = ["best_first", "middle", "smallest_sent"]


def best_first(units: Sequence[UnitForecast], interval_ns: int | None = None) -> tuple[int, ...]:
    """Return the indexes of all units, highest utility first, ties to fewer bytes.

    Args:
        units: The ladder.
        interval_ns: If given, a unit that keeps the device busy for longer than this, the time
            between captures, counts by what it yields per captured frame: the others are dropped
            meanwhile. Its utility is multiplied by interval / busy time.

    Example:
        >>> from policies.snapshot import UnitSnapshot
        >>> small = UnitSnapshot(name="s", utility=0.7, size_bytes=300, device_ns=10)
        >>> slow = UnitSnapshot(name="d", utility=0.9, device_ns=200, on_device=True)
        >>> best_first([small, slow]), best_first([small, slow], interval_ns=100)
        ((1, 0), (0, 1))
    """

    def worth(index: int) -> tuple[float, float]:
        unit = units[index]
        share = 1.0 if interval_ns is None else min(1.0, interval_ns / max(unit.device_ns, 1))
        return -unit.utility * share, unit.size_bytes

    return tuple(sorted(range(len(units)), key=worth))


def smallest_sent(units: Sequence[UnitForecast]) -> int | None:
    """Return the network unit with the fewest bytes; None if all units are on the device."""
    sent = [i for i, unit in enumerate(units) if not unit.on_device]
    return min(sent, key=lambda i: units[i].size_bytes, default=None)


def middle(units: Sequence[UnitForecast]) -> int:
    """Return the middle one of the network units by size, or of all if none is sent."""
    sent = [i for i, unit in enumerate(units) if not unit.on_device] or list(range(len(units)))
    return sorted(sent, key=lambda i: units[i].size_bytes)[len(sent) // 2]

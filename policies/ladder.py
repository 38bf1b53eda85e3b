"""Orders of a ladder: from the best unit down, the middle one, the smallest that is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import UnitForecast

__all__ = ["best_first", "middle", "smallest_sent", "worths"]


def best_first(units: Sequence[UnitForecast]) -> tuple[int, ...]:
    """Return the indexes of all units, highest utility first, ties to fewer bytes.

    Example:
        >>> from policies.snapshot import UnitSnapshot
        >>> small = UnitSnapshot(name="s", utility=0.7, size_bytes=300)
        >>> best_first([small, UnitSnapshot(name="l", utility=0.9, size_bytes=3000)])
        (1, 0)
    """
    return tuple(sorted(range(len(units)), key=lambda i: (-units[i].utility, units[i].size_bytes)))


def worths(units: Sequence[UnitForecast], interval_ns: int) -> tuple[tuple[float, int], ...]:
    """Return each unit's utility per captured frame and its index, the highest first.

    Args:
        units: The ladder.
        interval_ns: Time between captures. A unit that keeps the device busy for longer costs the
            frames that are dropped meanwhile: its utility is multiplied by interval / busy time.

    Example:
        >>> from policies.snapshot import UnitSnapshot
        >>> small = UnitSnapshot(name="s", utility=0.7, size_bytes=300, device_ns=10)
        >>> slow = UnitSnapshot(name="d", utility=0.9, device_ns=200, on_device=True)
        >>> worths([small, slow], interval_ns=100)
        ((0.7, 0), (0.45, 1))
    """

    def worth(index: int) -> float:
        unit = units[index]
        return unit.utility * min(1.0, interval_ns / max(unit.device_ns, 1))

    order = sorted(range(len(units)), key=lambda i: (-worth(i), units[i].size_bytes))
    return tuple((worth(i), i) for i in order)


def smallest_sent(units: Sequence[UnitForecast]) -> int | None:
    """Return the network unit with the fewest bytes; None if all units are on the device."""
    sent = [i for i, unit in enumerate(units) if not unit.on_device]
    return min(sent, key=lambda i: units[i].size_bytes, default=None)


def middle(units: Sequence[UnitForecast]) -> int:
    """Return the middle one of the network units by size, or of all if none is sent."""
    sent = [i for i, unit in enumerate(units) if not unit.on_device] or list(range(len(units)))
    return sorted(sent, key=lambda i: units[i].size_bytes)[len(sent) // 2]

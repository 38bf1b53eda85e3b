"""When a frame's result would be back, by design: the times that a policy adds up.

With r the estimated rate, f the instant at which what is unacknowledged will have crossed, h a
unit's device time, s its size and c its service time, a frame decided now takes

    T = max(h, f - now) + s / r + propagation there and back + server wait + c

and is feasible iff the frame's age and T stay within the budget. An on-device unit takes h.
"""

# ruff: noqa: FURB136, PLR1730 - this runs for every frame, and max() costs 80 ns more than `if`

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from policies.interface import Observation, Pending
    from policies.transfers import Transfers

__all__ = ["clear_ns", "first_feasible"]


def clear_ns(pending: Iterable[Pending], rate: float, exit_ns: int) -> float:
    """Return when the payloads under way will have crossed.

    Args:
        pending: Payloads in the order in which they were sent.
        rate: Bytes per nanosecond.
        exit_ns: When the last payload known to have crossed did.

    Example:
        >>> from policies.interface import Pending
        >>> two = [Pending(0, 1000, 0), Pending(1, 500, 9_000_000)]
        >>> clear_ns(two, 0.0005, exit_ns=1_000_000)  # 2 ms from 1 ms on; 1 ms from 9 ms on
        10000000.0
    """
    free_ns: float = exit_ns
    for _, size_bytes, sent_ns in pending:
        free_ns = (free_ns if free_ns > sent_ns else sent_ns) + size_bytes / rate
    return free_ns


def first_feasible(
    seen: Observation,
    order: Iterable[int],
    transfers: Transfers,
    *,
    rate: float,
    budget_ns: float,
) -> int | None:
    """Return the first unit in an order whose result would be back in time, or None.

    Args:
        seen: The observation.
        order: Indexes of units.
        transfers: Of this stream, read for this observation.
        rate: Bytes per nanosecond.
        budget_ns: How long after its capture the frame's result must be back.
    """
    units, loaded = seen.units, seen.loaded
    now_ns = seen.now_ns
    left_ns = budget_ns - (now_ns - seen.captured_ns)
    backlog_ns = clear_ns(transfers.pending, rate, transfers.exit_ns) - now_ns
    beyond_ns = seen.round_trip_ns + transfers.wait_ns
    for index in order:
        unit = units[index]
        total_ns: float = unit.device_ns
        if index != loaded and loaded is not None:
            total_ns += unit.switch_ns
        if not unit.on_device:
            if total_ns < backlog_ns:
                total_ns = backlog_ns
            total_ns += unit.size_bytes / rate + beyond_ns + unit.server_ns
        if total_ns <= left_ns:
            return index
    return None

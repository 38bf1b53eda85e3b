"""What a frame can be expected to score with a unit: utility times the odds of being in time.

A payload of s bytes with t left for its transfer needs the rate s / t. Capacity varies within the
time of a frame, so an estimate r of its mean is no bound. It is taken as the median of a
log-logistic distribution (Fisk, Econometrica 1961), whose tails cost no logarithm:

    P(rate >= s / t) = 1 / (1 + (s / (t r)) ^ steepness)
"""

# ruff: noqa: PLR1730 - this runs for every frame, and max() costs 80 ns more than `if`

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.feasibility import clear_ns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import Observation
    from policies.transfers import Transfers

__all__ = ["best_expected"]


def best_expected(
    seen: Observation,
    worths: Sequence[tuple[float, int]],
    transfers: Transfers,
    *,
    rate: float,
    budget_ns: float,
    steepness: float,
) -> tuple[int | None, float]:
    """Return the unit with the highest expected score, and that score.

    Args:
        seen: The observation.
        worths: Utility and index of each unit, the highest utility first.
        transfers: Of this stream, read for this observation.
        rate: Median of the rate, bytes per nanosecond.
        budget_ns: How long after its capture the frame's result must be back.
        steepness: Of the distribution; the larger, the more certain the rate is.

    Returns:
        (None, 0.0) if no unit can be in time at any rate.
    """
    units, loaded = seen.units, seen.loaded
    left_ns = budget_ns - (seen.now_ns - seen.captured_ns)
    backlog_ns = clear_ns(transfers.pending, rate, transfers.exit_ns) - seen.now_ns
    beyond_ns = seen.round_trip_ns + transfers.wait_ns
    best, most = None, 0.0
    for worth, index in worths:
        if worth <= most:
            break  # not even if it were certain
        unit = units[index]
        begin_ns: float = unit.device_ns
        if index != loaded and loaded is not None:
            begin_ns += unit.switch_ns
        if unit.on_device:
            expected = worth if begin_ns <= left_ns else 0.0
        else:
            if begin_ns < backlog_ns:
                begin_ns = backlog_ns
            spare_ns = left_ns - begin_ns - beyond_ns - unit.server_ns
            if spare_ns <= 0:
                continue
            expected = worth / (1 + (unit.size_bytes / (spare_ns * rate)) ** steepness)
        if expected > most:
            best, most = index, expected
    return best, most

"""The unit with the highest expected score, given the odds of its result being back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.ladder import smallest_sent, worths
from policies.odds import best_expected
from policies.rates import DecayingRate
from policies.transfers import Transfers

if TYPE_CHECKING:
    from policies.interface import Observation

__all__ = ["Deadline"]

_PROBE_NS = 1_000_000_000
_LONGEST_PROBE_NS = 16_000_000_000
_RETRY_NS = 500_000_000


class Deadline:
    """Sends the unit with the highest utility x P(back within the deadline).

    The rate is a mean over past transfers weighted by size and age, capped by what the payload
    now on the link shows: if its answer is overdue, the link is slower than it was. How likely a
    payload is to make it falls with the rate that it needs (`policies.odds`), so a larger unit is
    taken only where what it scores more is worth its risk. Where hardly anything can be expected,
    frames are skipped, so that the backlog drains, but for the smallest unit twice a second. A
    unit that keeps the device busy over several captures counts by its utility per captured frame.

    A frame that is better kept on the device leaves nothing to learn the link's rate from. So
    where a unit that is sent could be better, the smallest one is tried after 1 s without a
    delivery, then 2, 4, ... up to 16 s as long as none is chosen.

    Args:
        reserve: Part of the deadline kept as a reserve, in [0, 1).
        steepness: How sharply the odds fall where a unit needs more than the estimated rate, > 0.
        least: Expected score below which a frame is skipped, in [0, 1).
        memory_s: Time in which a transfer's weight falls to 1/e, > 0.

    Example:
        >>> from policies.snapshot import Snapshot, UnitSnapshot
        >>> units = (UnitSnapshot(name="s", utility=0.7, size_bytes=300.0),
        ...          UnitSnapshot(name="d", utility=0.9, device_ns=400_000_000, on_device=True))
        >>> Deadline().choose(Snapshot(units=units, deadline_ns=150_000_000))
        0
    """

    __slots__ = (
        "_in_time",
        "_least",
        "_next_probe_ns",
        "_probe_ns",
        "_rate",
        "_retry_ns",
        "_steepness",
        "_transfers",
        "_worths",
    )

    def __init__(
        self,
        *,
        reserve: float = 0.0,
        steepness: float = 3.0,
        least: float = 0.05,
        memory_s: float = 1.0,
    ) -> None:
        """Start without an estimate.

        Raises:
            ValueError: If a parameter is out of range.
        """
        if not 0 <= reserve < 1 or not steepness > 0 or not 0 <= least < 1 or not memory_s > 0:
            given = f"reserve {reserve}, steepness {steepness}, least {least}, memory_s {memory_s}"
            raise ValueError(f"{given} must be in [0, 1), > 0, in [0, 1) and > 0")
        self._in_time = 1 - reserve
        self._steepness = steepness
        self._least = least
        self._rate = DecayingRate(round(memory_s * 1e9))
        self._transfers = Transfers(self._rate)
        self._worths: tuple[tuple[float, int], ...] = ()
        self._next_probe_ns = 0
        self._probe_ns = _PROBE_NS
        self._retry_ns = 0

    def choose(self, seen: Observation) -> int | None:
        """Return the unit of which most can be expected, or None if that is next to nothing."""
        self._transfers.read(seen)
        mean_rate = self._rate.value
        if mean_rate is None:
            smallest = smallest_sent(seen.units)
            if smallest is not None:
                return smallest
            mean_rate = 1.0  # of no consequence: nothing is ever sent
        if not self._worths:
            self._worths = worths(seen.units, seen.interval_ns)
        unit, expected = best_expected(
            seen,
            self._worths,
            self._transfers,
            rate=self._now(seen, mean_rate),
            budget_ns=self._in_time * seen.deadline_ns,
            steepness=self._steepness,
        )
        if unit is None or expected < self._least:
            return self._retry(seen)
        self._retry_ns = seen.now_ns + _RETRY_NS
        if seen.units[unit].on_device:
            return self._probe(seen, unit)
        self._probe_ns = _PROBE_NS
        self._next_probe_ns = seen.now_ns + _PROBE_NS
        return unit

    def _now(self, seen: Observation, rate: float) -> float:
        """Return the rate, lowered if the oldest payload on the link should have been answered."""
        transfers = self._transfers
        for _, size_bytes, sent_ns in transfers.pending:
            if sent_ns > transfers.newest_sent_ns:  # others were overtaken: lost, not slow
                beyond_ns = seen.round_trip_ns + transfers.wait_ns + seen.units[-1].server_ns
                on_link_ns = seen.now_ns - beyond_ns - max(sent_ns, transfers.exit_ns)
                return size_bytes / on_link_ns if rate * on_link_ns > size_bytes else rate
        return rate

    def _retry(self, seen: Observation) -> int | None:
        """Return None while something is under way, but for the smallest unit now and then."""
        if self._transfers.pending and seen.now_ns < self._retry_ns:
            return None
        self._retry_ns = seen.now_ns + _RETRY_NS
        return smallest_sent(seen.units)

    def _probe(self, seen: Observation, unit: int) -> int:
        """Return the on-device unit, or, where the time has come, the smallest that is sent."""
        smallest = smallest_sent(seen.units)
        if smallest is None or seen.now_ns < self._next_probe_ns or self._worths[0][1] == unit:
            return unit
        self._next_probe_ns = seen.now_ns + self._probe_ns
        self._probe_ns = min(2 * self._probe_ns, _LONGEST_PROBE_NS)
        return smallest

"""The best unit whose result will be back before the deadline, with a reserve."""

from __future__ import annotations

from typing import TYPE_CHECKING

from policies.feasibility import first_feasible
from policies.ladder import best_first, smallest_sent
from policies.rates import DecayingRate
from policies.transfers import Transfers

if TYPE_CHECKING:
    from policies.interface import Observation

__all__ = ["Deadline"]

_PROBE_NS = 1_000_000_000
_LONGEST_PROBE_NS = 16_000_000_000


class Deadline:
    """Sends the best unit whose upper size forecast is back within a part of the deadline.

    The rate is a mean over past transfers weighted by size and age, capped by what the payload
    now on the link shows: if its answer is overdue, the link is slower than it was. Capacity
    varies within the time of a frame, so only a share of that rate is counted upon. Where nothing
    fits, the smallest unit is sent if it would at the whole mean rate: it costs next to nothing,
    and a frame skipped is lost for certain. "Best" counts a unit that keeps the device busy over
    several captures by its utility per captured frame.

    A frame that is better kept on the device leaves nothing to learn the link's rate from. So
    where a unit that is sent would be better, the smallest one is tried after 1 s without a
    delivery, then 2, 4, ... up to 16 s as long as none becomes feasible.

    Args:
        reserve: Part of the deadline kept as a reserve, in [0, 1).
        share: Part of the estimated rate that is counted upon, in (0, 1]. Of 0.5 to 0.9, 0.75 did
            best over mahimahi's cellular uplinks at loads 0.5, 1 and 2.
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
        "_next_probe_ns",
        "_order",
        "_probe_ns",
        "_rate",
        "_share",
        "_transfers",
    )

    def __init__(self, *, reserve: float = 0.1, share: float = 0.75, memory_s: float = 1.0) -> None:
        """Start without an estimate.

        Raises:
            ValueError: If a parameter is out of range.
        """
        if not 0 <= reserve < 1 or not 0 < share <= 1 or not memory_s > 0:
            given = f"reserve {reserve}, share {share}, memory_s {memory_s}"
            raise ValueError(f"{given} must be in [0, 1), in (0, 1] and > 0")
        self._in_time = 1 - reserve
        self._share = share
        self._rate = DecayingRate(round(memory_s * 1e9))
        self._transfers = Transfers(self._rate)
        self._order: tuple[int, ...] = ()
        self._next_probe_ns = 0
        self._probe_ns = _PROBE_NS

    def choose(self, seen: Observation) -> int | None:
        """Return the best feasible unit, or None if not even the smallest could be in time."""
        self._transfers.read(seen)
        mean_rate = self._rate.value
        if mean_rate is None:
            return smallest_sent(seen.units)
        if not self._order:
            self._order = best_first(seen.units, seen.interval_ns)
        unit = first_feasible(
            seen,
            self._order,
            self._transfers,
            rate=self._share * self._now(seen, mean_rate),
            budget_ns=self._in_time * seen.deadline_ns,
            high=True,
        )
        if unit is None:
            unit = self._smallest_in_time(seen, mean_rate)
        elif seen.units[unit].on_device:
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

    def _smallest_in_time(self, seen: Observation, rate: float) -> int | None:
        smallest = smallest_sent(seen.units)
        if smallest is None:
            return None
        return first_feasible(
            seen, (smallest,), self._transfers, rate=rate, budget_ns=seen.deadline_ns
        )

    def _probe(self, seen: Observation, unit: int) -> int:
        """Return the on-device unit, or, where the time has come, the smallest that is sent."""
        smallest = smallest_sent(seen.units)
        if smallest is None or seen.now_ns < self._next_probe_ns or self._order[0] == unit:
            return unit
        self._next_probe_ns = seen.now_ns + self._probe_ns
        self._probe_ns = min(2 * self._probe_ns, _LONGEST_PROBE_NS)
        return smallest

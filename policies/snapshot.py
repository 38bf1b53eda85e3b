"""An observation frozen in time: for tests, examples and the conformance check."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from policies.interface import Answer, Delivery, Pending

__all__ = ["Snapshot", "UnitSnapshot"]


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitSnapshot:
    """A `UnitForecast` of plain values."""

    name: str
    utility: float
    size_bytes: float = 0.0
    size_high_bytes: float = 0.0
    device_ns: int = 0
    server_ns: int = 0
    switch_ns: int = 0
    on_device: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An `Observation` of plain values; equal ones hold equal values.

    Example:
        >>> from policies.fixed import Fixed
        >>> unit = UnitSnapshot(name="unit-1", utility=0.8, size_bytes=300)
        >>> Fixed().choose(Snapshot(units=(unit,), deadline_ns=150_000_000))
        0
    """

    units: tuple[UnitSnapshot, ...]
    deadline_ns: int
    now_ns: int = 0
    captured_ns: int = 0
    interval_ns: int = 66_666_667
    frame: int = 0
    loaded: int | None = None
    uplink_delay_ns: int = 0
    round_trip_ns: int = 0
    unacknowledged: tuple[Pending, ...] = ()
    delivered: int = 0
    deliveries: tuple[Delivery, ...] = ()
    missing: int = 0
    answers: tuple[Answer, ...] = ()

    def delivered_since(self, count: int) -> tuple[Delivery, ...]:
        """Return the deliveries after the first ``count``."""
        fresh = self.delivered - count
        return self.deliveries[-fresh:] if fresh > 0 else ()

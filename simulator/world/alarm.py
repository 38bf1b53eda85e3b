"""An event that can be set again and again, and the order of what happens at one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment

__all__ = ["ARRIVALS", "DEVICES", "WORKERS", "Alarm"]

# At one instant payloads arrive first, all of them; then workers that become free take what waits;
# then devices act, in the order of their streams. No tie is left to the order of scheduling.
ARRIVALS, WORKERS, DEVICES = range(3)
"""Priorities of what happens at one instant; the device of stream k has ``DEVICES + k``."""


class Alarm(Event):
    """One event used over and over, where a new SimPy timeout each time would cost twice as much.

    Args:
        env: The world's clock.
        priority: Its place among what happens at the same instant.
        ring: Called when it goes off; a process that yields the alarm needs none.
    """

    def __init__(
        self, env: Environment, priority: int, ring: Callable[[Event], None] | None = None
    ) -> None:
        """Make an alarm that is not set."""
        super().__init__(env)
        self._ok = True
        self._value = None
        self._priority = priority
        self._ring = ring

    def at(self, now_ns: int, when_ns: int) -> Alarm:
        """Set the alarm, which must not be set already; SimPy wants to hear how long from now."""
        self.callbacks = [] if self._ring is None else [self._ring]
        self.env.schedule(self, self._priority, when_ns - now_ns)  # type: ignore[arg-type]
        return self

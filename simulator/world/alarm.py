"""An event that can be set again and again, and the order of what happens at one instant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simpy import Event

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment

__all__ = [
    "ANSWERS",
    "ARRIVALS",
    "CANCELS",
    "DEVICES",
    "LINKS",
    "RESENDS",
    "WORKERS",
    "Alarm",
]

# At one instant links deliver first, hop by hop in the order of the path and link by link in that
# of the streams; then all that is there by now arrives at the server; then workers act, and what
# they have served sets out; then senders cancel, and send again what was lost; then devices act.
# No tie is left to the order of scheduling.
_STREAMS = 1 << 24  # more than there ever are
LINKS = 0
"""Priorities of what happens at one instant; the world's link i has ``LINKS + i``."""
ARRIVALS = LINKS + _STREAMS
"""Layered frames that are due go to the server as they are."""
WORKERS = ARRIVALS + 1
ANSWERS = WORKERS + 1
CANCELS = ANSWERS + 1
"""The sender of stream k cancels at ``CANCELS + k``."""
RESENDS = CANCELS + _STREAMS
"""It sends again at ``RESENDS + k``; link i grants at ``RESENDS + streams + i``."""
DEVICES = RESENDS + 2 * _STREAMS
"""The device of stream k has ``DEVICES + k``."""


class Alarm(Event):
    """One event used over and over, where a new SimPy timeout each time would cost twice as much.

    Args:
        env: The world's clock.
        priority: Its place among what happens at the same instant.
        ring: Called when it goes off.
    """

    def __init__(self, env: Environment, priority: int, ring: Callable[[Event], None]) -> None:
        """Make an alarm that is not set."""
        super().__init__(env)
        self._ok = True
        self._value = None
        self._priority = priority
        self._rung: list[Callable[[Event], None]] = [ring]
        self._schedule = env.schedule

    def at(self, now_ns: int, when_ns: int) -> None:
        """Set the alarm, which must not be set already; SimPy wants to hear how long from now."""
        self.callbacks = self._rung  # SimPy takes it away when it goes off
        self._schedule(self, self._priority, when_ns - now_ns)  # type: ignore[arg-type]

"""An alarm that may be brought forward."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from simulator.foundation.instants import FOREVER_NS
from simulator.world.alarm import Alarm

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment, Event

__all__ = ["Reminder"]


class Reminder:
    """Goes off at the earliest instant it was set to, then has to be set again.

    SimPy cannot take an event back, so an alarm that something earlier overtakes stays set. It is
    ignored when it goes off, and used again afterwards.

    Args:
        env: The world's clock.
        priority: Its place among what happens at the same instant.
        ring: Called with the instant.

    Attributes:
        when_ns: When it goes off; `FOREVER_NS` where it is not set.
    """

    __slots__ = ("_env", "_priority", "_ring", "_spare", "when_ns")

    def __init__(self, env: Environment, priority: int, ring: Callable[[int], None]) -> None:
        """Make a reminder that is not set."""
        self._env = env
        self._priority = priority
        self._ring = ring
        self._spare: list[Alarm] = []
        self.when_ns = FOREVER_NS

    def at(self, now_ns: int, when_ns: int) -> None:
        """Go off at an instant, or before it where that is settled already."""
        if when_ns < self.when_ns:
            self.when_ns = when_ns
            if self._spare:
                alarm = self._spare.pop()
            else:
                alarm = Alarm(self._env, self._priority, self._rings)
            alarm.at(now_ns, when_ns)

    def _rings(self, alarm: Event) -> None:
        self._spare.append(cast("Alarm", alarm))
        now_ns = int(self._env.now)
        if now_ns == self.when_ns:
            self.when_ns = FOREVER_NS
            self._ring(now_ns)

"""What is to happen at instants known beforehand, with one event for the next of them."""

from __future__ import annotations

from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from simulator.world.alarm import Alarm
from simulator.world.reminder import Reminder

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment, Event

__all__ = ["Agenda", "Due", "Procession"]

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)


class Due(Protocol[T_contra]):
    """Where things are put that are due at an instant: an `Agenda` or a `Procession`."""

    def add(self, now_ns: int, when_ns: int, thing: T_contra) -> None:
        """Put down a thing that is due then."""


class Agenda(Generic[T]):
    """Things due at instants in any order; at one instant in the order in which they were added.

    Args:
        env: The world's clock.
        priority: Their place among what happens at the same instant.
        act: Called with all things due at one instant, and the instant.
    """

    __slots__ = ("_act", "_count", "_heap", "_wake")

    def __init__(
        self, env: Environment, priority: int, act: Callable[[list[T], int], None]
    ) -> None:
        """Start empty."""
        self._act = act
        self._heap: list[tuple[int, int, T]] = []
        self._count = 0
        self._wake = Reminder(env, priority, self._ring)

    def add(self, now_ns: int, when_ns: int, thing: T) -> None:
        """Put down a thing that is due then, which may be now."""
        self._count += 1
        heappush(self._heap, (when_ns, self._count, thing))
        self._wake.at(now_ns, when_ns)

    def _ring(self, now_ns: int) -> None:
        heap = self._heap
        due = [heappop(heap)[2]]
        while heap and heap[0][0] == now_ns:
            due.append(heappop(heap)[2])
        if heap:
            self._wake.at(now_ns, heap[0][0])
        self._act(due, now_ns)


class Procession(Generic[T]):
    """Things due in the order in which they are added: an `Agenda` at less cost.

    One that would be due before the one before it is due with it.
    """

    __slots__ = ("_act", "_alarm", "_coming")

    def __init__(
        self, env: Environment, priority: int, act: Callable[[list[T], int], None]
    ) -> None:
        """Start empty."""
        self._act = act
        self._coming: deque[tuple[int, T]] = deque()
        self._alarm = Alarm(env, priority, self._ring)

    def add(self, now_ns: int, when_ns: int, thing: T) -> None:
        """Put down a thing that is due then, or with the last one if that is later."""
        coming = self._coming
        if not coming:
            self._alarm.at(now_ns, when_ns)
        elif when_ns < coming[-1][0]:
            when_ns = coming[-1][0]
        coming.append((when_ns, thing))

    def _ring(self, _: Event) -> None:
        coming = self._coming
        now_ns, thing = coming.popleft()
        due = [thing]
        while coming and coming[0][0] == now_ns:
            due.append(coming.popleft()[1])
        if coming:
            self._alarm.at(now_ns, coming[0][0])
        self._act(due, now_ns)

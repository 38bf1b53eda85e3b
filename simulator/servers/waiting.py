"""What waits and whose turn it is: first in first out, or earliest deadline first.

Whatever waits has a ticket, a number that grows in the order of arrival. It can be taken by turn,
withdrawn from the newest end, or removed by its ticket.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Edf", "Fifo", "Waiting", "waiting"]

T = TypeVar("T")


class Waiting(Protocol[T]):
    """Things that wait, in some order."""

    def __len__(self) -> int:
        """Return how many wait."""

    def __contains__(self, ticket: int) -> bool:
        """Return whether the one with that ticket waits."""

    def put(self, ticket: int, thing: T) -> None:
        """Let one more wait. Tickets grow from call to call."""

    def take(self) -> T:
        """Remove and return the one whose turn it is; one must be there."""

    def withdraw(self) -> T:
        """Remove and return the one that came last; one must be there."""

    def remove(self, ticket: int) -> T | None:
        """Remove and return the one with that ticket, or None where it waits no more."""


class Fifo(Generic[T]):
    """First in, first out.

    Example:
        >>> line = Fifo()
        >>> for ticket, name in enumerate("abcd"):
        ...     line.put(ticket, name)
        >>> line.remove(1), line.take(), line.take(), line.withdraw(), len(line)
        ('b', 'a', 'c', 'd', 0)
    """

    __slots__ = ("_line",)

    def __init__(self) -> None:
        """Start empty."""
        self._line: deque[tuple[int, T]] = deque()  # by ticket, which ascends

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._line)

    def __contains__(self, ticket: int) -> bool:
        """Return whether the one with that ticket waits."""
        return self._place(ticket) is not None

    def put(self, ticket: int, thing: T) -> None:
        """Let one more wait."""
        self._line.append((ticket, thing))

    def take(self) -> T:
        """Remove and return the oldest."""
        return self._line.popleft()[1]

    def withdraw(self) -> T:
        """Remove and return the newest."""
        return self._line.pop()[1]

    def remove(self, ticket: int) -> T | None:
        """Remove and return the one with that ticket, if it waits."""
        place = self._place(ticket)
        if place is None:
            return None
        thing = self._line[place][1]
        del self._line[place]
        return thing

    def _place(self, ticket: int) -> int | None:
        place = bisect_left(self._line, ticket, key=_ticket)
        return place if place < len(self._line) and self._line[place][0] == ticket else None


def _ticket(entry: tuple[int, object]) -> int:
    return entry[0]


class Edf(Generic[T]):
    """Earliest deadline first; of equal deadlines the one that came first.

    Args:
        due_ns: Returns a thing's deadline. It is asked once, when the thing comes.

    Example:
        >>> line = Edf(due_ns=len)
        >>> for ticket, name in enumerate(["late", "at", "in", "last of all"]):
        ...     line.put(ticket, name)
        >>> line.withdraw(), line.take(), line.take(), line.take()
        ('last of all', 'at', 'in', 'late')
    """

    __slots__ = ("_due_ns", "_heap", "_things")

    def __init__(self, due_ns: Callable[[T], int]) -> None:
        """Start empty."""
        self._due_ns = due_ns
        self._things: dict[int, tuple[int, T]] = {}
        self._heap: list[tuple[int, int]] = []  # deadline, ticket; also of some that are gone

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._things)

    def __contains__(self, ticket: int) -> bool:
        """Return whether the one with that ticket waits."""
        return ticket in self._things

    def put(self, ticket: int, thing: T) -> None:
        """Let one more wait."""
        due_ns = self._due_ns(thing)
        self._things[ticket] = due_ns, thing
        heappush(self._heap, (due_ns, ticket))

    def take(self) -> T:
        """Remove and return the one with the earliest deadline."""
        while True:
            due_ns, ticket = heappop(self._heap)
            entry = self._things.get(ticket)
            if entry is not None and entry[0] == due_ns:
                del self._things[ticket]
                return entry[1]

    def withdraw(self) -> T:
        """Remove and return the newest."""
        return self._things.popitem()[1][1]

    def remove(self, ticket: int) -> T | None:
        """Remove and return the one with that ticket, if it waits."""
        entry = self._things.pop(ticket, None)
        return None if entry is None else entry[1]


def waiting(due_ns: Callable[[T], int] | None) -> Waiting[T]:
    """Return an empty line: by deadline where there is one to go by, else by arrival."""
    return Fifo() if due_ns is None else Edf(due_ns)

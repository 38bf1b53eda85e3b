"""What waits and whose turn it is: first in first out, or earliest deadline first.

Whatever waits has a ticket, a number that grows in the order of arrival. It can be taken by turn,
withdrawn from the newest end, or removed by its ticket.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from heapq import heappop, heappush
from operator import itemgetter
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["Edf", "Fifo", "Waiting", "waiting"]

T = TypeVar("T")


class Waiting(Protocol[T]):
    """Things that wait, in some order."""

    def __len__(self) -> int:
        """Return how many wait."""

    def __contains__(self, ticket: int) -> bool:
        """Return whether the one with that ticket waits."""

    def put(self, ticket: int, things: Sequence[T]) -> None:
        """Let more wait; the first has that ticket, the others those after it."""

    def take(self, most: int) -> list[T]:
        """Remove and return those whose turn it is, up to so many; one must be there."""

    def withdraw(self) -> T:
        """Remove and return the one that came last; one must be there."""

    def remove(self, ticket: int) -> T | None:
        """Remove and return the one with that ticket, or None where it waits no more."""


class Fifo(Generic[T]):
    """First in, first out.

    Example:
        >>> line = Fifo()
        >>> line.put(0, "abcd")
        >>> line.remove(1), line.take(2), line.withdraw(), len(line)
        ('b', ['a', 'c'], 'd', 0)
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

    def put(self, ticket: int, things: Sequence[T]) -> None:
        """Let more wait."""
        self._line.extend(enumerate(things, ticket))

    def take(self, most: int) -> list[T]:
        """Remove and return the oldest."""
        line = self._line
        if len(line) > most:
            return [line.popleft()[1] for _ in range(most)]
        things = list(map(_thing, line))
        line.clear()
        return things

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


_ticket: Callable[[tuple[int, object]], int] = itemgetter(0)
_thing: Callable[[tuple[int, T]], T] = itemgetter(1)


class Edf(Generic[T]):
    """Earliest deadline first; of equal deadlines the one that came first.

    Args:
        due_ns: Returns a thing's deadline. It is asked once, when the thing comes.

    Example:
        >>> line = Edf(due_ns=len)
        >>> line.put(0, ["late", "at", "in", "last of all"])
        >>> line.withdraw(), line.take(2), line.take(2)
        ('last of all', ['at', 'in'], ['late'])
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

    def put(self, ticket: int, things: Sequence[T]) -> None:
        """Let more wait."""
        for number, thing in enumerate(things, ticket):
            due_ns = self._due_ns(thing)
            self._things[number] = due_ns, thing
            heappush(self._heap, (due_ns, number))

    def take(self, most: int) -> list[T]:
        """Remove and return those with the earliest deadlines."""
        things = self._things
        found: list[T] = []
        while things and len(found) < most:
            due_ns, ticket = heappop(self._heap)
            entry = things.get(ticket)
            if entry is not None and entry[0] == due_ns:
                del things[ticket]
                found.append(entry[1])
        return found

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

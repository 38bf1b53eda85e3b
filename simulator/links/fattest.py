"""Which of many flows has most bytes queued, found without a look at all of them."""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import Generic

from simulator.links.queueing import Parcel
from simulator.links.waiting import Line

__all__ = ["Fattest", "FlowLine"]

_FEW = 64


class FlowLine(Line[Parcel]):
    """What one flow has queued.

    Attributes:
        since: The larger, the later it had something queued after it had nothing.
        noted: Bytes that are noted for it, never less than it has.
    """

    __slots__ = ("noted", "since")

    def __init__(self) -> None:
        """Start empty."""
        super().__init__()
        self.since = self.noted = 0


class Fattest(Generic[Parcel]):
    """Finds the flow with most bytes; of several, the one that was empty longest ago.

    A heap of notes, of which each flow's largest is at least what it has. A flow that grows beyond
    it is noted anew, one that has shrunk only when it is met at the top. So a packet costs the
    logarithm of the flows.

    Example:
        >>> from simulator.links.waiting import Waiting
        >>> fattest, lines = Fattest(), {"a": FlowLine(), "b": FlowLine()}
        >>> for name, size in (("a", 700), ("b", 500), ("b", 500)):
        ...     lines[name].append(Waiting("parcel", name, 0), size)
        ...     fattest.grown(lines[name])
        >>> fattest.find() is lines["b"], lines["b"].take()[1], fattest.find() is lines["a"]
        (True, 500, True)
    """

    __slots__ = ("_most", "_notes", "_seen")

    def __init__(self) -> None:
        """Start without flows."""
        self._notes: list[tuple[int, int, FlowLine[Parcel]]] = []  # less its bytes, since, flow
        self._most = _FEW  # notes before those that mean nothing any more are removed
        self._seen = 0

    def grown(self, line: FlowLine[Parcel]) -> None:
        """Take notice of a packet that was queued."""
        if line.packets == 1:
            self._seen += 1
            line.since = self._seen
        elif line.wire_bytes <= line.noted:
            return
        self._note(line)

    def find(self) -> FlowLine[Parcel]:
        """Return the flow. There must be one that has something."""
        notes = self._notes
        while True:
            less_bytes, since, line = notes[0]
            waits = since == line.since and line.packets > 0
            if waits and -less_bytes == line.wire_bytes:
                return line
            heappop(notes)
            if waits and -less_bytes == line.noted:
                self._note(line)

    def _note(self, line: FlowLine[Parcel]) -> None:
        line.noted = line.wire_bytes
        notes = self._notes
        heappush(notes, (-line.wire_bytes, line.since, line))
        if len(notes) > self._most:
            waiting = {line for _, since, line in notes if since == line.since and line.packets}
            for other in waiting:
                other.noted = other.wire_bytes
            notes[:] = [(-other.wire_bytes, other.since, other) for other in waiting]
            heapify(notes)
            self._most = 2 * len(notes) + _FEW

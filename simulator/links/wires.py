"""Two rules by which a link's capacity serialises packets, one after another.

`StoreAndForward` is what a network device does, as in ns-3's point-to-point device: a packet takes
its size over the rate valid when its transmission starts, whatever the rate does meanwhile.
`Flowing` follows the capacity byte by byte: what an opportunity has left goes to the next packet,
as in mahimahi's link queue, and a rate is integrated exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

from simulator.foundation.instants import FOREVER_NS
from traces.opportunity import OpportunityTrace

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["Accuracy", "Flowing", "StoreAndForward", "Wire", "wire_for"]

_NOT_YET = 1 << 200
"""More than any capacity."""

Accuracy = Literal["frame", "packet"]
"""Whether the capacity is followed byte by byte, or each packet is stored and forwarded whole."""


class Wire(Protocol):
    """Serialises one packet at a time: ask when the next one begins, then carry it."""

    free_ns: int
    """When the packet last carried has left; `FOREVER_NS` if it never does."""

    def begin(self, ready_ns: int) -> int:
        """Return when a packet that waits since ``ready_ns`` begins; `FOREVER_NS` for never."""

    def carry(self, wire_bytes: int) -> int:
        """Return when the packet that begins then has left; `FOREVER_NS` for never."""

    def earliest_end(self, wire_bytes: int) -> int:
        """Return an instant before which that many more bytes have surely not left.

        Asked between `begin` and `carry`. At least when the packet begins.
        """


class StoreAndForward:
    """A packet goes out whole at the rate of the instant it starts, rounded to the nearest ns.

    A rate that changes at that very instant has changed already. Where the rate is 0 a packet
    waits, in the queue, for the next one above.

    When a rate falls while a packet goes out, what has left leads the capacity. It never does so by
    a whole packet, counted from when the first one came: a packet has not left before capacity for
    its first byte was offered. That matters where rates change faster than packets go out, which
    would else carry a whole packet each time; ns-3's steps, of many packets each, are as in ns-3.

    Example:
        >>> from traces import RateTrace, TraceAbout
        >>> trace = RateTrace.from_steps(
        ...     [0, 500_000], [8_000_000, 80_000_000], period_ns=10**9, about=TraceAbout(name="up"))
        >>> wire = StoreAndForward(trace)
        >>> [(wire.begin(0), wire.carry(1000)) for _ in range(2)]  # 1 ms at 8, 0.1 ms at 80 Mbit/s
        [(0, 1000000), (1000000, 1100000)]
    """

    __slots__ = (
        "_begin_ns",
        "_capacity",
        "_instant",
        "_least_end_ns",
        "_position",
        "_rate",
        "_units",
        "free_ns",
    )

    def __init__(self, trace: BandwidthTrace) -> None:
        """Start idle at instant 0."""
        self._capacity = trace.capacity
        self._instant = trace.instant
        self._units = trace.units_per_byte
        self._begin_ns = self._least_end_ns = 0
        self._position = _NOT_YET  # capacity that all packets since the first one have taken
        self._rate = 0  # units per ns
        self.free_ns = 0

    def begin(self, ready_ns: int) -> int:
        """Return when a packet that waits since ``ready_ns`` begins."""
        begin_ns = max(ready_ns, self.free_ns)
        before = self._capacity(begin_ns)
        # Rates change at whole nanoseconds only, so one of them tells the rate.
        rate = self._capacity(begin_ns + 1) - before
        if not rate:
            first_ns = self._instant(before + 1)
            if first_ns is None:
                return FOREVER_NS
            begin_ns = first_ns - 1
            rate = self._capacity(first_ns) - before
        if self._position >= before:
            if self._position == _NOT_YET:
                self._position = before
            least_end_ns = self._instant(self._position + 1)
            if least_end_ns is None:
                return FOREVER_NS
            self._least_end_ns = least_end_ns
        self._begin_ns = begin_ns
        self._rate = rate
        return begin_ns

    def carry(self, wire_bytes: int) -> int:
        """Return when the packet that begins then has left."""
        rate = self._rate
        units = wire_bytes * self._units
        self._position += units
        end_ns = self._begin_ns + (2 * units + rate) // (2 * rate)
        end_ns = max(end_ns, self._least_end_ns)
        self.free_ns = end_ns = min(end_ns, FOREVER_NS)
        return end_ns

    def earliest_end(self, wire_bytes: int) -> int:  # noqa: ARG002  # the interface
        """Return when the next packet begins: rates to come are not looked up."""
        return self._begin_ns


class Flowing:
    """A packet takes the capacity it needs; the next one takes what that leaves over.

    A packet begins when capacity for its first byte is offered: not at the opportunity of the
    very millisecond in which it came.

    Example:
        >>> from traces import OpportunityTrace, TraceAbout
        >>> wire = Flowing(OpportunityTrace.from_stamps([10**6], about=TraceAbout(name="12")))
        >>> [(wire.begin(10**6), wire.carry(1000)) for _ in range(2)]  # 1504 bytes a millisecond
        [(2000000, 2000000), (2000000, 3000000)]
    """

    __slots__ = ("_capacity", "_instant", "_position", "_units", "free_ns")

    def __init__(self, trace: BandwidthTrace) -> None:
        """Start idle at instant 0."""
        self._capacity = trace.capacity
        self._instant = trace.instant
        self._units = trace.units_per_byte
        self._position = 0
        self.free_ns = 0

    def begin(self, ready_ns: int) -> int:
        """Return when a packet that waits since ``ready_ns`` begins."""
        if ready_ns >= self.free_ns:
            # Idle, so W(ready) >= position by the definition of the inverse.
            self._position = self._capacity(ready_ns)
        begin_ns = self._instant(self._position + 1)
        return FOREVER_NS if begin_ns is None else begin_ns

    def carry(self, wire_bytes: int) -> int:
        """Return when the packet that begins then has left."""
        self.free_ns = self.earliest_end(wire_bytes)
        self._position += wire_bytes * self._units
        return self.free_ns

    def earliest_end(self, wire_bytes: int) -> int:
        """Return when that many more bytes have left, whatever packets they are."""
        end_ns = self._instant(self._position + wire_bytes * self._units)
        return FOREVER_NS if end_ns is None or end_ns > FOREVER_NS else end_ns


def wire_for(trace: BandwidthTrace, accuracy: Accuracy) -> Wire:
    """Return the wire of a link with that capacity.

    What an opportunity leaves over goes to the next packet at either accuracy: no rate is valid
    when a packet starts.

    Example:
        >>> from traces import OpportunityTrace, TraceAbout
        >>> about = TraceAbout(name="12 Mbit/s")
        >>> type(wire_for(OpportunityTrace.from_stamps([10**6], about=about), "packet")).__name__
        'Flowing'
    """
    if accuracy == "frame" or isinstance(trace, OpportunityTrace):
        return Flowing(trace)
    return StoreAndForward(trace)

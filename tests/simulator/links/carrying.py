"""What the tests of links share: traces, a way to follow every packet, and driving by wake-ups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.links.queueing import NEVER_NS
from traces import OpportunityTrace, RateTrace, TraceAbout

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.links.queueing import Flow, QueueingLink, Settled
    from traces.about import After

MS = 1_000_000
ABOUT = TraceAbout(name="test")

Sending = tuple[int, str, list[int]]
"""Nanoseconds since the sending before, flow, and wire bytes of the packets."""

Step = tuple[int, "Flow", "Sequence[int] | int"]
"""The same, or the number of a parcel to cancel."""


def steps(*rates_bps: int, loop: bool = True) -> RateTrace:
    """Rates that hold for 10 ms each."""
    starts = [k * 10 * MS for k in range(len(rates_bps))]
    period_ns = len(rates_bps) * 10 * MS
    after: After = "loop" if loop else "stop"
    return RateTrace.from_steps(starts, rates_bps, period_ns=period_ns, after=after, about=ABOUT)


def lumps(bytes_each: int = 1000) -> OpportunityTrace:
    """An opportunity each millisecond."""
    return OpportunityTrace.from_stamps([MS], bytes_each=bytes_each, about=ABOUT)


class Packets:
    """Sends each packet as a parcel of its own and knows when each has left."""

    def __init__(self, link: QueueingLink[int]) -> None:
        self._link = link
        self._sent = 0

    def send(self, now_ns: int, flow: Flow, sizes: Iterable[int]) -> None:
        for size in sizes:
            self._link.send(now_ns, flow, self._sent, (size,))
            self._sent += 1

    def left_ns(self) -> list[int]:
        """Let everything leave that ever will; return when each has, in the order of sending."""
        left = [NEVER_NS] * self._sent
        for settled in self._link.settle(FOREVER_NS - 1):
            left[settled.parcel] = settled.end_ns
        return left


def at_once(link: QueueingLink[int], work: Iterable[Step]) -> list[Settled[int]]:
    """Take steps, numbered from 0, and settle only after the last one."""
    now_ns = 0
    for number, (gap_ns, flow, what) in enumerate(work):
        now_ns += gap_ns
        take(link, now_ns, number, flow, what)
    return link.settle(FOREVER_NS - 1)


def by_wake_ups(link: QueueingLink[int], work: Iterable[Step]) -> list[Settled[int]]:
    """Settle whenever the link says so, as a simulated world does, and check what it says."""
    found: list[Settled[int]] = []
    now_ns = 0
    for number, (gap_ns, flow, what) in enumerate(work):
        _wake_up(link, found, now_ns, now_ns + gap_ns)
        now_ns += gap_ns
        take(link, now_ns, number, flow, what)
    _wake_up(link, found, now_ns, FOREVER_NS - 1)
    assert link.next_ns == FOREVER_NS
    return found


def take(
    link: QueueingLink[int], now_ns: int, number: int, flow: Flow, what: Sequence[int] | int
) -> None:
    """Send a parcel of that number, or cancel one sent before."""
    if isinstance(what, int):
        link.cancel(now_ns, what)
    else:
        link.send(now_ns, flow, number, what)


def _wake_up(link: QueueingLink[int], found: list[Settled[int]], at_ns: int, until_ns: int) -> None:
    while (next_ns := link.next_ns) <= until_ns:
        assert next_ns >= at_ns
        if next_ns > at_ns:
            assert link.settle(next_ns - 1) == []
            assert link.next_ns == next_ns
        settled = link.settle(next_ns)
        assert settled or link.next_ns > next_ns
        found += settled
        at_ns = next_ns

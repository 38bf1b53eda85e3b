"""A hop on which later sendings, or a change of mind, still matter to what waits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.framelog import Reason
from simulator.world.reminder import Reminder

if TYPE_CHECKING:
    from collections import Counter

    from simpy import Environment

    from simulator.links.queueing import QueueingLink
    from simulator.world.network.cross import Cross
    from simulator.world.network.flight import Flight
    from simulator.world.network.parcel import Parcel

__all__ = ["QueueingHop"]


class QueueingHop:
    """Wakes before anybody needs to know what settled; a wake-up that came too early is harmless.

    Args:
        env: The world's clock.
        link: The arithmetic. Packets of others on it are numbered.
        flight: What lies behind it.
        priority: Of its wake-ups.
        full_bytes: A full packet on the wire.
        cross: Traffic of others, if there is any. It enters in time while a stream has something
            here, and otherwise just before what comes after it.
        starts: Where a frame's turn is noted, on the first link of the way to the server.
        slack_ns: For so long after a parcel has left or was lost nobody needs to know. A busy link
            then wakes once for all that left meanwhile.
    """

    __slots__ = (
        "_cross",
        "_crossed",
        "_depart",
        "_full_bytes",
        "_link",
        "_mine",
        "_slack_ns",
        "_starts",
        "_taken",
        "_wake",
        "carried",
    )

    def __init__(  # noqa: PLR0913
        self,
        env: Environment,
        link: QueueingLink[Parcel | int],
        flight: Flight,
        *,
        priority: int,
        full_bytes: int,
        cross: Cross | None = None,
        starts: memoryview[int] | None = None,
        slack_ns: int = 0,
    ) -> None:
        """Start with an empty link."""
        self._link = link
        self._depart = flight.depart
        self._full_bytes = full_bytes
        self._cross = cross
        self._crossed = 0
        self._starts = starts
        self._slack_ns = slack_ns
        self._mine = 0  # parcels of streams on the link
        self._taken = 0  # parcels that were ever handed to it
        self._wake = Reminder(env, priority, self._look)
        self.carried: Counter[int] | None = None
        """How many parcels of each stream are on the link, for who wants them counted."""

    def take(self, parcel: Parcel, now_ns: int) -> None:
        """Queue a parcel."""
        if self._cross is not None:
            self._let_others_in(self._cross, now_ns)
        stream, packets, full = parcel.job.mail.stream, parcel.packets, self._full_bytes
        rest = parcel.wire_bytes - (packets - 1) * full
        sizes = (rest,) if packets == 1 else [full] * (packets - 1) + [rest]
        if self.carried is not None:
            self.carried[stream] += 1
        self._mine += 1
        self._taken = parcel.number = self._taken + 1
        self._link.send(now_ns, stream, parcel, sizes)
        if self._wake.when_ns >= now_ns + self._slack_ns:
            self.watch(now_ns)

    def cancel(self, parcel: Parcel, now_ns: int) -> int:
        """Remove a parcel's packets that have not begun, and return how many."""
        if self._cross is not None:
            self._let_others_in(self._cross, now_ns)
        removed = self._link.cancel(now_ns, parcel)
        self.watch(now_ns)
        return removed

    def watch(self, now_ns: int) -> None:
        """Take notice of what has settled already, and wake when more may have."""
        while self._mine:
            next_ns = self._link.next_ns
            if next_ns > now_ns:
                if self._cross is not None:
                    next_ns = min(next_ns, self._cross.next_ns)
                if next_ns < FOREVER_NS:
                    self._wake.at(now_ns, next_ns + self._slack_ns)
                return
            self._settle(now_ns)

    def close(self) -> None:
        """Note how far those came that wait for ever, when nothing happens any more."""
        if not self._mine:
            return
        starts = self._starts
        for parcel, begin_ns, _, lost, _, lost_ns in self._link.stranded():
            if isinstance(parcel, int):
                continue
            row = parcel.job.row
            if starts is not None and begin_ns >= 0 and starts[row] < 0:
                starts[row] = begin_ns
            if lost:
                parcel.owner.lost(parcel, lost_ns, lost_ns, Reason.OVERFLOW)

    def _look(self, now_ns: int) -> None:
        if self._cross is not None:
            self._let_others_in(self._cross, now_ns)
        self._settle(now_ns)
        self.watch(now_ns)

    def _let_others_in(self, cross: Cross, now_ns: int) -> None:
        for flow, sent_ns, wire_bytes in cross.until(now_ns):
            self._crossed += 1
            self._link.send(sent_ns, flow, self._crossed, (wire_bytes,))

    def _settle(self, now_ns: int) -> None:
        starts, carried, depart = self._starts, self.carried, self._depart
        for parcel, begin_ns, end_ns, lost, cancelled, lost_ns in self._link.settle(now_ns):
            if isinstance(parcel, int):
                continue
            self._mine -= 1
            job = parcel.job
            if carried is not None:
                carried[job.mail.stream] -= 1
            if parcel.payload is not None:
                parcel.payload.waiting.pop(parcel, None)
            if starts is not None and begin_ns >= 0 and starts[job.row] < 0:
                starts[job.row] = begin_ns
            if lost:
                parcel.owner.lost(parcel, now_ns, lost_ns, Reason.OVERFLOW)
            elif not cancelled:  # of that, the sender knows
                depart(parcel, end_ns, now_ns)

"""The commonest way to the server in one piece, because most worlds have no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.framelog import Reason
from simulator.world.agenda import Procession

if TYPE_CHECKING:
    from collections.abc import Callable

    from simpy import Environment

    from simulator.links.fifo import Link
    from simulator.world.ledger import Ledger
    from simulator.world.plan import PacketPlan
    from simulator.world.service import Job

__all__ = ["Lane"]


class Lane(Procession["Job"]):
    """A sender, an orderly link, propagation that is always the same, and the server behind it.

    What `FrameSender`, `OrderlyHop`, `SmoothFlight` and `Receiver` do together, without a parcel:
    when a frame is sent, all is known that the network will ever do to it.

    Args:
        env: The world's clock.
        link: The arithmetic.
        delay_ns: The propagation.
        packets: How payloads become packets.
        ledger: Where everything is noted.
        arrive: The server: told of all jobs that are there at one instant.
        priority: Of arrivals.
    """

    __slots__ = (
        "_arrived_ns",
        "_delay_ns",
        "_destroyed",
        "_header_bytes",
        "_left_ns",
        "_link",
        "_mtu_payload_bytes",
        "_starts_ns",
    )

    def __init__(
        self,
        env: Environment,
        link: Link,
        delay_ns: int,
        packets: PacketPlan,
        ledger: Ledger,
        arrive: Callable[[list[Job], int], None],
        priority: int,
    ) -> None:
        """Start with nothing sent."""
        super().__init__(env, priority, arrive)
        self._link = link
        self._delay_ns = delay_ns
        self._header_bytes = packets.header_bytes
        self._mtu_payload_bytes = packets.mtu_payload_bytes
        self._starts_ns = ledger.uplink_start_ns
        self._left_ns = ledger.uplink_end_ns
        self._arrived_ns = ledger.arrived_ns
        self._destroyed = ledger.destroyed

    def send(self, job: Job, size_bytes: int, now_ns: int) -> None:
        """Send a frame's payload, which may be lost."""
        packets = -(-size_bytes // self._mtu_payload_bytes)
        link, row = self._link, job.row
        end_ns = link.send(now_ns, size_bytes + packets * self._header_bytes)
        begin_ns = link.begin_ns
        if begin_ns is not None:
            self._starts_ns[row] = begin_ns
        if end_ns is None:
            self._destroyed(row, Reason.OVERFLOW, now_ns)
            return
        if end_ns == FOREVER_NS:
            return
        self._left_ns[row] = end_ns
        self._arrived_ns[row] = arrival_ns = end_ns + self._delay_ns
        coming = self._coming
        if not coming:
            self._alarm.at(now_ns, arrival_ns)
        coming.append((arrival_ns, job))

"""The way from the devices to the server: one shared link, then propagation."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.framelog import NEVER, Reason
from simulator.links.droptail import DroptailLink
from simulator.links.fifo import FifoLink
from simulator.world.alarm import ARRIVALS, Alarm

if TYPE_CHECKING:
    from simpy import Environment, Event

    from simulator.links.fifo import Link
    from simulator.world.ledger import Ledger
    from simulator.world.plan import LinkPlan, PacketPlan
    from simulator.world.server import Server
    from simulator.world.service import Job

__all__ = ["Uplink"]


class Uplink:
    """Carries payloads in the order in which they are sent.

    A payload's arrival is known when it is sent, and the order of arrivals is that of sending, so
    one alarm for the next arrival is enough however many payloads are on their way.
    """

    def __init__(
        self,
        env: Environment,
        plan: LinkPlan,
        packets: PacketPlan,
        server: Server,
        ledger: Ledger,
    ) -> None:
        """Start with an empty link."""
        self._env = env
        self._link = link = _link(plan, packets)
        self._lost = Reason.UNDELIVERED if isinstance(link, FifoLink) else Reason.OVERFLOW
        self._delay_ns = plan.delay_ns
        self._header_bytes = packets.header_bytes
        self._mtu_payload_bytes = packets.mtu_payload_bytes
        self._server = server
        self._ledger = ledger
        self._coming: deque[tuple[int, Job]] = deque()  # (arrival, job), ascending
        self._alarm = Alarm(env, ARRIVALS, self._arrive)

    def send(self, job: Job, payload_bytes: int, now_ns: int) -> None:
        """Hand a payload to the link, which may lose it."""
        packets = -(-payload_bytes // self._mtu_payload_bytes)
        link, log, row = self._link, self._ledger, job.row
        end_ns = link.send(now_ns, payload_bytes + packets * self._header_bytes)
        begin_ns = link.begin_ns
        log.uplink_start_ns[row] = NEVER if begin_ns is None else begin_ns
        if end_ns is None:
            log.reason[row] = self._lost
            return
        log.uplink_end_ns[row] = end_ns
        log.arrived_ns[row] = arrival_ns = end_ns + self._delay_ns
        if not self._coming:
            self._alarm.at(now_ns, arrival_ns)
        self._coming.append((arrival_ns, job))

    def _arrive(self, _: Event) -> None:
        coming = self._coming
        now_ns = coming[0][0]
        jobs = [coming.popleft()[1]]
        while coming and coming[0][0] == now_ns:
            jobs.append(coming.popleft()[1])
        if coming:
            self._alarm.at(now_ns, coming[0][0])
        self._server.arrive(jobs, now_ns)


def _link(plan: LinkPlan, packets: PacketPlan) -> Link:
    if plan.queue_bytes is None and plan.queue_packets is None:
        return FifoLink(plan.trace)
    return DroptailLink(
        plan.trace,
        packet_bytes=packets.mtu_payload_bytes + packets.header_bytes,
        limit_bytes=plan.queue_bytes,
        limit_packets=plan.queue_packets,
    )

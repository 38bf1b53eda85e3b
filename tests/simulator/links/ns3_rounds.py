"""ns-3's traffic control above a point-to-point device, once more and plainly: an event at a time.

What is written here follows the order of steps in ns-3 3.37: `FqCoDelQueueDisc` (its lists, its
deficits), `QueueDisc` (`run`), `NetDeviceQueue` (`_wake`) and `PointToPointNetDevice`. Three things
are ours: weights, limits of all flows together, and a device without places, which ns-3 lacks: its
wire takes packets out of the round robin itself.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from simulator.links.queueing import Flow

LEAVE, SEND, WAKE = range(3)  # the order of events at one instant
NEVER = -1
Packet = tuple[int, str, int]
"""Its number, its flow, its wire bytes."""


class RoundRobin:
    """The queue discipline."""

    def __init__(
        self,
        quantum: int,
        less_bytes: int,
        weights: Mapping[Flow, int],
        limit_bytes: int | None,
        limit_packets: int | None,
        *,
        drop_head: bool,
    ) -> None:
        self.quantum, self.less_bytes, self.weights = quantum, less_bytes, weights
        self.limit_bytes, self.limit_packets, self.drop_head = limit_bytes, limit_packets, drop_head
        self.waiting: dict[str, list[Packet]] = {}
        self.since: dict[str, int] = {}
        self.deficit: dict[str, int] = {}
        self.new: list[str] = []
        self.old: list[str] = []
        self.pushed = 0

    def queued(self) -> list[Packet]:
        return [packet for line in self.waiting.values() for packet in line]

    def over(self, packets: list[Packet]) -> bool:
        too_many = self.limit_packets is not None and len(packets) > self.limit_packets
        size = sum(wire_bytes for _, _, wire_bytes in packets)
        return too_many or (self.limit_bytes is not None and size > self.limit_bytes)

    def gain(self, flow: str) -> int:
        return self.quantum * self.weights.get(flow, 1)

    def enqueue(self, packet: Packet) -> None:
        flow = packet[1]
        if not self.drop_head and self.over([*self.queued(), packet]):
            return
        if flow not in self.new and flow not in self.old:  # its status is inactive
            self.deficit[flow] = self.gain(flow)
            self.new.append(flow)
        line = self.waiting.setdefault(flow, [])
        self.pushed += 1
        if not line:
            self.since[flow] = self.pushed
        line.append(packet)
        while self.over(self.queued()):
            most = max(sum(p[2] for p in line) for line in self.waiting.values())
            fat = [f for f, line in self.waiting.items() if sum(p[2] for p in line) == most]
            self.waiting[min(fat, key=lambda f: self.since[f])].pop(0)

    def dequeue(self) -> Packet | None:
        while True:
            flow = None
            while flow is None and self.new:
                if self.deficit[self.new[0]] <= 0:
                    self.deficit[self.new[0]] += self.gain(self.new[0])
                    self.old.append(self.new.pop(0))
                else:
                    flow = self.new[0]
            while flow is None and self.old:
                if self.deficit[self.old[0]] <= 0:
                    self.deficit[self.old[0]] += self.gain(self.old[0])
                    self.old.append(self.old.pop(0))
                else:
                    flow = self.old[0]
            if flow is None:
                return None
            if self.waiting[flow]:
                packet = self.waiting[flow].pop(0)
                self.deficit[flow] -= max(packet[2] - self.less_bytes, 1)
                return packet
            if self.new:
                self.old.append(self.new.pop(0))
            else:
                self.old.pop(0)


class Device:
    """A wire, the device's own queue of so many places, and the discipline above it."""

    def __init__(self, robin: RoundRobin, places: int, rate_bps: Callable[[int], int]) -> None:
        self.robin, self.places, self.rate_bps = robin, places, rate_bps
        self.events: list[tuple[int, int, int, tuple[Packet, ...]]] = []
        self.scheduled = 0
        self.on_wire: Packet | None = None
        self.own_queue: list[Packet] = []
        self.stopped = False
        self.left_ns: dict[int, int] = {}

    def schedule(self, at_ns: int, kind: int, packets: tuple[Packet, ...] = ()) -> None:
        self.scheduled += 1
        heappush(self.events, (at_ns, kind, self.scheduled, packets))

    def work(self) -> None:
        while self.events:
            now_ns, kind, _, packets = heappop(self.events)
            if kind == LEAVE:
                self.complete(now_ns)
            elif kind == WAKE:
                self.run(now_ns)
            for packet in packets:
                self.robin.enqueue(packet)
                self.run(now_ns)

    def run(self, now_ns: int) -> None:
        """Move packets from the discipline to the device while it takes them."""
        if not self.places:
            if self.on_wire is None and self.robin.queued():
                self.start(now_ns, self.robin.dequeue())
            return
        while not self.stopped and (packet := self.robin.dequeue()):
            self.own_queue.append(packet)
            self.stopped = len(self.own_queue) == self.places
            if self.on_wire is None:
                self.start(now_ns, self.take(now_ns))
            if not self.robin.queued():
                return

    def take(self, now_ns: int) -> Packet | None:
        """Take a packet out of the device's own queue, which wakes a discipline it had stopped."""
        if not self.own_queue:
            return None
        if self.stopped:
            self.stopped = False
            self.schedule(now_ns, WAKE)
        return self.own_queue.pop(0)

    def start(self, now_ns: int, packet: Packet | None) -> None:
        self.on_wire = packet
        if packet is not None:
            rate = self.rate_bps(now_ns)
            lasts_ns = (2 * packet[2] * 8 * 10**9 + rate) // (2 * rate)
            self.schedule(now_ns + lasts_ns, LEAVE)

    def complete(self, now_ns: int) -> None:
        assert self.on_wire is not None
        self.left_ns[self.on_wire[0]] = now_ns
        self.on_wire = None
        self.start(now_ns, self.take(now_ns))
        if not self.places:
            self.run(now_ns)


def carried(
    sendings: Sequence[tuple[int, str, Sequence[int]]],
    rate_bps: Callable[[int], int],
    robin: RoundRobin,
    places: int,
) -> list[int]:
    """Return when each packet has left, or -1; sendings are instant, flow and wire bytes."""
    device = Device(robin, places, rate_bps)
    number = 0
    for at_ns, flow, sizes in sendings:
        packets = tuple((number + k, flow, size) for k, size in enumerate(sizes))
        number += len(sizes)
        device.schedule(at_ns, SEND, packets)
    device.work()
    return [device.left_ns.get(k, NEVER) for k in range(number)]

"""Generalised processor sharing in exact ratios: no virtual time, one interval after another."""

from __future__ import annotations

from fractions import Fraction
from math import ceil
from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.links.queueing import NEVER_NS, Settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.links.queueing import Flow
    from traces.bandwidth import BandwidthTrace


class _Fate:
    """What is known of a parcel."""

    def __init__(self, sent_ns: int) -> None:
        self.sent_ns = sent_ns
        self.left = self.lost = self.cancelled = 0  # packets
        self.begin_ns = self.end_ns = self.lost_ns = NEVER_NS


class ProcessorSharing:
    """The reference for `FairLink`, with the same calls. Slow, and as plain as can be."""

    def __init__(
        self,
        trace: BandwidthTrace,
        weights: Mapping[Flow, int],
        *,
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
    ) -> None:
        self.trace = trace
        self.weights = weights
        self.limit_bytes = limit_bytes
        self.limit_packets = limit_packets
        self.queues: dict[Flow, list[tuple[int, int, Fraction]]] = {}  # parcel, size, left
        self.free_ns: dict[Flow, int] = {}
        self.fates: dict[int, _Fate] = {}
        self.position = Fraction(0)  # bytes of capacity
        self.latest_ns = 0
        self.out: list[Settled[int]] = []

    def send(self, now_ns: int, flow: Flow, parcel: int, sizes: Sequence[int]) -> None:
        self.serve(now_ns)
        fate = self.fates[parcel] = _Fate(now_ns)
        queue = self.queues.setdefault(flow, [])
        for size in sizes:
            unfinished = [left for queue in self.queues.values() for _, _, left in queue]
            full = self.limit_packets is not None and len(unfinished) >= self.limit_packets
            if full or (self.limit_bytes is not None and sum(unfinished) + size > self.limit_bytes):
                fate.lost += 1
                fate.lost_ns = now_ns
            else:
                fate.left += 1
                queue.append((parcel, size, Fraction(size)))
        self.finish(parcel)

    def cancel(self, now_ns: int, parcel: int) -> int:
        self.serve(now_ns)
        if parcel not in self.fates:
            return 0
        fate = self.fates[parcel]
        removed = 0
        for flow, queue in self.queues.items():
            kept = [item for item in queue if item[0] != parcel or item[2] < item[1]]
            removed += len(queue) - len(kept)
            self.queues[flow] = kept
        fate.left -= removed
        fate.cancelled += removed
        self.finish(parcel)
        return removed

    def settle(self, now_ns: int) -> list[Settled[int]]:
        self.serve(now_ns)
        out, self.out = self.out, []
        return out

    def serve(self, now_ns: int) -> None:
        """Divide what is offered until now among the flows that have something to send."""
        offered = Fraction(self.trace.capacity(now_ns), self.trace.units_per_byte)
        while True:
            active = [flow for flow in self.queues if self.queues[flow]]
            if not active or self.position == offered:
                break
            total = sum(self.weights[flow] for flow in active)
            steps = [self.queues[flow][0][2] / self.weights[flow] for flow in active]
            step = min([*steps, (offered - self.position) / total])
            self.position += step * total
            # Of several that are through at once, the one sent first settles first.
            for flow in sorted(active, key=lambda flow: self.queues[flow][0][0]):
                self.advance(flow, step * self.weights[flow])
        self.position = offered
        self.latest_ns = now_ns

    def advance(self, flow: Flow, served: Fraction) -> None:
        parcel, size, left = self.queues[flow].pop(0)
        fate = self.fates[parcel]
        if fate.begin_ns == NEVER_NS:
            fate.begin_ns = max(fate.sent_ns, self.free_ns.get(flow, 0))
        if left > served:
            self.queues[flow].insert(0, (parcel, size, left - served))
            return
        end_ns = self.trace.instant(ceil(self.position * self.trace.units_per_byte))
        fate.end_ns = FOREVER_NS if end_ns is None else end_ns
        fate.left -= 1
        if not fate.left:
            self.free_ns[flow] = fate.end_ns
            self.finish(parcel)

    def finish(self, parcel: int) -> None:
        fate = self.fates[parcel]
        if not fate.left:
            ends = fate.begin_ns, fate.end_ns
            self.out.append(Settled(parcel, *ends, fate.lost, fate.cancelled, fate.lost_ns))
            del self.fates[parcel]

"""The reference that the simulator is compared with: the same world in textbook SimPy.

An event for every packet, a process for every frame, a Store for the link's queue, Resources for
device and workers. One camera or many, one fixed unit, no batching, every frame kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import simpy

if TYPE_CHECKING:
    from collections.abc import Generator

    from simulator.world.plan import StreamPlan, WorldPlan

    Process = Generator[simpy.Event, Any, None]

__all__ = ["Textbook"]


class Textbook:
    """Simulates a plan with one unit for all frames.

    Attributes:
        arrived_ns: Per stream and frame, when the last packet is at the server.
        done_ns: Per stream and frame, when the result is at the device.
    """

    def __init__(self, plan: WorldPlan, unit: int) -> None:
        """Start the processes."""
        self.plan = plan
        self.unit = unit
        self.env = simpy.Environment()
        self.queue: simpy.Store = simpy.Store(self.env)
        self.workers = simpy.Resource(self.env, len(plan.server.workers))
        self.arrived_ns = [[-1] * len(s.captured_ns) for s in plan.streams]
        self.done_ns = [[-1] * len(s.captured_ns) for s in plan.streams]
        self.env.process(self.link())
        for index, stream in enumerate(plan.streams):
            self.env.process(self.camera(index, stream))

    def run(self) -> None:
        """Run until nothing happens any more."""
        self.env.run()

    def camera(self, index: int, stream: StreamPlan) -> Process:
        """Capture frames."""
        device = simpy.Resource(self.env)
        for frame, captured_ns in enumerate(stream.captured_ns.tolist()):
            yield self.env.timeout(captured_ns - self.env.now)
            self.env.process(self.frame(index, stream, frame, device))

    def frame(self, index: int, stream: StreamPlan, frame: int, device: simpy.Resource) -> Process:
        """Live through one frame."""
        with device.request() as turn:
            yield turn
            yield self.env.timeout(int(stream.device_ns[self.unit, frame]))
        payload = int(stream.payload_bytes[self.unit, frame])
        arrived = self.env.event()
        packets = self.plan.packets
        while payload:
            part = min(payload, packets.mtu_payload_bytes)
            payload -= part
            self.queue.put((part + packets.header_bytes, arrived if not payload else None))
        yield arrived
        self.arrived_ns[index][frame] = int(self.env.now)
        with self.workers.request() as turn:
            yield turn
            yield self.env.timeout(self.service_ns(stream, frame))
        yield self.env.timeout(self.plan.downlink_delay_ns)
        self.done_ns[index][frame] = int(self.env.now)

    def service_ns(self, stream: StreamPlan, frame: int) -> int:
        """Return how long a frame is served alone."""
        model, draw = self.plan.server.models[stream.model], int(stream.batch_draw[frame])
        alone = model.decode_ns[draw, self.unit, 0] + model.tail_ns[draw, 0]
        return int(stream.entropy_decode_ns[self.unit, frame] + alone)

    def link(self) -> Process:
        """Serialise packets one by one."""
        trace, position, end_ns = self.plan.uplink[0][0].trace, 0, 0
        while True:
            wire_bytes, arrived = yield self.queue.get()
            now_ns = int(self.env.now)
            if now_ns > end_ns:  # it was idle; else the fraction of a nanosecond left is used too
                position = max(position, trace.capacity(now_ns))
            position += wire_bytes * trace.units_per_byte
            end_ns = trace.instant(position) or 0
            yield self.env.timeout(end_ns - now_ns)
            self.env.process(self.propagate(arrived))

    def propagate(self, arrived: simpy.Event | None) -> Process:
        """Carry a packet to the server; the last one of a frame completes it."""
        yield self.env.timeout(self.plan.uplink[0][0].delay_ns)
        if arrived is not None:
            arrived.succeed()

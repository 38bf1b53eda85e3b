"""One run: streams, the path to the server, the server, and the path back."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.world.plan.network import PacketPlan

if TYPE_CHECKING:
    from simulator.world.plan.network import LinkPlan
    from simulator.world.plan.server import ServerPlan
    from simulator.world.plan.streams import StreamPlan

__all__ = ["WorldPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class WorldPlan:
    """One run: streams that share a network and a server.

    Attributes:
        streams: The cameras.
        uplink: The hops from the devices on, at least one: each holds one link for all streams, or
            one for each.
        server: Where payloads are served.
        downlink: The hops from the server on; none is a way back of ``downlink_delay_ns``.
        downlink_delay_ns: Propagation of an answer where the downlink has no hops.
        packets: How payloads and answers become packets.
        duration_ns: Frames are captured for so long; then the run drains.
    """

    streams: tuple[StreamPlan, ...]
    uplink: tuple[tuple[LinkPlan, ...], ...]
    server: ServerPlan
    downlink: tuple[tuple[LinkPlan, ...], ...] = ()
    downlink_delay_ns: int = 0
    packets: PacketPlan = field(default_factory=PacketPlan)
    duration_ns: int

    def up_delay_ns(self, stream: int) -> int:
        """Return the propagation of all hops from a stream's device to the server."""
        return sum(_of(hop, stream).delay_ns for hop in self.uplink)

    def down_delay_ns(self, stream: int) -> int:
        """Return the propagation from the server back to a stream's device."""
        return self.downlink_delay_ns + sum(_of(hop, stream).delay_ns for hop in self.downlink)

    def __post_init__(self) -> None:
        """Refuse hops and tables that do not fit the streams.

        Raises:
            ValueError: Naming what does not fit, what it is and what it must be.
        """
        if not self.uplink:
            raise ValueError("uplink: 0 hops must be at least 1")
        for hop in (*self.uplink, *self.downlink):
            if len(hop) not in (1, len(self.streams)):
                raise ValueError(f"{len(hop)} links of a hop must be 1 or {len(self.streams)}")
        if not self.server.workers:
            raise ValueError("server: 0 workers must be at least 1")
        batch = self.server.max_batch
        for stream in self.streams:
            model = self.server.models[stream.model]
            draws, decoders, _ = model.decode_ns.shape
            tails_ns = [model.tail_ns, *model.other_tails_ns.values()]
            shapes = {tail_ns.shape for tail_ns in tails_ns}
            if shapes != {(draws, batch)} or model.decode_ns.shape[2] != batch:
                found = f"tail_ns {model.tail_ns.shape}, decode_ns {model.decode_ns.shape}"
                raise ValueError(f"{stream.name} on {model.name}: {found} must fit batch {batch}")
            if len(stream.decoders) != len(stream.ladder.names) or max(stream.decoders) >= decoders:
                found = f"decoders {stream.decoders}"
                raise ValueError(
                    f"{stream.name} on {model.name}: {found} must be one for each of "
                    f"{len(stream.ladder.names)} units, below {decoders}"
                )


def _of(hop: tuple[LinkPlan, ...], stream: int) -> LinkPlan:
    return hop[0] if len(hop) == 1 else hop[stream]

"""Which link arithmetic a link's plan asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.links.droptail import DroptailLink
from simulator.links.drr import COUNTED_HEADER_BYTES, DrrQueue
from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import Flowing, StoreAndForward

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.links.queueing import Flow, QueueingLink
    from simulator.links.queues import PacketQueue
    from simulator.links.wires import Wire
    from simulator.world.network.parcel import Parcel
    from simulator.world.plan import LinkPlan, PacketPlan, StreamPlan

__all__ = ["is_orderly", "orderly", "queueing", "weights"]

_COMMITTED = 1


def is_orderly(plan: LinkPlan) -> bool:
    """Return whether what the link does to a parcel is certain when it is sent."""
    limited = plan.queue_bytes is not None or plan.queue_packets is not None
    return (
        plan.sharing == "fifo"
        and plan.accuracy == "frame"
        and not (limited and plan.drop == "head")
        and not plan.grant_ns
    )


def orderly(plan: LinkPlan, packets: PacketPlan) -> FifoLink | DroptailLink:
    """Return the arithmetic of a link that `is_orderly`."""
    if plan.queue_bytes is None and plan.queue_packets is None:
        return FifoLink(plan.trace)
    return DroptailLink(
        plan.trace,
        packet_bytes=packets.mtu_payload_bytes + packets.header_bytes,
        limit_bytes=plan.queue_bytes,
        limit_packets=plan.queue_packets,
    )


def queueing(
    plan: LinkPlan, packets: PacketPlan, weights: Mapping[Flow, int]
) -> QueueingLink[Parcel | int]:
    """Return the arithmetic of any link, followed parcel by parcel or packet by packet.

    By turns, one packet is committed ahead of the one on the wire, as in ns-3's network devices,
    and deficits count payload and `COUNTED_HEADER_BYTES`, whatever the header on the wire.

    Args:
        plan: The link.
        packets: How payloads become packets.
        weights: Of its flows.
    """
    if plan.sharing == "fair":
        return FairLink(
            plan.trace, weights, limit_bytes=plan.queue_bytes, limit_packets=plan.queue_packets
        )
    wire: Wire = (StoreAndForward if plan.accuracy == "packet" else Flowing)(plan.trace)
    if plan.sharing == "fifo":
        queue: PacketQueue[Parcel | int] = FifoQueue(
            limit_bytes=plan.queue_bytes,
            limit_packets=plan.queue_packets,
            drop_head=plan.drop == "head",
        )
        return PacketLink(wire, queue)
    turns: DrrQueue[Parcel | int] = DrrQueue(
        quantum=plan.quantum_bytes,
        less_bytes=packets.header_bytes - COUNTED_HEADER_BYTES,
        weights=weights,
        limit_bytes=plan.queue_bytes,
        limit_packets=plan.queue_packets,
        drop_head=plan.drop == "head",
    )
    return PacketLink(wire, turns, committed=_COMMITTED)


def weights(plan: LinkPlan, streams: Sequence[StreamPlan]) -> dict[Flow, int]:
    """Return the weights of the flows on a link: streams by number, others by name."""
    ours: dict[Flow, int] = {k: stream.weight for k, stream in enumerate(streams)}
    return ours | {cross.name: cross.weight for cross in plan.cross}

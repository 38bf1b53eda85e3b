"""Which kind of link is meant: how it is shared and queued for. The only place that builds links.

Simulated worlds and replayed tables describe their links in the same words and get the same
arithmetic for them, whatever the trace:

                  what carries it                    what is known when a frame is sent
    fifo, frame   `FifoLink`, `DroptailLink`         all that will become of it: `is_orderly`
    fifo, drr     `PacketLink`: a queue and a wire   what becomes of it may still change
    fair          `FairLink`, fluid                  the same
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.links.droptail import DroptailLink
from simulator.links.drr import COUNTED_HEADER_BYTES, DrrQueue
from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.packets import PacketLink
from simulator.links.queues import UNLIMITED, FifoQueue
from simulator.links.wires import Accuracy, wire_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.links.queueing import Flow, Parcel, QueueingLink
    from simulator.links.queues import QueueLimit
    from traces.bandwidth import BandwidthTrace

__all__ = ["QUANTUM_BYTES", "Drop", "LinkKind", "Sharing", "frame_link", "queueing_link"]

Sharing = Literal["fifo", "fair", "drr"]
Drop = Literal["tail", "head"]

QUANTUM_BYTES = 1500
"""What a flow of weight 1 gains a round of ``drr`` where nothing else is said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkKind:
    """How a link is shared, queued for and followed.

    Attributes:
        sharing: ``fifo``; ``fair``, fluid; or ``drr``, deficit round robin packet by packet.
        accuracy: ``frame`` follows the capacity byte by byte; ``packet`` serialises each packet
            whole at the rate valid when it starts, where there are rates.
        queue: Most that may wait. ``fifo`` and ``drr`` count what waits, ``fair`` whatever has not
            left.
        drop: Whether the newest or the oldest packets go when the queue is full.
        quantum_bytes: What a flow of weight 1 gains a round of ``drr``.
        drr_header_bytes: What of each packet's header counts in its deficits, whatever the header.
        committed_packets: Places of the device's own queue, in ``drr``: packets whose order is
            settled behind the one on the wire. One in ns-3's network devices.
    """

    sharing: Sharing = "fifo"
    accuracy: Accuracy = "frame"
    queue: QueueLimit = UNLIMITED
    drop: Drop = "tail"
    quantum_bytes: int = QUANTUM_BYTES
    drr_header_bytes: int = COUNTED_HEADER_BYTES
    committed_packets: int = 1

    @property
    def is_orderly(self) -> bool:
        """Whether what the link does to a frame is certain when it is sent; see `frame_link`."""
        return (
            self.sharing == "fifo"
            and self.accuracy == "frame"
            and not (self.drop == "head" and self.queue.is_limited)
        )


def frame_link(
    trace: BandwidthTrace, kind: LinkKind, *, full_bytes: int
) -> FifoLink | DroptailLink:
    """Return a link that `is_orderly`, as arithmetic on whole frames.

    Args:
        trace: Its capacity.
        kind: Which it is.
        full_bytes: A full packet on the wire.
    """
    if not kind.queue.is_limited:
        return FifoLink(trace)
    return DroptailLink(
        trace,
        packet_bytes=full_bytes,
        limit_bytes=kind.queue.whole_bytes,
        limit_packets=kind.queue.packets,
    )


def queueing_link(
    trace: BandwidthTrace, kind: LinkKind, weights: Mapping[Flow, int], *, header_bytes: int
) -> QueueingLink[Parcel]:
    """Return any link, followed parcel by parcel or packet by packet.

    Args:
        trace: Its capacity.
        kind: Which it is.
        weights: Of its flows; 1 for those left out.
        header_bytes: What of each packet's wire bytes is no payload.

    Example:
        >>> from traces import OpportunityTrace, TraceAbout
        >>> about = TraceAbout(name="500 bytes each ms")
        >>> trace = OpportunityTrace.from_stamps([10**6], bytes_each=500, about=about)
        >>> link = queueing_link(trace, LinkKind(accuracy="packet"), {}, header_bytes=32)
        >>> for packet in range(4):
        ...     link.send(0, "flow", packet, (1504,))
        >>> [settled.end_ns // 10**6 for settled in link.settle(10**9)]
        [4, 7, 10, 13]
    """
    limits = {"limit_bytes": kind.queue.whole_bytes, "limit_packets": kind.queue.packets}
    if kind.sharing == "fair":
        return FairLink(trace, weights, **limits)
    wire = wire_for(trace, kind.accuracy)
    head = kind.drop == "head"
    if kind.sharing == "fifo":
        fifo: FifoQueue[Parcel] = FifoQueue(**limits, drop_head=head)
        return PacketLink(wire, fifo)
    turns: DrrQueue[Parcel] = DrrQueue(
        quantum=kind.quantum_bytes,
        less_bytes=header_bytes - kind.drr_header_bytes,
        weights=weights,
        **limits,
        drop_head=head,
    )
    return PacketLink(wire, turns, committed=kind.committed_packets)

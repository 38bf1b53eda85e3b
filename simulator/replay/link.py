"""Which link frames are replayed through: headers, queue, sharing, and what is followed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.links.drr import COUNTED_HEADER_BYTES, DrrQueue
from simulator.links.fair import FairLink
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import Accuracy, wire_for

if TYPE_CHECKING:
    from collections.abc import Mapping

    from simulator.links.queueing import Flow
    from traces import BandwidthTrace

__all__ = [
    "Accuracy",
    "LinkChoice",
    "QueueLimit",
    "Sharing",
    "fair_link",
    "packet_link",
    "queue_limit",
]

Sharing = Literal["fifo", "fair", "drr"]

_LIMIT = re.compile(r"drop(tail|head):([0-9]{1,15})(p|B)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueLimit:
    """Most that may be queued, and who goes when it is more.

    Attributes:
        most_bytes: In wire bytes; None for no such limit.
        most_packets: In packets; None for no such limit.
        drop_head: Whether the oldest go, not the newest.
    """

    most_bytes: int | None = None
    most_packets: int | None = None
    drop_head: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChoice:
    """How frames cross the link.

    Attributes:
        mtu_payload_bytes: Most payload of a packet; a frame's last packet is shorter.
        header_bytes: What each packet carries besides.
        queue: Its limit; None for an infinite queue. ``fifo`` and ``drr`` count what waits,
            ``fair`` whatever has not left.
        sharing: ``fifo``; ``fair``, fluid; or ``drr``, packet by packet.
        accuracy: ``packet``: on a rate trace, packets are stored and forwarded one by one.
            ``frame``: the rate is integrated over whatever is sent.
        delay_ns: Propagation after the link.
        clock_ns: Sending happens at whole multiples of this, rounded down; 1 for as it is given.
        quantum_bytes: What a flow of weight 1 gains a round of ``drr``.
        drr_header_bytes: What of each packet's header counts in its deficits.
        committed_packets: Places of the device's own queue, in ``drr``: packets whose order is
            settled behind the one on the wire.
    """

    mtu_payload_bytes: int = 1472
    header_bytes: int = 32
    queue: QueueLimit | None = None
    sharing: Sharing = "fifo"
    accuracy: Accuracy = "packet"
    delay_ns: int = 0
    clock_ns: int = 1
    quantum_bytes: int = 1500
    drr_header_bytes: int = COUNTED_HEADER_BYTES
    committed_packets: int = 1


def queue_limit(text: str) -> QueueLimit | None:
    """Return the limit that ``infinite``, ``droptail:50p`` or ``drophead:64000B`` says.

    Raises:
        ValueError: If it says something else; the message is a predicate.

    Example:
        >>> queue_limit("drophead:40p").most_packets
        40
    """
    if text == "infinite":
        return None
    match = _LIMIT.fullmatch(text)
    if match is None or not int(match[2]):
        msg = "must be infinite, or droptail or drophead with a limit above 0 in packets or bytes"
        raise ValueError(msg)
    most = int(match[2])
    return QueueLimit(
        most_bytes=most if match[3] == "B" else None,
        most_packets=most if match[3] == "p" else None,
        drop_head=match[1] == "head",
    )


def packet_link(
    trace: BandwidthTrace, choice: LinkChoice, weights: Mapping[Flow, int]
) -> PacketLink[int]:
    """Return the link that follows packets as a choice says."""
    wire = wire_for(trace, choice.accuracy)
    limit = choice.queue or QueueLimit()
    if choice.sharing == "fifo":
        fifo: FifoQueue[int] = FifoQueue(
            limit_bytes=limit.most_bytes,
            limit_packets=limit.most_packets,
            drop_head=limit.drop_head,
        )
        return PacketLink(wire, fifo)
    turns: DrrQueue[int] = DrrQueue(
        quantum=choice.quantum_bytes,
        less_bytes=choice.header_bytes - choice.drr_header_bytes,
        weights=weights,
        limit_bytes=limit.most_bytes,
        limit_packets=limit.most_packets,
        drop_head=limit.drop_head,
    )
    return PacketLink(wire, turns, committed=choice.committed_packets)


def fair_link(
    trace: BandwidthTrace, choice: LinkChoice, weights: Mapping[Flow, int]
) -> FairLink[int]:
    """Return the fluid link that its flows share as a choice says."""
    limit = choice.queue or QueueLimit()
    return FairLink(trace, weights, limit_bytes=limit.most_bytes, limit_packets=limit.most_packets)

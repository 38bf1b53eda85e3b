"""Frames sent through a link, and the fate of each and of its packets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.packets import NEVER_NS
from simulator.replay.link import packet_link

if TYPE_CHECKING:
    from simulator.replay.frames import FrameTable
    from simulator.replay.link import LinkChoice
    from traces import BandwidthTrace

__all__ = ["Fates", "replay"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fates:
    """What became of frames; one entry each, in their order.

    Attributes:
        packets: How many packets the frame is.
        lost: How many of them never arrived.
        arrived_ns: When the last of those that did arrive was there; -1 if none did.
        packet_arrived_ns: The same for each packet of each frame; empty where only frames were
            followed.
    """

    packets: list[int]
    lost: list[int]
    arrived_ns: list[int]
    packet_arrived_ns: list[int]


def replay(frames: FrameTable, trace: BandwidthTrace, choice: LinkChoice) -> Fates:
    """Send frames through a link, all packets of one back to back.

    Args:
        frames: What is sent, and when.
        trace: The link's capacity.
        choice: What kind of link it is.

    Example:
        >>> from simulator.replay.frames import FrameTable
        >>> from simulator.replay.link import LinkChoice
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> trace = RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about)
        >>> frames = FrameTable(flow=["0"], frame_id=["0"], sent_ns=[0], payload_bytes=[3000])
        >>> replay(frames, trace, LinkChoice(delay_ns=5_000_000)).arrived_ns  # 3 headers of 32
        [8096000]
    """
    each = choice.mtu_payload_bytes
    packets = [-(-payload // each) for payload in frames.payload_bytes]
    if choice.sharing == "fair" or (choice.accuracy == "frame" and choice.queue is None):
        left = _fluid(frames, packets, trace, choice)
        arrived = [_arrival(end_ns, choice.delay_ns) for end_ns in left]
        lost = [n if end < 0 else 0 for n, end in zip(packets, arrived, strict=True)]
        return Fates(packets=packets, lost=lost, arrived_ns=arrived, packet_arrived_ns=[])
    by_packet = [
        _arrival(end_ns, choice.delay_ns) for end_ns in _packets(frames, packets, trace, choice)
    ]
    lost, arrived = [], []
    first = 0
    for count in packets:
        ends = by_packet[first : first + count]
        lost.append(ends.count(NEVER_NS))
        arrived.append(max(ends))
        first += count
    return Fates(packets=packets, lost=lost, arrived_ns=arrived, packet_arrived_ns=by_packet)


def _packets(
    frames: FrameTable, packets: list[int], trace: BandwidthTrace, choice: LinkChoice
) -> list[int]:
    """Return when each packet left the link."""
    link = packet_link(trace, choice)
    full = choice.mtu_payload_bytes + choice.header_bytes
    clock_ns = choice.clock_ns
    rows = zip(frames.flow, frames.sent_ns, frames.payload_bytes, packets, strict=True)
    for flow, sent_ns, payload, count in rows:
        rest = payload - choice.mtu_payload_bytes * (count - 1) + choice.header_bytes
        now_ns = sent_ns - sent_ns % clock_ns
        if count > 1:
            link.send(now_ns, flow, repeat(full, count - 1))
        link.send(now_ns, flow, (rest,))
    link.finish()
    return link.left_ns


def _fluid(
    frames: FrameTable, packets: list[int], trace: BandwidthTrace, choice: LinkChoice
) -> list[int]:
    """Return when each frame left the link."""
    wire = [
        payload + choice.header_bytes * count
        for payload, count in zip(frames.payload_bytes, packets, strict=True)
    ]
    now = [sent_ns - sent_ns % choice.clock_ns for sent_ns in frames.sent_ns]
    if choice.sharing == "fair":
        shared = FairLink(trace)
        for now_ns, flow, wire_bytes in zip(now, frames.flow, wire, strict=True):
            shared.send(now_ns, flow, wire_bytes)
        shared.finish()
        return shared.left_ns
    link = FifoLink(trace)
    ends = map(link.send, now, wire)
    return [NEVER_NS if end_ns is None else end_ns for end_ns in ends]


def _arrival(end_ns: int, delay_ns: int) -> int:
    return NEVER_NS if end_ns == NEVER_NS else end_ns + delay_ns

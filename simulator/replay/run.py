"""Frames sent through a link, and the fate of each and of its packets."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import repeat
from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.links.kinds import frame_link, queueing_link
from simulator.links.queueing import NEVER_NS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator.links.queueing import QueueingLink
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
    if not choice.follows_packets:
        follow = _shared if choice.sharing == "fair" else _fluid
        lost, left = follow(frames, packets, trace, choice)
        arrived = [_arrival(end_ns, choice.delay_ns) for end_ns in left]
        return Fates(packets=packets, lost=lost, arrived_ns=arrived, packet_arrived_ns=[])
    left = _packets(frames, packets, trace, choice)
    by_packet = [_arrival(end_ns, choice.delay_ns) for end_ns in left]
    lost, arrived = [], []
    first = 0
    for count in packets:
        ends = by_packet[first : first + count]
        lost.append(ends.count(NEVER_NS))
        arrived.append(max(ends))
        first += count
    return Fates(packets=packets, lost=lost, arrived_ns=arrived, packet_arrived_ns=by_packet)


def _sendings(
    frames: FrameTable, packets: list[int], choice: LinkChoice
) -> Iterator[tuple[int, str, list[int]]]:
    """Yield when each frame comes to the link, its flow and the wire bytes of its packets."""
    each = choice.mtu_payload_bytes
    full = choice.full_bytes
    for flow, sent_ns, payload, count in zip(
        frames.flow, frames.sent_ns, frames.payload_bytes, packets, strict=True
    ):
        rest = payload - each * (count - 1) + choice.header_bytes
        yield sent_ns - sent_ns % choice.clock_ns, flow, [*repeat(full, count - 1), rest]


def _link(frames: FrameTable, trace: BandwidthTrace, choice: LinkChoice) -> QueueingLink[int]:
    return queueing_link(trace, choice, frames.weights, header_bytes=choice.header_bytes)


def _packets(
    frames: FrameTable, packets: list[int], trace: BandwidthTrace, choice: LinkChoice
) -> list[int]:
    """Return when each packet left the link."""
    link = _link(frames, trace, choice)
    left = [NEVER_NS] * sum(packets)
    first = 0
    for now_ns, flow, sizes in _sendings(frames, packets, choice):
        for number, wire_bytes in enumerate(sizes, first):
            link.send(now_ns, flow, number, (wire_bytes,))
        first += len(sizes)
        for settled in link.settle(now_ns):
            left[settled.parcel] = settled.end_ns
    for settled in link.settle(FOREVER_NS - 1):
        left[settled.parcel] = settled.end_ns
    return left


def _shared(
    frames: FrameTable, packets: list[int], trace: BandwidthTrace, choice: LinkChoice
) -> tuple[list[int], list[int]]:
    """Return how many packets of each frame a fair link lost, and when the last others left."""
    link = _link(frames, trace, choice)
    lost, left = packets.copy(), [NEVER_NS] * len(packets)
    for number, (now_ns, flow, sizes) in enumerate(_sendings(frames, packets, choice)):
        link.send(now_ns, flow, number, sizes)
    for settled in link.settle(FOREVER_NS - 1):
        lost[settled.parcel] = settled.lost
        left[settled.parcel] = settled.end_ns
    return lost, left


def _fluid(
    frames: FrameTable, packets: list[int], trace: BandwidthTrace, choice: LinkChoice
) -> tuple[list[int], list[int]]:
    """Return the same of a link without limit, first in, first out: it loses all of a frame."""
    link = frame_link(trace, choice, full_bytes=choice.full_bytes)
    lost, left = [], []
    for now_ns, _, sizes in _sendings(frames, packets, choice):
        end_ns = link.send(now_ns, sum(sizes))
        never = end_ns is None or end_ns == FOREVER_NS
        lost.append(len(sizes) if never else 0)
        left.append(NEVER_NS if end_ns is None or never else end_ns)
    return lost, left


def _arrival(end_ns: int, delay_ns: int) -> int:
    return NEVER_NS if end_ns == NEVER_NS else end_ns + delay_ns

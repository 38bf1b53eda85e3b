"""A first-in first-out link whose queue is limited, as arithmetic on the packets of frames.

The rule is mahimahi's (src/packet/drop_tail_packet_queue.hh): a packet is admitted iff what is
queued and this packet stay within the limit. A packet counts as queued until capacity beyond its
first byte's position was offered; the rest of a packet begun is in transmission and not counted.
A frame hands all its packets over at one instant, so those admitted follow from one division. A
frame that lost a packet is lost, but its admitted packets still occupy the link.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.links.fifo import is_carried

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace

__all__ = ["DroptailLink"]

_NO_LIMIT = 1 << 62


class DroptailLink:
    """Carries frames in order and drops packets that find the queue full.

    Args:
        trace: Capacity over time.
        packet_bytes: Wire size of a full packet; a frame is cut into full ones and a remainder.
        limit_bytes: Most wire bytes queued; None for no such limit.
        limit_packets: Most packets queued; None for no such limit.

    Example:
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> trace = RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about)
        >>> link = DroptailLink(trace, packet_bytes=1000, limit_bytes=3000)
        >>> link.send(0, 3000), link.send(0, 500), link.send(500_000, 1000)
        (3000000, None, 4000000)
    """

    __slots__ = (
        "_bytes",
        "_limit_bytes",
        "_limit_packets",
        "_packet_bytes",
        "_packets",
        "_position",
        "_runs",
        "_trace",
        "begin_ns",
        "free_ns",
    )

    def __init__(
        self,
        trace: BandwidthTrace,
        *,
        packet_bytes: int,
        limit_bytes: int | None = None,
        limit_packets: int | None = None,
    ) -> None:
        """Start with an empty link at instant 0."""
        self._trace = trace
        self._packet_bytes = packet_bytes
        self._limit_bytes = _NO_LIMIT if limit_bytes is None else limit_bytes
        self._limit_packets = _NO_LIMIT if limit_packets is None else limit_packets
        # Admitted runs of packets not all begun: position of the first byte, wire bytes, packets.
        self._runs: deque[tuple[int, int, int]] = deque()
        self._bytes = self._packets = 0  # in all these runs
        self._position = 0
        self.free_ns = 0
        self.begin_ns: int | None = None

    def send(self, now_ns: int, wire_bytes: int) -> int | None:
        """Return when a frame handed over now has left the link whole.

        ``FOREVER_NS`` if it never has, None if it found no place for a packet.
        """
        offered = self._trace.capacity(now_ns)
        admitted_bytes, packets = self._admit(wire_bytes, *self.queued(offered))
        if not packets:
            self.begin_ns = None
            return None
        free_ns = self.free_ns
        self.begin_ns = max(now_ns, free_ns) if free_ns < FOREVER_NS else None
        start = max(self._position, offered)
        self._runs.append((start, admitted_bytes, packets))
        self._bytes += admitted_bytes
        self._packets += packets
        self._position = start + admitted_bytes * self._trace.units_per_byte
        end_ns = self._trace.instant(self._position)
        if end_ns is None or end_ns >= FOREVER_NS:
            if not is_carried(self._trace, start):
                self.begin_ns = None
            end_ns = FOREVER_NS
        self.free_ns = end_ns
        return end_ns if admitted_bytes == wire_bytes else None

    def queued(self, offered: int) -> tuple[int, int]:
        """Return the wire bytes and packets queued once ``offered`` units of capacity have been."""
        each = self._packet_bytes * self._trace.units_per_byte
        runs = self._runs
        while runs:
            start, in_bytes, packets = runs[0]
            begun = max(0, -((start - offered) // each))  # packets whose start < offered
            if begun < packets:
                return self._bytes - begun * self._packet_bytes, self._packets - begun
            runs.popleft()
            self._bytes -= in_bytes
            self._packets -= packets
        return 0, 0

    def _admit(self, wire_bytes: int, queued_bytes: int, queued_packets: int) -> tuple[int, int]:
        each = self._packet_bytes
        full, rest = divmod(wire_bytes, each)
        room_bytes = self._limit_bytes - queued_bytes
        room_packets = self._limit_packets - queued_packets
        packets = min(full, room_bytes // each, room_packets)
        admitted = packets * each
        if rest and admitted + rest <= room_bytes and packets < room_packets:
            return admitted + rest, packets + 1
        return admitted, packets

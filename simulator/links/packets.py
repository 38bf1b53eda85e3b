"""A link followed packet by packet: a queue before a wire, advanced only when something is sent.

There is no event per packet. Between two sendings nothing enters the queue, so what left it
meanwhile follows from the wire's arithmetic when the later one comes. Where a packet leaves and
another is sent at the same instant, the one has left before the other comes.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulator.links.fifo import FOREVER_NS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.links.queues import PacketQueue
    from simulator.links.wires import Wire

__all__ = ["NEVER_NS", "PacketLink"]

NEVER_NS = -1
"""When a packet left that was dropped or is still waiting."""

_IDLE_NS = FOREVER_NS + 1


class PacketLink:
    """Carries packets and writes down when each has left.

    Args:
        wire: How packets are serialised.
        queue: Where they wait, and whose turn it is.
        committed: How many packets are taken from the queue ahead of the one on the wire, as into
            a network device's own short queue. Their order is settled.

    Attributes:
        left_ns: When each packet has left the link whole, in the order of sending; `NEVER_NS` for
            those that did not. Final after `finish`.

    Example:
        >>> from simulator.links.queues import FifoQueue
        >>> from simulator.links.wires import StoreAndForward
        >>> from traces import RateTrace, TraceAbout
        >>> about = TraceAbout(name="8 Mbit/s")
        >>> trace = RateTrace.from_steps([0], [8_000_000], period_ns=10**9, about=about)
        >>> link = PacketLink(StoreAndForward(trace), FifoQueue(limit_packets=1))
        >>> link.send(0, "a", [1000, 500, 1000])  # one on the wire, one queued, one too many
        >>> link.finish()
        >>> link.left_ns
        [1000000, 1500000, -1]
    """

    __slots__ = ("_ahead", "_begin_ns", "_committed", "_queue", "_since_ns", "_wire", "left_ns")

    def __init__(self, wire: Wire, queue: PacketQueue, *, committed: int = 0) -> None:
        """Start idle at instant 0."""
        self._wire = wire
        self._queue = queue
        self._committed = committed
        self._ahead: deque[tuple[int, int]] = deque()
        self._begin_ns = _IDLE_NS  # when the next packet begins
        self._since_ns = 0  # since when something has been waiting without a break
        self.left_ns: list[int] = []

    def send(self, now_ns: int, flow: str, packets: Iterable[int]) -> None:
        """Queue packets of these wire bytes now. Instants of successive calls must not decrease."""
        left, queue = self.left_ns, self._queue
        for wire_bytes in packets:
            if self._begin_ns <= now_ns:
                self._advance(now_ns)
            if self._begin_ns == _IDLE_NS and self._wire.free_ns <= now_ns:
                queue.pop()  # in vain, as when the wire fell idle
            queue.push(flow, len(left), wire_bytes)
            left.append(NEVER_NS)
            if len(self._ahead) < self._committed:
                self._commit()
            if self._begin_ns == _IDLE_NS and (self._ahead or queue.waiting):
                self._since_ns = now_ns
                self._begin_ns = self._wire.begin(now_ns)

    def finish(self) -> None:
        """Let everything leave that ever will."""
        self._advance(FOREVER_NS - 1)

    def _advance(self, now_ns: int) -> None:
        """Let all packets begin that do so until now."""
        ahead, queue, wire = self._ahead, self._queue, self._wire
        while self._begin_ns <= now_ns and (item := ahead.popleft() if ahead else queue.pop()):
            end_ns = wire.carry(item[1])
            if end_ns < FOREVER_NS:
                self.left_ns[item[0]] = end_ns
            if self._committed:
                self._commit()
            if ahead or queue.waiting:
                self._begin_ns = wire.begin(self._since_ns)
            else:
                self._begin_ns = _IDLE_NS

    def _commit(self) -> None:
        """Take packets from the queue ahead of their turn on the wire."""
        while len(self._ahead) < self._committed:
            item = self._queue.pop()
            if item is None:
                return
            self._ahead.append(item)

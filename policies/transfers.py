"""Deliveries turned into transfers: bytes, and the time for which they kept the link busy.

The busy time of a transfer is ``arrived - max(sent + delay, previous arrival)``: waiting behind
one's own earlier payloads and propagation are no part of it. Payloads that arrive at the same
instant are one transfer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from policies.interface import Delivery, Observation

__all__ = ["LONGEST_BUSY_NS", "Transfer", "Transfers"]

LONGEST_BUSY_NS = 250_000_000
"""A transfer counts as at most this long. How long an outage lasted says nothing about the link
after it; without this bound one outage of 10 s outweighs seconds of good transfers and starves."""

_WAIT_GAIN = 0.25


class Transfer(NamedTuple):
    """Bytes that crossed in one busy time; 0 ns if they arrived together with the one before."""

    size_bytes: int
    busy_ns: int
    arrived_ns: int


class Transfers:
    """Follows a stream's deliveries; keep one a policy.

    Attributes:
        exit_ns: When the last byte known to have crossed left the link; 0 before any.
        wait_ns: Moving average of the server's waiting time.
        newest_sent_ns: When the latest payload known to be delivered was sent; -1 before any.
    """

    __slots__ = ("_read", "exit_ns", "newest_sent_ns", "wait_ns")

    def __init__(self) -> None:
        """Start knowing nothing."""
        self._read = 0
        self.exit_ns = 0
        self.wait_ns = 0.0
        self.newest_sent_ns = -1

    def new(self, seen: Observation) -> list[Transfer]:
        """Return the transfers reported since the last call, oldest first."""
        fresh = seen.delivered - self._read
        if not fresh:
            return []
        self._read += fresh
        return [self._transfer(d, seen.uplink_delay_ns) for d in seen.deliveries[-fresh:]]

    def _transfer(self, delivery: Delivery, delay_ns: int) -> Transfer:
        _, size_bytes, sent_ns, arrived_ns, wait_ns = delivery
        exit_ns = arrived_ns - delay_ns
        busy_ns = min(max(0, exit_ns - max(sent_ns, self.exit_ns)), LONGEST_BUSY_NS)
        self.wait_ns += _WAIT_GAIN * (wait_ns - self.wait_ns)
        self.exit_ns = max(self.exit_ns, exit_ns)
        self.newest_sent_ns = max(self.newest_sent_ns, sent_ns)
        return Transfer(size_bytes, busy_ns, arrived_ns)

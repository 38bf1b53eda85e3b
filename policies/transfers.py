"""Deliveries turned into transfers: bytes, and the time for which they kept the link busy.

The busy time of a transfer is ``arrived - max(sent + delay, previous arrival)``: waiting behind
one's own earlier payloads and propagation are no part of it. Payloads that arrive at the same
instant are one transfer.
"""

# ruff: noqa: FURB136, PLR1730 - this runs for every frame, and max() costs 80 ns more than `if`

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies.interface import Delivery, Observation, Pending

__all__ = ["LONGEST_BUSY_NS", "Rate", "Transfers"]

LONGEST_BUSY_NS = 250_000_000
"""A transfer counts as at most this long. How long an outage lasted says nothing about the link
after it; without this bound one outage of 10 s outweighs seconds of good transfers and starves."""

_WAIT_GAIN = 0.25


class Rate(Protocol):
    """An estimate that learns from transfers."""

    def learn(self, size_bytes: int, busy_ns: int, arrived_ns: int) -> None:
        """Take a transfer in; ``busy_ns`` is 0 if it arrived together with the one before."""


class Transfers:
    """Follows a stream's deliveries and teaches an estimate; keep one a policy.

    Args:
        rate: Learns from every transfer.

    Attributes:
        exit_ns: When the last byte known to have crossed left the link; 0 before any.
        wait_ns: Moving average of the server's waiting time.
        newest_sent_ns: When the latest payload known to be delivered was sent; -1 before any.
        pending: What was unacknowledged at the last reading.
    """

    __slots__ = ("_rate", "_read", "exit_ns", "newest_sent_ns", "pending", "wait_ns")

    def __init__(self, rate: Rate) -> None:
        """Start knowing nothing."""
        self._rate = rate
        self._read = 0
        self.exit_ns = 0
        self.wait_ns = 0.0
        self.newest_sent_ns = -1
        self.pending: Sequence[Pending] = ()

    def read(self, seen: Observation) -> None:
        """Take in what was delivered since the last call, and what is under way."""
        delivered = seen.delivered
        if delivered > self._read:
            for delivery in seen.delivered_since(self._read):
                self._take(delivery, seen.uplink_delay_ns)
            self._read = delivered
        self.pending = seen.unacknowledged

    def _take(self, delivery: Delivery, delay_ns: int) -> None:
        _, size_bytes, sent_ns, arrived_ns, wait_ns = delivery
        before_ns, exit_ns = self.exit_ns, arrived_ns - delay_ns
        busy_ns = exit_ns - (sent_ns if sent_ns > before_ns else before_ns)
        if busy_ns > LONGEST_BUSY_NS:
            busy_ns = LONGEST_BUSY_NS
        self._rate.learn(size_bytes, busy_ns if busy_ns > 0 else 0, arrived_ns)
        self.wait_ns += _WAIT_GAIN * (wait_ns - self.wait_ns)
        if exit_ns > before_ns:
            self.exit_ns = exit_ns
        if sent_ns > self.newest_sent_ns:
            self.newest_sent_ns = sent_ns

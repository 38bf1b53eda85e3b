"""Which link frames are replayed through: its kind, packets, propagation and clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.links.kinds import LinkKind
from simulator.links.queues import UNLIMITED, QueueLimit

if TYPE_CHECKING:
    from simulator.links.kinds import Drop
    from simulator.links.wires import Accuracy

__all__ = ["LinkChoice", "queue_limit"]

_LIMIT = re.compile(r"drop(tail|head):([0-9]{1,15})(p|B)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChoice(LinkKind):
    """How frames cross the link.

    Attributes:
        accuracy: See `LinkKind`; packet by packet where nothing else is said.
        mtu_payload_bytes: Most payload of a packet; a frame's last packet is shorter.
        header_bytes: What each packet carries besides.
        delay_ns: Propagation after the link.
        clock_ns: Sending happens at whole multiples of this, rounded down; 1 for as it is given.
    """

    accuracy: Accuracy = "packet"
    mtu_payload_bytes: int = 1472
    header_bytes: int = 32
    delay_ns: int = 0
    clock_ns: int = 1

    @property
    def full_bytes(self) -> int:
        """A full packet on the wire."""
        return self.mtu_payload_bytes + self.header_bytes

    @property
    def follows_packets(self) -> bool:
        """Whether each packet's own fate is found, not only its frame's."""
        return self.sharing != "fair" and (not self.is_orderly or self.queue.is_limited)


def queue_limit(text: str) -> tuple[QueueLimit, Drop]:
    """Return what ``infinite``, ``droptail:50p`` or ``drophead:64000B`` says.

    Raises:
        ValueError: If it says something else; the message is a predicate.

    Example:
        >>> queue_limit("drophead:40p")
        (QueueLimit(whole_bytes=None, packets=40), 'head')
    """
    if text == "infinite":
        return UNLIMITED, "tail"
    match = _LIMIT.fullmatch(text)
    if match is None or not int(match[2]):
        msg = "must be infinite, or droptail or drophead with a limit above 0 in packets or bytes"
        raise ValueError(msg)
    most = int(match[2])
    limit = QueueLimit(packets=most) if match[3] == "p" else QueueLimit(whole_bytes=most)
    return limit, "head" if match[1] == "head" else "tail"

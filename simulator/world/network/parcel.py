"""What travels: parcels, which are packets that are followed as one thing, and whole payloads.

A parcel is all packets of a frame (or of one of its layers) where nothing on the path can tell
them apart; otherwise one packet, so that packets of several streams mix on the way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from simulator.framelog import Reason
    from simulator.world.service import Job

__all__ = ["Owner", "Parcel", "Part", "Payload"]


class Owner(Protocol):
    """Who sent a parcel."""

    def lost(self, parcel: Parcel, now_ns: int, at_ns: int, reason: Reason) -> None:
        """Hear now that a parcel does not get through: a packet of it is destroyed at ``at_ns``."""


class Payload:
    """A payload that is sent in several parcels, and how much of it is there.

    Attributes:
        job: The frame.
        missing: Packets of each layer that are not there; one entry for a unit without layers.
        broken: No layer from here on will be whole: the sender took some of it back.
        left_ns: When what is there had left the last link.
        handed: Whether the receiver handed it on.
        waiting: Those of its parcels that have not left the first link, where the sender may
            cancel; in the order of sending.
        watched: Whether the sender keeps an eye on it.
    """

    __slots__ = ("broken", "handed", "job", "left_ns", "missing", "waiting", "watched")

    def __init__(self, job: Job, missing: list[int]) -> None:
        """Start with nothing there."""
        self.job = job
        self.missing = missing
        self.broken = len(missing)
        self.left_ns = 0
        self.handed = False
        self.waiting: dict[Parcel, None] = {}
        self.watched = False

    def whole(self) -> int:
        """Return how many layers are whole, none of those before them missing."""
        for layer, missing in enumerate(self.missing):
            if missing:
                return layer
        return len(self.missing)


class Parcel:
    """The packets of one frame, handed over at one instant, that meet one fate.

    Attributes:
        owner: Who sent it.
        job: The frame it is of.
        packets: How many it is.
        wire_bytes: All of them, headers included.
        left_ns: When it left the link it was on last; unset before that.
        number: Its place in the order in which parcels were handed to the queueing link it is on,
            or was on last; unset before that.
        first: Number of the first packet within the frame.
        layer: Which layer of the payload it is of.
        payload: The payload it is a part of; None where it is all of it.
        transmissions: How often it was sent, this time included.
    """

    __slots__ = ("job", "left_ns", "number", "owner", "packets", "wire_bytes")
    left_ns: int
    number: int
    first: int = 0
    layer: int = 0
    payload: Payload | None = None
    transmissions: int = 1

    def __init__(self, owner: Owner, job: Job, packets: int, wire_bytes: int) -> None:
        """Make a parcel that is sent for the first time."""
        self.owner = owner
        self.job = job
        self.packets = packets
        self.wire_bytes = wire_bytes


class Part(Parcel):
    """A parcel that is not all of its frame."""

    __slots__ = ("first", "layer", "payload", "transmissions")
    payload: Payload

    def __init__(
        self,
        owner: Owner,
        payload: Payload,
        *,
        packets: int,
        wire_bytes: int,
        first: int,
        layer: int,
    ) -> None:
        """Make a part that is sent for the first time."""
        super().__init__(owner, payload.job, packets, wire_bytes)
        self.first = first
        self.layer = layer
        self.payload = payload
        self.transmissions = 1

"""The network of a world: packets, and the links of the path there and of the path back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.links.kinds import LinkKind

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from simulator.links.loss import LossModel
    from traces.bandwidth import BandwidthTrace
    from traces.conditions import Conditions

__all__ = ["CrossPlan", "JitterPlan", "LinkPlan", "PacketPlan"]


@dataclass(frozen=True, slots=True, kw_only=True)
class PacketPlan:
    """How payloads become packets, the same on every link.

    Attributes:
        header_bytes: Added to each packet on the wire.
        mtu_payload_bytes: Largest payload of one packet; the last one of a payload is shorter.
    """

    header_bytes: int = 28
    mtu_payload_bytes: int = 1472

    @property
    def full_bytes(self) -> int:
        """A full packet on the wire."""
        return self.mtu_payload_bytes + self.header_bytes

    def count(self, payload_bytes: int) -> int:
        """Return how many packets a payload is."""
        return -(-payload_bytes // self.mtu_payload_bytes)

    def wire_bytes(self, payload_bytes: int) -> int:
        """Return what a payload is on the wire."""
        return payload_bytes + self.count(payload_bytes) * self.header_bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class JitterPlan:
    """A delay that differs from parcel to parcel, added after the link.

    Attributes:
        mean_ns: Its mean.
        distribution: ``uniform`` from 0 to twice the mean, or ``exponential``.
        reorders: Whether a parcel may overtake one sent before it on the same link; otherwise its
            arrival is never before that of the one before.
    """

    mean_ns: int
    distribution: Literal["uniform", "exponential"] = "exponential"
    reorders: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPlan:
    """Packets of others on a link, drawn ahead: they take capacity and are seen by nobody.

    Attributes:
        name: As which flow they are scheduled.
        sent_ns: int64 [packets], ascending.
        wire_bytes: integers [packets].
        weight: The flow's share where the link is shared fairly or by turns.
    """

    name: str
    sent_ns: NDArray[np.int64]
    wire_bytes: NDArray[np.integer]
    weight: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkPlan(LinkKind):
    """One link of some kind, and the propagation behind it.

    Attributes:
        trace: Capacity over the run; its instant 0 is the run's.
        delay_ns: Propagation, added behind the link; what senders know of it.
        delays: Whose delay column is the propagation; None for the constant ``delay_ns``.
        jitter: Added to the propagation.
        loss: Probability that a packet that has crossed the link is destroyed; None for never.
        grant_ns: What a stream waits before it may send, whenever nothing of it is on this link.
        cross: Traffic of others.
        key: Of the chance on this link, see ``foundation.keyed``.
    """

    trace: BandwidthTrace
    delay_ns: int
    delays: Conditions | None = None
    jitter: JitterPlan | None = None
    loss: LossModel | None = None
    grant_ns: int = 0
    cross: tuple[CrossPlan, ...] = ()
    key: bytes = b""

    @property
    def is_known_at_once(self) -> bool:
        """Whether what the link does to a frame is certain when it is handed over."""
        return self.is_orderly and not self.grant_ns

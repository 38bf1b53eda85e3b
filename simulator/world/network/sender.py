"""The sending side of a stream: payloads become parcels, and what was lost may be sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from simulator.framelog import Reason
from simulator.world.network.parcel import Parcel, Part, Payload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.world.ledger import Ledger
    from simulator.world.network.cancelling import Canceller
    from simulator.world.network.hop import Hop
    from simulator.world.network.resending import Resender
    from simulator.world.plan import LayerPlan, PacketPlan
    from simulator.world.service import Job

__all__ = ["FrameSender", "PartSender", "Sender"]


class Sender(Protocol):
    """Hands payloads to the first link of a path."""

    def send(self, job: Job, size_bytes: int, now_ns: int) -> None:
        """Send a frame's payload."""


class FrameSender:
    """Sends each payload as one parcel: nothing on the path tells its packets apart.

    Streams on the same link may share one.

    Args:
        hop: The first link.
        packets: How payloads become packets.
        ledger: Where losses are noted.
    """

    __slots__ = ("_header_bytes", "_ledger", "_mtu_payload_bytes", "_take")

    def __init__(self, hop: Hop, packets: PacketPlan, ledger: Ledger) -> None:
        """Start with nothing sent."""
        self._take = hop.take
        self._header_bytes = packets.header_bytes
        self._mtu_payload_bytes = packets.mtu_payload_bytes
        self._ledger = ledger

    def send(self, job: Job, size_bytes: int, now_ns: int) -> None:
        """Send a frame's payload."""
        packets = -(-size_bytes // self._mtu_payload_bytes)
        wire_bytes = size_bytes + packets * self._header_bytes
        self._take(Parcel(self, job, packets, wire_bytes), now_ns)

    def lost(self, parcel: Parcel, now_ns: int, at_ns: int, reason: Reason) -> None:  # noqa: ARG002  # an owner hears it
        """Note why a frame was lost."""
        self._ledger.destroyed(parcel.job.row, reason, at_ns)


class PartSender:
    """Sends each payload in parts: layers, and packets where the path tells them apart.

    Args:
        hop: The first link.
        packets: How payloads become packets.
        ledger: Where losses are noted.
        layers: For each unit its layers, or None; empty if none has several.
        splits: Whether each packet is a parcel.
        resender: Sends again what was lost; None sends each packet once.
        canceller: Takes back what is of no use any more; None never does.
    """

    __slots__ = (
        "_canceller",
        "_hop",
        "_layers",
        "_ledger",
        "_packets",
        "_resender",
        "_splits",
    )

    def __init__(
        self,
        hop: Hop,
        packets: PacketPlan,
        ledger: Ledger,
        *,
        layers: Sequence[LayerPlan | None] = (),
        splits: bool = True,
        resender: Resender | None = None,
        canceller: Canceller | None = None,
    ) -> None:
        """Start with nothing sent."""
        self._hop = hop
        self._packets = packets
        self._ledger = ledger
        self._layers = layers
        self._splits = splits
        self._resender = resender
        self._canceller = canceller

    def send(self, job: Job, size_bytes: int, now_ns: int) -> None:
        """Send a frame's payload, the base layer first."""
        plan = self._layers[job.unit] if self._layers else None
        sizes = [size_bytes] if plan is None else plan.payload_bytes[:, job.frame].tolist()
        payload = Payload(job, [self._packets.count(size) for size in sizes])
        parcels = list(self._cut(payload, sizes))
        if self._canceller is not None and not self._canceller.watches(payload, parcels, now_ns):
            return
        for parcel in parcels:
            self._hop.take(parcel, now_ns)

    def lost(self, parcel: Parcel, now_ns: int, at_ns: int, reason: Reason) -> None:
        """Send a packet again, or note why the frame was lost, unless it can do without."""
        resender = self._resender
        if resender is not None and isinstance(parcel, Part):
            if resender.again(parcel, now_ns, at_ns):
                return
            reason = Reason.GIVEN_UP
        if parcel.layer == 0:
            self._ledger.destroyed(parcel.job.row, reason, at_ns)

    def _cut(self, payload: Payload, sizes: Sequence[int]) -> Iterator[Part]:
        """Yield the parcels of a payload whose layers have these sizes, in the order of sending."""
        plan, first = self._packets, 0
        for layer, (size, packets) in enumerate(zip(sizes, payload.missing, strict=True)):
            for part_bytes, count in self._parts(size, packets):
                yield Part(
                    self,
                    payload,
                    packets=count,
                    wire_bytes=part_bytes + count * plan.header_bytes,
                    first=first,
                    layer=layer,
                )
                first += count

    def _parts(self, size_bytes: int, packets: int) -> Iterator[tuple[int, int]]:
        """Yield the bytes and packets of each parcel of a layer."""
        if not self._splits:
            yield size_bytes, packets
            return
        each = self._packets.mtu_payload_bytes
        for _ in range(packets - 1):
            yield each, 1
        yield size_bytes - (packets - 1) * each, 1

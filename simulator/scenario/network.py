"""The network of a scenario: packets, the hops of the uplink, and the way back."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.scenario.fields import Clash, Record, as_tuple, duration, size
from simulator.scenario.hops import Hop, UplinkHop
from simulator.scenario.texts import OneOrMore

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Downlink", "Network", "Packets"]

_MOST_HOPS = 8


class Packets(Record):
    """How payloads become packets on the wire, the same on every link."""

    header_bytes: Annotated[int, size("0 B", "1 kB")] = Field(default=28, alias="header")
    """Added to each packet."""
    payload_bytes: Annotated[int, size("64 B", "64 kB")] = Field(default=1472, alias="payload")
    """Largest payload of one packet."""


class Downlink(Record):
    """A way back that answers cross without waiting."""

    delay_ns: Annotated[int, duration("0 s", "10 s")] = Field(default=20_000_000, alias="delay")
    """Propagation, one way."""


def _way_back(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if isinstance(value, list | tuple) or (isinstance(value, dict) and "trace" in value):
        return "<hops>"
    return "<Downlink>"


_Hops: TypeAlias = Annotated[
    tuple[Hop, ...], Field(min_length=1, max_length=_MOST_HOPS), OneOrMore()
]


class Network(Record):
    """What lies between devices and server."""

    packets: Packets = Packets()
    """Packet sizes, of payloads and of answers."""
    uplink: Annotated[
        tuple[UplinkHop, ...],
        BeforeValidator(as_tuple),
        Field(min_length=1, max_length=_MOST_HOPS),
    ]
    """The hops from the devices to the server, in this order."""
    downlink: Annotated[
        Annotated[Downlink, Tag("<Downlink>")] | Annotated[_Hops, Tag("<hops>")],
        Discriminator(_way_back),
    ] = Downlink()
    """The way back: a delay, one hop with a trace, or a list of hops from the server on."""

    @property
    def downlink_hops(self) -> tuple[Hop, ...]:
        """The hops of the way back; none where it is a delay alone."""
        return () if isinstance(self.downlink, Downlink) else self.downlink

    def hops(self) -> Iterator[tuple[str, Hop]]:
        """Yield every hop with its path in the scenario's records."""
        for way, hops in (("uplink", self.uplink), ("downlink", self.downlink_hops)):
            for index, hop in enumerate(hops):
                yield f"network.{way}.{index}", hop

    def clashes(self) -> Iterator[Clash]:
        """Yield queues that no packet fits in, and names that come twice."""
        packet_bytes = self.packets.header_bytes + self.packets.payload_bytes
        times = Counter(hop.name for _, hop in self.hops() if hop.name)
        for path, hop in self.hops():
            _, way, index = path.split(".")
            limit = hop.queue.whole_bytes
            if limit is not None and limit < packet_bytes:
                rule = f"must hold one packet at least: {packet_bytes} B, header and payload"
                yield Clash((way, int(index), "queue"), f"{limit} B", rule)
            if hop.name and times[hop.name] > 1:
                yield Clash((way, int(index), "name"), hop.name, "must not be given twice")

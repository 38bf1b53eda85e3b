"""The network of a scenario: a trace-driven uplink and a downlink."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.foundation.quantities import format_ns
from simulator.scenario.fields import Factor, Integral, Record, as_tuple, duration, rate, size

__all__ = ["Downlink", "FamilyTrace", "FileTrace", "Link", "Network", "Packets", "TraceSource"]


class FamilyTrace(Record):
    """A synthetic trace: a seeded member of a family fitted to measurements."""

    family: Annotated[str, Field(min_length=1, max_length=100)]
    """A family of `splitcast traces families`."""
    seed: Annotated[int, Field(ge=0, lt=2**63), Integral] = 1
    """Which member; another seed is another trace."""
    offset_ns: Annotated[int, duration("0 s", "24 h")] = Field(default=0, alias="offset")
    """How far into the trace the run starts."""

    @property
    def label(self) -> str:
        """What tables call the trace: ``us-lte-up/3``."""
        return f"{self.family}/{self.seed}{_from(self.offset_ns)}"


class FileTrace(Record):
    """A trace from a file."""

    file: Annotated[str, Field(min_length=1, max_length=1000)]
    """Path, relative to the scenario."""
    format: Annotated[str, Field(min_length=1, max_length=60)] | None = None
    """Its format; recognised from its content where left out."""
    after: Literal["loop", "hold", "stop"] | None = None
    """What follows its end; it loops where left out."""
    hold: Literal["until-next", "since-previous"] | None = None
    """Which interval a line's rate describes, in formats with time stamps."""
    unit: Annotated[str, Field(min_length=1, max_length=20)] | None = None
    """Unit of the rates, where the format leaves it open."""
    column: Annotated[int, Field(ge=1, le=1000), Integral] | None = None
    """Which column holds the rate, where the format leaves it open; the time is column 1."""
    period_ns: Annotated[int | None, duration("1 ms", "8784 h")] = Field(
        default=None, alias="period"
    )
    """Length of the trace, where its last line does not say it."""
    opportunity_bytes: Annotated[int | None, size("1 B", "64 kB")] = Field(
        default=None, alias="opportunity"
    )
    """What one delivery opportunity carries (mahimahi)."""
    run: Annotated[int, Field(ge=1, le=10**9), Integral] | None = None
    """Which of several runs in the file (Lumos5G)."""
    direction: Literal["uplink", "downlink"] | None = None
    """Which of the file's two directions, in formats that have both."""
    backwards: Literal["refuse", "cut", "sort"] | None = None
    """What to do where the file's clock goes back; it is refused where left out."""
    ceiling_bps: Annotated[int | None, rate("1 kbit/s", "1000 Gbit/s")] = Field(
        default=None, alias="ceiling"
    )
    """Rates above this are lowered to it: some published files hold corrupt spikes."""
    offset_ns: Annotated[int, duration("0 s", "24 h")] = Field(default=0, alias="offset")
    """How far into the trace the run starts."""

    @property
    def label(self) -> str:
        """What tables call the trace: its file's path, and where in it the run starts."""
        return f"{self.file}{_from(self.offset_ns)}"


def _from(offset_ns: int) -> str:
    return f"@{format_ns(offset_ns)}" if offset_ns else ""


def _trace_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if isinstance(value, dict):
        return "family" if "family" in value else "file"
    return "family" if isinstance(value, FamilyTrace) else "file"


TraceSource: TypeAlias = Annotated[
    Annotated[FamilyTrace, Tag("family")] | Annotated[FileTrace, Tag("file")],
    Discriminator(_trace_kind),
]


class Packets(Record):
    """How payloads become packets on the wire."""

    header_bytes: Annotated[int, size("0 B", "1 kB")] = Field(default=28, alias="header")
    """Added to each packet."""
    payload_bytes: Annotated[int, size("64 B", "64 kB")] = Field(default=1472, alias="payload")
    """Largest payload of one packet."""


class Link(Record):
    """A first-in first-out link whose capacity follows a trace."""

    trace: TraceSource
    """Its capacity over time."""
    load: Factor | None = None
    """Scale the capacity so that the top unit of all streams offers this share of its mean."""
    sharing: Literal["fifo"] = "fifo"
    """How streams share it: in order of arrival."""
    delay_ns: Annotated[int, duration("0 s", "10 s")] = Field(default=20_000_000, alias="delay")
    """Propagation, one way."""
    queue_bytes: Annotated[int | None, size("1 B", "1 GB", "unlimited")] = Field(
        default=64_000, alias="queue"
    )
    """What may wait before packets are dropped."""
    packets: Packets = Packets()
    """Packet sizes."""


class Downlink(Record):
    """The way back of the results."""

    delay_ns: Annotated[int, duration("0 s", "10 s")] = Field(default=20_000_000, alias="delay")
    """Propagation, one way."""


def _one_link(value: object) -> object:
    if isinstance(value, list) and len(value) != 1:
        raise ValueError(
            f"must hold exactly one link, not {len(value)}: paths of several links "
            "are not simulated"
        )
    return as_tuple(value)


class Network(Record):
    """What lies between devices and server."""

    uplink: Annotated[tuple[Link], BeforeValidator(_one_link)]
    """The links of the uplink, from the devices on: exactly one."""
    downlink: Downlink = Downlink()
    """The way back."""

"""Traffic of others on a link, that takes capacity and is seen by nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from simulator.foundation.quantities import format_ns
from simulator.scenario.fields import Clash, Integral, Record, duration, rate, size

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_CROSS_PACKETS", "Cross"]

MOST_CROSS_PACKETS = 5_000_000
"""The most packets of others in one run (memory: 16 bytes each and as much again to draw them)."""


class Cross(Record):
    """One source of packets that are not ours."""

    rate_bps: Annotated[int, rate("1 kbit/s", "100 Gbit/s")] = Field(alias="rate")
    """What it sends on the wire, headers included; of an on-off source, while it is on."""
    packet_bytes: Annotated[int, size("1 B", "64 kB")] = Field(default=1200, alias="packet")
    """Size of each of its packets on the wire."""
    pattern: Literal["poisson", "periodic", "on-off"] = "poisson"
    """Packets after exponential gaps, after equal gaps, or after equal gaps while it is on."""
    on_ns: Annotated[int | None, duration("1 ms", "1 h")] = Field(default=None, alias="on")
    """Mean of the exponential times that an on-off source is on."""
    off_ns: Annotated[int | None, duration("1 ms", "1 h")] = Field(default=None, alias="off")
    """Mean of the exponential times that it is off."""
    start_ns: Annotated[int, duration("0 s", "24 h")] = Field(default=0, alias="start")
    """When it begins."""
    stop_ns: Annotated[int | None, duration("0 s", "24 h")] = Field(default=None, alias="stop")
    """When it ends; with the captures where left out."""
    weight: Annotated[int, Field(ge=1, le=1000), Integral] = 1
    """Its share where the link is shared fairly or by turns; each stream has its own."""

    def clashes(self) -> Iterator[Clash]:
        """Yield times of the wrong pattern, and an end before the beginning."""
        for key, value in (("on", self.on_ns), ("off", self.off_ns)):
            if self.pattern == "on-off" and value is None:
                rule = "must be given for an on-off source"
                yield Clash((key,), "(missing)", rule, "add it: the mean time it lasts")
            if self.pattern != "on-off" and value is not None:
                rule = f"means nothing for a {self.pattern} source"
                yield Clash((key,), format_ns(value), rule, "write pattern: on-off")
        if self.stop_ns is not None and self.stop_ns <= self.start_ns:
            rule = f"must be after its start, {format_ns(self.start_ns)}"
            yield Clash(("stop",), format_ns(self.stop_ns), rule)

    def changes(self, duration_ns: int) -> float:
        """Return how often it begins or stops sending on average in a run."""
        return 2 * duration_ns / (self.on_ns + self.off_ns) if self.on_ns and self.off_ns else 0.0

    def packets(self, duration_ns: int) -> float:
        """Return how many packets it sends on average in a run."""
        end_ns = duration_ns if self.stop_ns is None else min(self.stop_ns, duration_ns)
        on, off = self.on_ns or 1, self.off_ns or 0
        busy_ns = max(end_ns - self.start_ns, 0) * on / (on + off)
        return busy_ns * self.rate_bps / 8e9 / self.packet_bytes

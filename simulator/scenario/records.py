"""The record of a whole scenario: what YAML may say, with bounds on everything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, PrivateAttr

from simulator.foundation.errors import did_you_mean
from simulator.foundation.quantities import format_ns
from simulator.scenario.cross import MOST_CROSS_PACKETS
from simulator.scenario.fields import Clash, Identifier, Integral, Record, duration
from simulator.scenario.hops import Bursts
from simulator.scenario.network import Network
from simulator.scenario.objectives import Objectives
from simulator.scenario.server import RandomOutages, Server
from simulator.scenario.streams import Group, ProfileGroup

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["MOST_FRAMES", "MOST_STREAMS", "ScenarioRecord"]

MOST_FRAMES = 2_000_000
"""The most frames one run may capture: 1.5 GB with 6 units, 4.5 GB with 34, see `footprint`."""

MOST_STREAMS = 10_000
"""The most streams one run may have."""

_MOST_OUTAGES = 100_000
_MOST_CHANGES = 5_000_000


class ScenarioRecord(Record):
    """A validated scenario."""

    name: Identifier
    """A short name."""
    description: Annotated[str, Field(max_length=4000)] = ""
    """What it shows."""
    duration_ns: Annotated[int, duration("1 ms", "24 h")] = Field(alias="duration")
    """Frames are captured for so long; then the run drains."""
    seed: Annotated[int, Field(ge=0, lt=2**53), Integral] = 1
    """Of everything random in it but the trace, which has its own."""
    replications: Annotated[int, Field(ge=1, le=1000), Integral] = 1
    """Runs of each point, each with other content, phases and compute times."""
    content_by: Literal["trace", "same"] = "trace"
    """``trace``: each trace of the first uplink hop meets other clips, phases, compute times and
    outages, so that intervals over traces include them; ``same``: all traces meet the same."""
    streams: Annotated[dict[Identifier, Group], Field(min_length=1, max_length=50)]
    """Groups of equal streams by name."""
    network: Network
    """What lies between devices and server."""
    server: Server = Server()
    """The edge server."""
    sweep: dict[str, Any] = Field(default_factory=dict)
    """Paths to lists of values: all combinations; the lists under ``zip`` go in lock-step."""
    slo: Objectives = ()
    """Objectives, judged for each case and group."""
    _unswept: ScenarioRecord | None = PrivateAttr(default=None)

    @property
    def unswept(self) -> ScenarioRecord:
        """The scenario without its sweep, which links that are scaled for so many streams go by."""
        return self._unswept or self

    @property
    def scales_for_counts(self) -> bool:
        """Whether some link is scaled for a number of streams."""
        return any(hop.counts is not None for _, hop in self.network.hops())

    def swept_from(self, unswept: ScenarioRecord) -> ScenarioRecord:
        """Return this as a point of a sweep over another."""
        point = self.model_copy()
        point._unswept = unswept  # noqa: SLF001 - of the same class
        return point

    def clashes(self) -> Iterator[Clash]:
        """Yield what makes a run too large, and streams that never begin."""
        if self.frames > MOST_FRAMES:
            rule = (
                f"must capture at most {MOST_FRAMES:,} frames a run, not {self.frames:,} "
                "(sum of count x fps x duration)"
            )
            yield Clash((), "this scenario", rule)
        streams = sum(group.count or 1 for group in self.streams.values())
        if streams > MOST_STREAMS:
            rule = f"must have at most {MOST_STREAMS:,} streams, not {streams:,}"
            yield Clash((), "this scenario", rule)
        for name, group in self.streams.items():
            if group.start_ns >= self.duration_ns:
                rule = f"must be before the run's end, {format_ns(self.duration_ns)}"
                yield Clash(("streams", name, "start"), format_ns(group.start_ns), rule)
        yield from self._counts_of_nobody()
        yield from self._too_much_chance(streams)
        yield from self._too_many_outages()

    def _counts_of_nobody(self) -> Iterator[Clash]:
        """Yield loads for numbers of streams that do not say whose, or of no such group."""
        for path, hop in self.network.hops():
            counts = hop.counts
            _, way, index = path.split(".")
            here = ("network", way, int(index), "load", "for")
            if isinstance(counts, int) and len(self.streams) > 1:
                example = next(iter(self.streams))
                rule = "must say which group has so many streams"
                yield Clash(here, counts, rule, f"write for: {{{example}: {counts}}}")
            for name in counts if isinstance(counts, dict) else ():
                if name not in self.streams:
                    rule, remedy = "must be a group of streams", did_you_mean(name, self.streams)
                    yield Clash((*here, name), repr(name), rule, remedy)

    def _too_much_chance(self, streams: int) -> Iterator[Clash]:
        """Yield hops up to which too many packets of others, or changes of state, are drawn."""
        packets = changes = 0.0
        for path, hop in self.network.hops():
            links = streams if hop.each else 1
            _, way, index = path.split(".")
            here = ("network", way, int(index))
            packets += (here_packets := links * sum(c.packets(self.duration_ns) for c in hop.cross))
            if here_packets and packets > MOST_CROSS_PACKETS:
                rule = f"must be at most {MOST_CROSS_PACKETS:,} packets of others a run, all hops"
                remedy = "send less, or larger packets"
                yield Clash((*here, "cross"), f"{packets:,.0f}", rule, remedy)
            bursts = [hop.loss] if isinstance(hop.loss, Bursts) else []
            for key, drawn in (("cross", hop.cross), ("loss", bursts)):
                changes += (here_changes := links * sum(c.changes(self.duration_ns) for c in drawn))
                if here_changes and changes > _MOST_CHANGES:
                    rule = f"must be at most {_MOST_CHANGES:,} changes of state a run, all hops"
                    yield Clash((*here, key), f"{changes:,.0f}", rule, "let states last longer")

    def _too_many_outages(self) -> Iterator[Clash]:
        drawn = self.server.outages
        if isinstance(drawn, RandomOutages):
            cycles = self.duration_ns / (drawn.every_ns + drawn.lasting_ns)
            most = cycles * len(self.server.pool)
            if most > _MOST_OUTAGES:
                rule = f"must be at most {_MOST_OUTAGES:,} outages a run"
                yield Clash(("server", "outages"), f"{most:,.0f}", rule, "let them be rarer")

    @property
    def frames(self) -> int:
        """Frames captured in one run, within one a stream, of groups with a frame rate."""
        return sum(
            group.frames(self.duration_ns)
            for group in self.streams.values()
            if isinstance(group, ProfileGroup)
        )

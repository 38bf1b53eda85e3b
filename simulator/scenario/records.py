"""The record of a whole scenario: what YAML may say, with bounds on everything."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from simulator.scenario.fields import Identifier, Integral, Record, duration
from simulator.scenario.network import Network
from simulator.scenario.objectives import Objectives
from simulator.scenario.server import Server
from simulator.scenario.streams import StreamGroup

__all__ = ["MOST_FRAMES", "ScenarioRecord"]

MOST_FRAMES = 2_000_000
"""The most frames one run may capture (memory: about 0.7 GB)."""

_MOST_STREAMS = 10_000


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
    streams: Annotated[dict[Identifier, StreamGroup], Field(min_length=1, max_length=50)]
    """Groups of equal streams by name."""
    network: Network
    """What lies between devices and server."""
    server: Server = Server()
    """The edge server."""
    sweep: dict[str, Any] = Field(default_factory=dict)
    """Paths to lists of values: all combinations; the lists under ``zip`` go in lock-step."""
    slo: Objectives = ()
    """Objectives, judged for each case and group."""

    @model_validator(mode="after")
    def _is_of_sensible_size(self) -> ScenarioRecord:
        frames = self.frames
        if frames > MOST_FRAMES:
            raise ValueError(
                f"must capture at most {MOST_FRAMES:,} frames a run, not {frames:,} "
                "(sum of count x fps x duration)"
            )
        streams = sum(group.count for group in self.streams.values())
        if streams > _MOST_STREAMS:
            raise ValueError(f"must have at most {_MOST_STREAMS:,} streams, not {streams:,}")
        return self

    @property
    def frames(self) -> int:
        """Frames captured in one run, within one a stream."""
        return sum(
            round(group.count * group.fps * self.duration_ns / 1e9)
            for group in self.streams.values()
        )

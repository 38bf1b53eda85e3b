"""The server of a scenario: equal workers that take waiting frames in batches."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from simulator.scenario.fields import Factor, Integral, Record

__all__ = ["Batching", "Server"]


class Batching(Record):
    """How frames become batches."""

    kind: Literal["pull"] = "pull"
    """A free worker takes what waits, up to ``max``; it never waits for more."""
    max: Annotated[int, Field(ge=1, le=1024), Integral] = 1
    """The largest batch; no larger than the profile measured."""


class Server(Record):
    """The edge server."""

    workers: Annotated[int, Field(ge=1, le=1000), Integral] = 1
    """Batches in service at the same time."""
    speed: Factor = 1.0
    """Relative to the machine that the profile was measured on."""
    batching: Batching = Batching()
    """How frames are batched."""

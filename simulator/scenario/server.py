"""The server of a scenario: workers of one or several kinds, and how they take waiting frames."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.foundation.errors import did_you_mean
from simulator.foundation.quantities import format_ns
from simulator.scenario.fields import (
    Clash,
    Factor,
    Identifier,
    Integral,
    Record,
    as_tuple,
    duration,
    rate,
    size,
)
from simulator.scenario.texts import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Batching", "Kind", "Memory", "Outage", "RandomOutages", "Server"]

_MOST_WORKERS = 1000
_MOST_PLACES = 10**6
_WORKER = re.compile(r"([a-z0-9][a-z0-9._-]{0,59})/([0-9]{1,4})")


def _worker(value: object) -> int | str:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < _MOST_WORKERS:
        return value
    if isinstance(value, str) and _WORKER.fullmatch(value):
        return value
    raise ValueError("must be a worker's number from 0, or its kind and number, like 'gpu/1'")


def _equal(value: object) -> object:
    if not isinstance(value, list | dict):
        return value
    raise ValueError("must be a whole number; workers that differ are listed under `kinds`")


def _places(value: object) -> int | None:
    if value == "unlimited":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _MOST_PLACES:
        return value
    raise ValueError(f"must be a whole number from 0 to {_MOST_PLACES:,}, or 'unlimited'")


WORKER = Text(_worker, {"type": ["integer", "string"]})
PLACES = Text(_places, {"anyOf": [{"type": "integer", "minimum": 0}, {"const": "unlimited"}]})


class Batching(Record):
    """How frames become batches."""

    kind: Literal["pull", "form"] = "pull"
    """``pull``: a free worker takes what waits, up to ``max``, and never waits for more; ``form``:
    a batch closes at ``max`` frames or ``max_wait`` after its first, free worker or not."""
    max: Annotated[int, Field(ge=1, le=1024), Integral] = 1
    """The largest batch; no larger than the profile measured."""
    max_wait_ns: Annotated[int | None, duration("0 s", "10 s")] = Field(
        default=None, alias="max_wait"
    )
    """How long the first frame of a batch waits for others."""

    def clashes(self) -> Iterator[Clash]:
        """Yield a wait that nobody waits, and one that is missing."""
        if self.kind == "pull" and self.max_wait_ns is not None:
            rule = "means nothing for pull batching, where a free worker takes what waits"
            yield Clash(("max_wait",), format_ns(self.max_wait_ns), rule, "write kind: form")
        if self.kind == "form" and self.max_wait_ns is None:
            rule = "must be given for form batching"
            yield Clash(("max_wait",), "(missing)", rule, "add it, like '5 ms'")


class Kind(Record):
    """Equal workers."""

    name: Identifier
    """What outages call them: worker 1 of kind gpu is ``gpu/1``."""
    count: Annotated[int, Field(ge=1, le=_MOST_WORKERS), Integral] = 1
    """How many."""
    speed: Factor = 1.0
    """Relative to the machine that the profile was measured on."""


class Outage(Record):
    """A worker is away."""

    worker: Annotated[int | str, WORKER]
    """Its number, from 0 in the order of the kinds, or its kind and number, like ``gpu/1``."""
    at_ns: Annotated[int, duration("0 s", "24 h")] = Field(alias="at")
    """When it leaves."""
    for_ns: Annotated[int, duration("1 us", "24 h")] = Field(alias="for")
    """How long it is away."""
    crash: bool = False
    """Whether the batch in service is lost; otherwise the worker finishes it first."""


class RandomOutages(Record):
    """Every worker is away now and then, each at times of its own."""

    every_ns: Annotated[int, duration("1 ms", "24 h")] = Field(alias="every")
    """Mean of the exponential times that a worker is there."""
    lasting_ns: Annotated[int, duration("1 us", "24 h")] = Field(alias="lasting")
    """Mean of the exponential times that it is away."""
    crash: bool = False
    """Whether the batch in service is lost; otherwise the worker finishes it first."""


class Memory(Record):
    """What a worker's memory holds of the networks; the least recently used module goes."""

    size_bytes: Annotated[int, size("1 B", "10000 GB")] = Field(alias="size")
    """Of one worker."""
    tails: Literal["shared", "per-unit", "copies"] = "shared"
    """One frozen tail for all units; a tail for each unit; or a whole network for each."""
    load_bps: Annotated[int | None, rate("1 Mbit/s", "10000 Gbit/s")] = Field(
        default=None, alias="load"
    )
    """How fast a missing module is loaded; where left out as fast as the profile's units were."""
    holds: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(max_length=200)] = ()
    """Modules that every worker holds at the start, the least recently used first."""

    def clashes(self) -> Iterator[Clash]:
        """Yield modules that are held twice."""
        for index, name in enumerate(self.holds):
            if name in self.holds[:index]:
                yield Clash(("holds", index), name, "must not be given twice")


def _outage_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    return "<RandomOutages>" if isinstance(value, dict | RandomOutages) else "<list>"


class Server(Record):
    """The edge server: a pool of workers with one queue."""

    workers: Annotated[int, Field(ge=1, le=_MOST_WORKERS), Integral, BeforeValidator(_equal)] = 1
    """Equal workers: batches in service at the same time."""
    speed: Factor = 1.0
    """Of each, relative to the machine that the profile was measured on."""
    kinds: Annotated[tuple[Kind, ...], BeforeValidator(as_tuple), Field(max_length=20)] = ()
    """Workers of several kinds, instead of ``workers`` and ``speed``."""
    order: Literal["fifo", "edf"] = "fifo"
    """Which waiting frame is next: the first that came, or that of the earliest deadline."""
    batching: Batching = Batching()
    """How frames are batched."""
    places: Annotated[int | None, PLACES] = None
    """Most frames that may wait; one more is refused, and it is as if it had never come: a batch
    that it filled is open again. ``unlimited`` where left out."""
    drop_expired: bool = False
    """Whether a frame leaves the queue unless its service begins by its last deadline less the
    propagation of the way back. Its time in service does not count."""
    outages: Annotated[
        Annotated[RandomOutages, Tag("<RandomOutages>")]
        | Annotated[
            tuple[Outage, ...], BeforeValidator(as_tuple), Field(max_length=1000), Tag("<list>")
        ],
        Discriminator(_outage_kind),
    ] = ()
    """When workers are away: a list, or a mapping of mean times that are drawn."""
    memory: Memory | None = None
    """What workers hold; everything where left out."""

    @property
    def pool(self) -> tuple[tuple[str, float], ...]:
        """Every worker's name and speed."""
        if not self.kinds:
            return tuple((str(index), self.speed) for index in range(self.workers))
        return tuple(
            (f"{kind.name}/{index}", kind.speed)
            for kind in self.kinds
            for index in range(kind.count)
        )

    def outages_of(self, worker: int) -> list[tuple[int, Outage]]:
        """Return the listed outages of a worker, ascending, each with its place in the list."""
        if isinstance(self.outages, RandomOutages):
            return []
        names = (worker, self.pool[worker][0])
        found = [(k, outage) for k, outage in enumerate(self.outages) if outage.worker in names]
        return sorted(found, key=lambda item: item[1].at_ns)

    def clashes(self) -> Iterator[Clash]:
        """Yield two pools at once, workers that are not there or away twice, no place to form."""
        if self.kinds:
            for key in ("workers", "speed"):
                if key in self.model_fields_set:
                    rule = "means nothing beside kinds, which say how many and how fast"
                    yield Clash((key,), getattr(self, key), rule, "remove it")
        names = [kind.name for kind in self.kinds]
        for index, name in enumerate(names):
            if name in names[:index]:
                yield Clash(("kinds", index, "name"), name, "must not be given twice")
        pool = self.pool
        if len(pool) > _MOST_WORKERS:
            yield Clash(("kinds",), len(pool), f"must be at most {_MOST_WORKERS:,} workers")
        if self.places == 0 and self.batching.kind == "form":
            rule = "must be at least 1 for form batching: a batch waits until it is formed"
            yield Clash(("places",), 0, rule)
        if not isinstance(self.outages, RandomOutages):
            yield from self._wrong_outages(self.outages, [name for name, _ in pool])

    def _wrong_outages(self, outages: tuple[Outage, ...], pool: list[str]) -> Iterator[Clash]:
        for index, outage in enumerate(outages):
            name = outage.worker
            if isinstance(name, int) and name >= len(pool):
                rule = f"must be below {len(pool)}, the number of workers"
                yield Clash(("outages", index, "worker"), name, rule)
            elif isinstance(name, str) and name not in pool:
                rule = "must be a worker of the pool"
                yield Clash(("outages", index, "worker"), name, rule, did_you_mean(name, pool))
        for worker in range(len(pool)):
            for (_, one), (index, other) in pairwise(self.outages_of(worker)):
                back_ns = one.at_ns + one.for_ns
                if other.at_ns < back_ns:
                    rule = f"must not be before that worker is back, {format_ns(back_ns)}"
                    yield Clash(("outages", index, "at"), format_ns(other.at_ns), rule)

"""The hops of a path: links whose capacity follows a trace, and what else they do to packets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.links.queues import QueueLimit
from simulator.scenario.cross import Cross
from simulator.scenario.fields import (
    Clash,
    Factor,
    Identifier,
    Integral,
    Record,
    as_tuple,
    duration,
    size,
)
from simulator.scenario.texts import QUEUE_LIMIT, SHARE, Short
from simulator.scenario.trace_sources import FileTrace, TraceSource

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Bursts", "Hop", "Jitter", "SizedLoad", "UplinkHop"]


class Jitter(Record):
    """A delay that differs from parcel to parcel, drawn anew for each."""

    mean_ns: Annotated[int, duration("1 us", "10 s")] = Field(alias="mean")
    """Its mean, added to the propagation."""
    distribution: Literal["uniform", "exponential"] = "exponential"
    """``uniform`` from 0 to twice the mean, or ``exponential``."""
    reordering: bool = False
    """Whether what was sent later may arrive earlier; otherwise it arrives no earlier."""


class Bursts(Record):
    """Loss that comes in bursts in time (Gilbert 1960, Elliott 1963).

    The link is good or bad, for exponential times, whatever is sent meanwhile.
    """

    good_ns: Annotated[int, duration("1 ms", "1 h")] = Field(alias="good")
    """Mean time that it stays good."""
    bad_ns: Annotated[int, duration("1 ms", "1 h")] = Field(alias="bad")
    """Mean time that it stays bad."""
    loss_good: Annotated[float, SHARE] = 0.0
    """Share of packets lost while it is good."""
    loss_bad: Annotated[float, SHARE] = 1.0
    """Share of packets lost while it is bad."""

    def clashes(self) -> Iterator[Clash]:
        """Yield a good state that is no better than the bad one."""
        if self.loss_good >= self.loss_bad:
            rule = f"must be below loss_bad, {self.loss_bad:g}"
            yield Clash(("loss_good",), f"{self.loss_good:g}", rule, "or give one share of loss")

    def changes(self, duration_ns: int) -> float:
        """Return how often the state changes on average in a run."""
        return 2 * duration_ns / (self.good_ns + self.bad_ns)


def _loss_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if value == "trace":
        return "<trace>"
    return "<Bursts>" if isinstance(value, dict | Bursts) else "<share>"


def _counts_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    return "<counts>" if isinstance(value, dict) else "<count>"


_Count: TypeAlias = Annotated[int, Field(ge=1, le=10_000), Integral]


class SizedLoad(Record):
    """A load for a number of streams: a link that stays the same whatever a sweep changes."""

    rho: Factor
    """The share of its mean that their top unit offers."""
    counts: Annotated[
        Annotated[_Count, Tag("<count>")]
        | Annotated[dict[Identifier, _Count], Tag("<counts>"), Field(min_length=1)],
        Discriminator(_counts_kind),
    ] = Field(alias="for")
    """How many streams: ``8``, or ``{cameras: 8}`` of several groups. All else of them is as the
    document has it without its sweep."""


def _load_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    return "<SizedLoad>" if isinstance(value, dict | SizedLoad) else "<share>"


class Hop(Record):
    """One place on the path: a link for all streams, or one for each."""

    name: Identifier | None = None
    """What settings and messages call it; ``uplink.1`` and the like where left out."""
    each: Literal["stream"] | None = None
    """``stream``: a link for each stream, each with a trace of its own; one for all if left out."""
    trace: TraceSource
    """Its capacity over time. With ``each``, stream k gets seed + k of a family; a file is entered
    at an instant drawn for each stream."""
    load: (
        Annotated[
            Annotated[Factor, Tag("<share>")] | Annotated[SizedLoad, Tag("<SizedLoad>")],
            Discriminator(_load_kind),
        ]
        | None
    ) = None
    """Scale the capacity so that the top unit of all its streams offers this share of its mean;
    ``{rho: 1, for: 8}`` does so for a number of streams, whatever a sweep changes."""
    sharing: Literal["fifo", "fair", "drr"] = "fifo"
    """In order of arrival; fairly at every instant (fluid); or by turns of whole packets."""
    quantum_bytes: Annotated[int | None, size("64 B", "1 MB")] = Field(
        default=None, alias="quantum"
    )
    """What a stream of weight 1 may send a turn, of each packet its payload and 28 B; 1500 B where
    left out."""
    accuracy: Literal["frame", "packet"] = "frame"
    """``frame`` follows the capacity byte by byte; ``packet`` sends each packet at the rate valid
    when it starts, so that it leads a falling rate by less than a packet. On a trace of delivery
    opportunities both are the same."""
    queue: Annotated[QueueLimit, QUEUE_LIMIT] = QueueLimit(whole_bytes=64_000)
    """What may wait before packets are dropped."""
    drop: Literal["tail", "head"] = "tail"
    """Whether the newest or the oldest packets go when the queue is full."""
    delay_ns: Annotated[int | None, duration("0 s", "10 s", "trace")] = Field(
        default=20_000_000, alias="delay"
    )
    """Propagation, one way; ``trace``: what the trace's own delay column says."""
    jitter: Annotated[Jitter, Short("mean")] | None = None
    """Added behind the link: a mean, or a mapping."""
    loss: Annotated[
        Annotated[float, SHARE, Tag("<share>")]
        | Annotated[Bursts, Tag("<Bursts>")]
        | Annotated[Literal["trace"], Tag("<trace>")],
        Discriminator(_loss_kind),
    ] = 0.0
    """Share of packets destroyed behind the link, a mapping for bursts, or ``trace``."""
    cross: Annotated[tuple[Cross, ...], BeforeValidator(as_tuple), Field(max_length=20)] = ()
    """Traffic of others; with ``each``, of its own on every link."""

    @property
    def rho(self) -> float | None:
        """The share of its mean that is offered, where it is scaled."""
        return self.load.rho if isinstance(self.load, SizedLoad) else self.load

    @property
    def counts(self) -> int | dict[str, int] | None:
        """For how many streams it is scaled, where that is not for those of each point."""
        return self.load.counts if isinstance(self.load, SizedLoad) else None

    def clashes(self) -> Iterator[Clash]:
        """Yield options that mean nothing with this way of sharing."""
        if self.quantum_bytes is not None and self.sharing != "drr":
            rule = f"means nothing where sharing is {self.sharing}"
            yield Clash(("quantum",), f"{self.quantum_bytes} B", rule, "write sharing: drr")
        if self.drop == "head":
            if self.sharing == "fair":
                rule = "means nothing where sharing is fair, which is fluid and has no packets"
                yield Clash(("drop",), "head", rule, "write sharing: drr")
            if not self.queue.is_limited:
                rule = "means nothing where the queue is unlimited"
                yield Clash(("drop",), "head", rule, "give the queue a limit")
        if self.accuracy == "packet" and self.sharing == "fair":
            rule = "means nothing where sharing is fair, which is fluid and has no packets"
            yield Clash(("accuracy",), "packet", rule, "write sharing: drr")
        if self.loss == 1.0:
            yield Clash(("loss",), "1", "must be below 1: nothing would ever arrive")
        if self.each and isinstance(self.trace, FileTrace) and self.trace.after in ("hold", "stop"):
            rule = "must be loop where each stream enters the file at an instant of its own"
            yield Clash(("trace", "after"), self.trace.after, rule)


class UplinkHop(Hop):
    """A hop of the uplink."""

    grant_ns: Annotated[int, duration("0 s", "1 s")] = Field(default=0, alias="grant")
    """What a stream waits before it may send, whenever nothing of it is on this link."""

"""The streams of a scenario: cameras, the devices they sit on, and who chooses their units."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.foundation.quantities import format_ns
from simulator.scenario.fields import Clash, Factor, Integral, Record, as_tuple, duration, size
from simulator.scenario.policy_spec import POLICY_SCHEMA, PolicySpec, policy_spec
from simulator.scenario.texts import BATCH_TIME, BatchTime

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Device", "Group", "ProfileGroup", "StreamGroup", "WorkloadGroup"]

_RESERVED = ("warmup", "settled", "frames")
"""No names of tasks: ``on_time_warmup`` and its like are metrics already."""

_SHORTEST = 1e-3
_FASTEST = 1000


class Device(Record):
    """What a stream's head and encoder run on."""

    speed: Factor = 1.0
    """Relative to the machine that the profile was measured on."""


class StreamGroup(Record):
    """A group of equal streams: one camera's frames on one device each."""

    deadline_ns: Annotated[int, duration("1 us", "60 s")] = Field(alias="deadline")
    """From capture to answer; a later answer is worth nothing."""
    policy: Annotated[PolicySpec, BeforeValidator(policy_spec), POLICY_SCHEMA]
    """Who chooses: a policy's name, a mapping of its name and parameters, or a file."""
    device: Device = Device()
    """The device of each stream."""
    waiting: Literal["newest", "queue"] = "newest"
    """What a busy device keeps: the newest frame only, or all of them."""
    probe_ns: Annotated[int | None, duration("1 ms", "1 h", "never")] = Field(
        default=1_000_000_000, alias="probe"
    )
    """After so long without sending, a skip becomes the smallest unit."""
    start_ns: Annotated[int, duration("0 s", "24 h")] = Field(default=0, alias="start")
    """When captures begin."""
    stop_ns: Annotated[int | None, duration("0 s", "24 h")] = Field(default=None, alias="stop")
    """When they end; with the run where left out."""
    weight: Annotated[int, Field(ge=1, le=1000), Integral] = 1
    """Each stream's share of links that are shared fairly or by turns."""
    transport: Literal["datagram", "retransmit"] = "datagram"
    """Whether a lost packet is sent again, one base round trip later, until the deadline."""
    cancel: Literal["never", "too-late", "superseded"] = "never"
    """What the sender takes back: packets of frames whose answer cannot be on time any more; also
    waiting enhancement layers once a newer frame is sent."""
    result_bytes: Annotated[int, size("1 B", "1 MB")] = Field(default=100, alias="result")
    """Payload of an answer, which links of the way back carry."""
    decode_by_ns: Annotated[int | None, duration("1 us", "60 s")] = Field(
        default=None, alias="decode_by"
    )
    """When, after capture, the server begins with the layers that are there; where left out the
    deadline less the way back and twice the mean service. For layered units only."""
    intra_request: bool = False
    """Whether the server asks for an intra frame when a frame comes that it cannot decode. For
    video codecs only."""

    def end_ns(self, duration_ns: int) -> int:
        """Return at which instant of a run no more captures are made."""
        end_ns = duration_ns if self.stop_ns is None else min(self.stop_ns, duration_ns)
        return max(end_ns, self.start_ns)

    def clashes(self) -> Iterator[Clash]:
        """Yield an end before the beginning, and a decoding after the deadline."""
        if self.stop_ns is not None and self.stop_ns <= self.start_ns:
            rule = f"must be after its start, {format_ns(self.start_ns)}"
            yield Clash(("stop",), format_ns(self.stop_ns), rule)
        if self.decode_by_ns is not None and self.decode_by_ns >= self.deadline_ns:
            rule = f"must be before the deadline, {format_ns(self.deadline_ns)}"
            yield Clash(("decode_by",), format_ns(self.decode_by_ns), rule)


class ProfileGroup(StreamGroup):
    """Streams whose frames are clips of a measured profile."""

    count: Annotated[int, Field(ge=1, le=10_000), Integral] = 1
    """Number of streams."""
    profile: Annotated[str, Field(min_length=1, max_length=500)]
    """A shipped profile's name, or a profile folder's path (relative to the scenario)."""
    fps: Annotated[float, Field(ge=_SHORTEST, le=_FASTEST)]
    """Frames captured a second."""
    units: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)] = (
        "bottleneck",
        "on-device",
    )
    """The ladder: names of units, or kinds of unit: bottleneck, continuous, layered, other-split,
    student, feature-codec, image-codec, video-codec, answer, on-device."""
    tasks: Annotated[dict[str, Annotated[int, duration("1 us", "60 s")]], Field(max_length=20)] = (
        Field(default_factory=dict)
    )
    """Further tasks of the profile that the same answer serves, each with a deadline."""
    clips: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)] | None = None
    """Sets of clips that the cameras see; by default every set that calibration has seen."""
    content: Literal["independent", "correlated", "same"] = "independent"
    """``same``: all see the same frames; ``correlated``: the same, each up to one clip later."""
    jitter_ns: Annotated[int, duration("0 s", "10 s")] = Field(default=0, alias="jitter")
    """Each capture is late by a uniform draw up to this, at most a frame interval."""
    resident: bool = True
    """Whether all units stay in the device's memory, so that switching costs no time."""

    def clashes(self) -> Iterator[Clash]:
        """Yield what all groups may have wrong, and captures that change their order."""
        yield from super().clashes()
        if self.jitter_ns > self.interval_ns:
            rule = f"must be at most one frame interval, 1 / fps = {format_ns(self.interval_ns)}"
            yield Clash(("jitter",), format_ns(self.jitter_ns), rule)
        for task in self.tasks:
            if task in _RESERVED:
                rule = "must not be the name of a task: a metric is called like it"
                yield Clash(("tasks", task), format_ns(self.tasks[task]), rule, "rename the task")

    @property
    def interval_ns(self) -> int:
        """Nominal time between captures."""
        return round(1e9 / self.fps)

    def frames(self, duration_ns: int) -> int:
        """Return how many frames the group captures in a run, within one a stream."""
        return round(self.count * self.fps * (self.end_ns(duration_ns) - self.start_ns) / 1e9)


class WorkloadGroup(StreamGroup):
    """Streams whose frames were logged: when each was captured, and what each unit made of it."""

    workload: Annotated[str, Field(min_length=1, max_length=1000)]
    """A CSV file's path (relative to the scenario), see ``simulator/workload``."""
    calibration: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Another such file, whose means devices know beforehand; the workload itself if left out."""
    count: Annotated[int, Field(ge=1, le=10_000), Integral] | None = None
    """Number of streams, each starting at a drawn row; not given where the file has streams."""
    batch_time: Annotated[BatchTime, BATCH_TIME] | None = None
    """Serving time of a batch, base + per frame, where the file has no server times."""
    units: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)] | None = None
    """The ladder: names of the file's units; all of them where left out."""


def _group_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if isinstance(value, dict):
        return "<WorkloadGroup>" if "workload" in value else "<ProfileGroup>"
    return f"<{type(value).__name__}>" if isinstance(value, StreamGroup) else "<ProfileGroup>"


Group: TypeAlias = Annotated[
    Annotated[ProfileGroup, Tag("<ProfileGroup>")]
    | Annotated[WorkloadGroup, Tag("<WorkloadGroup>")],
    Discriminator(_group_kind),
]
"""A group of streams, of either source."""

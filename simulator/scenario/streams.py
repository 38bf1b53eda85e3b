"""The streams of a scenario: cameras, the devices they sit on, and who chooses their units."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from simulator.scenario.fields import Factor, Integral, Record, as_tuple, duration

__all__ = ["Device", "PolicySpec", "StreamGroup"]

_SHORTEST = 1e-3
_FASTEST = 1000


class PolicySpec(Record):
    """A policy with parameters: ``deadline``, ``{name: fixed, unit: unit-3}``, ``./my.py:Mine``."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    """A policy of the table, or ``path/to/file.py:Class`` (relative to the scenario)."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Numbers, texts and booleans passed to the policy's constructor."""

    @property
    def label(self) -> str:
        """What tables call it: ``fixed(unit=unit-3)``."""
        short = self.name.rpartition("/")[2]
        if not self.params:
            return short
        return f"{short}({', '.join(f'{key}={value}' for key, value in self.params.items())})"


def _policy(value: Any) -> object:  # noqa: ANN401 - whatever the user wrote
    """Turn what a scenario writes into the record's fields."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict):
        params = {key: item for key, item in value.items() if key != "name"}
        for key, item in params.items():
            if not _is_plain(item):
                message = f"must have plain values, or lists of them, as parameters: {key}"
                raise ValueError(message)
        return {"params": params, **({"name": value["name"]} if "name" in value else {})}
    if isinstance(value, PolicySpec):
        return value
    raise ValueError("must be a policy's name, or a mapping with its name and parameters")


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)


class Device(Record):
    """What a stream's head and encoder run on."""

    speed: Factor = 1.0
    """Relative to the machine that the profile was measured on."""


class StreamGroup(Record):
    """A group of equal streams: one camera's frames on one device each."""

    count: Annotated[int, Field(ge=1, le=10_000), Integral] = 1
    """Number of streams."""
    profile: Annotated[str, Field(min_length=1, max_length=500)]
    """A shipped profile's name, or a profile folder's path (relative to the scenario)."""
    fps: Annotated[float, Field(ge=_SHORTEST, le=_FASTEST)]
    """Frames captured a second."""
    deadline_ns: Annotated[int, duration("1 us", "60 s")] = Field(alias="deadline")
    """From capture to answer; a later answer is worth nothing."""
    policy: Annotated[PolicySpec, BeforeValidator(_policy)]
    """Who chooses: a policy's name, a mapping of its name and parameters, or a file."""
    device: Device = Device()
    """The device of each stream."""
    units: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)] = (
        "bottleneck",
        "on-device",
    )
    """The ladder: names of units, or kinds of unit: bottleneck, image-codec, on-device."""
    clips: Annotated[tuple[str, ...], BeforeValidator(as_tuple), Field(min_length=1)] | None = None
    """Sets of clips that the cameras see; by default every set that calibration has seen."""
    content: Literal["independent", "correlated", "same"] = "independent"
    """``same``: all see the same frames; ``correlated``: the same, each up to one clip later."""
    jitter_ns: Annotated[int, duration("0 s", "10 s")] = Field(default=0, alias="jitter")
    """Each capture is late by a uniform draw up to this, at most a frame interval."""
    waiting: Literal["newest", "queue"] = "newest"
    """What a busy device keeps: the newest frame only, or all of them."""
    probe_ns: Annotated[int | None, duration("1 ms", "1 h", "never")] = Field(
        default=1_000_000_000, alias="probe"
    )
    """After so long without sending, a skip becomes the smallest unit."""
    resident: bool = True
    """Whether all units stay in the device's memory, so that switching costs no time."""

    @model_validator(mode="after")
    def _keeps_frames_in_order(self) -> StreamGroup:
        if self.jitter_ns > self.interval_ns:
            raise ValueError("must have a jitter of at most one frame interval, 1 / fps")
        return self

    @property
    def interval_ns(self) -> int:
        """Nominal time between captures."""
        return round(1e9 / self.fps)

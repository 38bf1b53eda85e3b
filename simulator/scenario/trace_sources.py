"""Where a link's capacity over time comes from: a synthetic family, a file, or one rate."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BeforeValidator, Discriminator, Field, Tag

from simulator.foundation.quantities import format_ns, format_rate, rate_bps
from simulator.scenario.fields import Integral, Record, duration, rate, size

__all__ = ["ConstantTrace", "FamilyTrace", "FileTrace", "TraceSource"]


def _column(value: object) -> object:
    whole = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000  # noqa: PLR2004
    if whole or (isinstance(value, str) and 1 <= len(value) <= 200):  # noqa: PLR2004
        return value
    raise ValueError("must be a column's name, or its number from 1 to 1000")


Column: TypeAlias = Annotated[int | str, BeforeValidator(_column)]
"""A column of a table: its number from 1, or its name."""


class Beside(Record):
    """What a trace may have beside its capacity."""

    conditions: Annotated[str, Field(min_length=1, max_length=1000)] | None = None
    """Path of a table of its losses and delays (t_s,loss,delay_ms), relative to the scenario."""

    @property
    def files(self) -> tuple[str, ...]:
        """Paths of all files that it is made from, relative to the scenario."""
        return () if self.conditions is None else (self.conditions,)


class FamilyTrace(Beside):
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


class FileTrace(Beside):
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
    column: Column | None = None
    """Which column holds the rate, where the file leaves it open: its number, or its name."""
    time_column: Column | None = None
    """Which column of a table holds the time, likewise."""
    time_unit: Literal["s", "ms", "us", "ns", "min"] | None = None
    """Unit of a table's times or durations, where their names do not say it."""
    period_ns: Annotated[int | None, duration("1 ms", "8784 h")] = Field(
        default=None, alias="period"
    )
    """Length of the trace, where its last line does not say it."""
    opportunity_bytes: Annotated[int | None, size("1 B", "64 kB")] = Field(
        default=None, alias="opportunity"
    )
    """What one delivery opportunity carries (mahimahi)."""
    run: Annotated[int, Field(ge=1, le=10**9), Integral] | None = None
    """Which of several runs or tests in the file (Lumos5G, iperf)."""
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
    def files(self) -> tuple[str, ...]:
        """Paths of all files that it is read from, relative to the scenario."""
        return (self.file, *super().files)

    @property
    def label(self) -> str:
        """What tables call the trace: its file's path, and where in it the run starts."""
        return f"{self.file}{_from(self.offset_ns)}"


class ConstantTrace(Beside):
    """A rate that never changes."""

    rate_bps: Annotated[int, rate("1 kbit/s", "1000 Gbit/s")] = Field(alias="rate")
    """The link's capacity, such as ``20 Mbit/s``."""

    @property
    def offset_ns(self) -> int:
        """Where in the trace the run starts: it is the same everywhere."""
        return 0

    @property
    def label(self) -> str:
        """What tables call the trace: ``rate 20 Mbit/s``."""
        said = format_rate(self.rate_bps)
        return f"rate {said if rate_bps(said) == self.rate_bps else f'{self.rate_bps} bit/s'}"


def _from(offset_ns: int) -> str:
    return f"@{format_ns(offset_ns)}" if offset_ns else ""


def _trace_kind(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if isinstance(value, dict):
        kinds = {"family": "<FamilyTrace>", "rate": "<ConstantTrace>"}
        return next((kind for key, kind in kinds.items() if key in value), "<FileTrace>")
    known = isinstance(value, FamilyTrace | ConstantTrace)
    return f"<{type(value).__name__}>" if known else "<FileTrace>"


TraceSource: TypeAlias = Annotated[
    Annotated[FamilyTrace, Tag("<FamilyTrace>")]
    | Annotated[FileTrace, Tag("<FileTrace>")]
    | Annotated[ConstantTrace, Tag("<ConstantTrace>")],
    Discriminator(_trace_kind),
]

"""What a run's file says of the run in its footer: its rows of the tables, and its streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field, create_model, model_validator

from simulator.metrics import METRICS, SHARED
from simulator.results.shapes import Count, Number, Shape, Small

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Self

    from simulator.metrics import Metric

__all__ = ["MOST_LAYERS", "Away", "Described", "RunFacts", "StreamFacts"]

MOST_LAYERS = 127
_Nanoseconds = Annotated[int, Field(ge=0, le=2**62)]
_Layers = Annotated[int, Field(ge=0, le=MOST_LAYERS)]
_KINDS: dict[str, Any] = {
    "count": Count,
    "share": Number,
    "ms": Number,
    "number": Number,
    "text": str,
}


class StreamFacts(Shape):
    """One camera of a run, its ladder and its further tasks."""

    name: str
    group: str
    deadline_ns: _Nanoseconds
    interval_ns: _Nanoseconds
    units: list[str]
    on_device: list[bool]
    layers: list[_Layers] = Field(default_factory=list)
    tasks: dict[str, _Nanoseconds] = Field(default_factory=dict)

    @property
    def local(self) -> list[str]:
        """Its units that send nothing."""
        return [name for name, here in zip(self.units, self.on_device, strict=True) if here]

    @model_validator(mode="after")
    def _of_each_unit(self) -> Self:
        lengths = {len(self.units), len(self.on_device), len(self.layers or self.units)}
        if len(lengths) > 1:
            raise ValueError("`on_device` and `layers` must say one thing of each unit")
        return self


class Away(Shape):
    """A worker is away."""

    worker: str
    begin_s: float
    end_s: float


class Described(Shape):
    """What a report needs to know of a run besides its frames."""

    streams: list[StreamFacts]
    outages: list[Away] = Field(default_factory=list)


class _Row(Shape, extra="allow"):
    """A run's identity, in each of its rows; metrics follow, and those of further tasks."""

    __pydantic_extra__: dict[str, Number]

    run: str
    case: Small
    point: Small
    replication: Small
    seed: Annotated[int, Field(ge=-(2**63), lt=2**63)]
    policy: str
    setting: str
    trace: str


class _UnitRow(_Row):
    group: str
    unit: Annotated[int, Field(ge=0, lt=2**15)]
    name: str
    frames: Count
    share: Number
    on_time: Number
    payload_mean_bytes: Number
    score_mean: Number
    forecast_coverage: Number
    forecast_pinball_bytes: Number


class _Judged(Shape):
    case: Small
    trace: str
    group: str
    metric: str
    value: float | Literal["inf"] | None
    least: float | Literal["inf"]
    most: float | Literal["inf"]
    frames: Count
    answered: Count
    needed: Count


def _with(base: tuple[type[Shape], ...], metrics: Iterable[Metric], **more: Any) -> Any:  # noqa: ANN401
    """Return a shape that has metrics, too."""
    fields: dict[str, Any] = {metric.name: (_KINDS[metric.kind], ...) for metric in metrics}
    return create_model("Row", __base__=base, **fields, **more)


_GroupRow = _with((_Row,), (m for m in METRICS if m.name not in SHARED), group=(str, ...))

RunFacts: type[Shape] = _with(
    (_Row, Described),
    METRICS,
    link=(str, ...),
    duration_s=(float, ...),
    groups=(list.__class_getitem__(_GroupRow), ...),
    units=(list[_UnitRow], ...),
    judged=(list[_Judged], ...),
)
"""All that the tables of a batch take from a run's file."""

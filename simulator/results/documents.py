"""The JSON documents of a results folder: what they hold, and the one way in.

Keys that nothing reads are left alone, so that a later version may add some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import Field, model_validator

from simulator.foundation.files import read_bounded
from simulator.results.shapes import Count, Number, Shape, Small, checked, parsed

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Self

__all__ = [
    "Case",
    "Comparison",
    "Manifest",
    "Measured",
    "Slo",
    "Summary",
    "as_document",
    "read_document",
    "read_json",
]

_LIMIT_BYTES = 256 * 1024 * 1024
_REMEDY = "give a folder that `splitcast run --out` wrote, or run the scenario again"


class Measured(Shape):
    """A metric over the traces of a case, or a paired difference.

    Attributes:
        mean: Mean over traces; None where nothing could be measured.
        low: Lower end of its interval; None with fewer than two traces.
        high: Upper end.
        by_trace: Its value on each trace.
    """

    mean: Number = None
    low: Number = None
    high: Number = None
    by_trace: dict[str, Number] = Field(default_factory=dict)

    @property
    def points(self) -> list[float]:
        """The values of the traces on which it could be measured."""
        return [value for value in self.by_trace.values() if value is not None]


class Case(Shape):
    """One setting and one policy, over all its traces and replications."""

    case: Small
    policy: str
    setting: str
    settings: dict[str, Any] = Field(default_factory=dict)
    runs: Count = Field(ge=1)
    frames: Count
    overload: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, Measured]
    groups: dict[str, dict[str, Measured]] = Field(default_factory=dict)

    def metric(self, name: str) -> Measured:
        """Return a metric; one without a mean where the folder has none of that name."""
        return self.metrics.get(name, Measured())


class Comparison(Shape):
    """One policy minus another on the same traces."""

    setting: str
    policy: str
    versus: str
    traces: Count
    metrics: dict[str, Measured]


class Slo(Shape):
    """What was promised of a case, whether it was kept, and what the verdict rests on."""

    case: Small
    group: str | None = None
    metric: str
    rule: str
    verdict: Literal["met", "failed", "inconclusive"]
    unit: Literal["ms", "share"] = "share"
    value: float | Literal["inf"] | None = None
    low: Number = None
    high: Number = None
    traces: Count = 0
    frames: Count = 0
    answered: Count = 0
    note: str = ""


class Summary(Shape):
    """summary.json."""

    schema_version: Literal[3]
    name: str
    description: str = ""
    task: str = ""
    confidence: float = Field(gt=0, lt=1)
    traces: list[str]
    few_traces: bool
    cases: list[Case] = Field(min_length=1)
    comparisons: list[Comparison] = Field(default_factory=list)
    slo: list[Slo] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _of_its_cases(self) -> Self:
        known = {case.policy for case in self.cases}
        if any({pair.policy, pair.versus} - known for pair in self.comparisons):
            raise ValueError("comparisons must be of policies that a case has")
        return self


class ManifestRun(Shape):
    """A run that belongs to a batch, and what its point of the sweep changes."""

    run: str
    settings: dict[str, Any]


class Manifest(Shape):
    """manifest.json."""

    schema_version: Literal[3]
    scenario: dict[str, Any]
    scenario_sha256: str = ""
    source: str = ""
    command: str | list[str] = ""
    splitcast: str = ""
    python: str = ""
    packages: dict[str, str] = Field(default_factory=dict)
    machine: Any = None
    profiles: dict[str, str] = Field(default_factory=dict)
    traces: dict[str, str] = Field(default_factory=dict)
    workloads: dict[str, str] = Field(default_factory=dict)
    policies: dict[str, str] = Field(default_factory=dict)
    created: str = ""
    elapsed_s: Number = None
    state: str = "done"
    runs: list[ManifestRun] = Field(default_factory=list)


_Read = TypeVar("_Read", Summary, Manifest)


def read_document(path: Path, kind: type[_Read]) -> _Read:
    """Return a JSON document of a results folder.

    Raises:
        InputError: If it is missing, too large, no JSON, of another schema version, or not as
            `simulator.results` describes it; all such problems at once.
    """
    return as_document(path, read_json(path), kind)


def read_json(path: Path) -> Any:  # noqa: ANN401 - of any shape
    """Return the same as plain JSON, whole and unchecked: with what no shape names."""
    return parsed(path, read_bounded(path, limit_bytes=_LIMIT_BYTES, what="results file"), _REMEDY)


def as_document(path: Path, found: object, kind: type[_Read]) -> _Read:
    """Return what `read_json` found as the document it is, or refuse it."""
    return checked(path, found, kind, _REMEDY)

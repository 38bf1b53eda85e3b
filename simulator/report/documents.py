"""The JSON documents of a results folder, as far as a report reads them.

Keys that a report does not need are left alone, so that a later version may add some.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded
from simulator.results.schema import OF_THIS_VERSION

if TYPE_CHECKING:
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["Case", "Comparison", "Manifest", "Measured", "Slo", "Summary", "read_document"]

_LIMIT_BYTES = 256 * 1024 * 1024
_MOST_PROBLEMS = 10


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class Measured(_Document):
    """A metric over the traces of a case, or a paired difference.

    Attributes:
        mean: Mean over traces; None where nothing could be measured.
        low: Lower end of its interval; None with fewer than two traces.
        high: Upper end.
        by_trace: Its value on each trace.
    """

    mean: float | None = None
    low: float | None = None
    high: float | None = None
    by_trace: dict[str, float | None] = Field(default_factory=dict)

    @property
    def points(self) -> list[float]:
        """The values of the traces on which it could be measured."""
        return [value for value in self.by_trace.values() if value is not None]


class Case(_Document):
    """One setting and one policy, over all its traces and replications."""

    case: int
    policy: str
    setting: str
    settings: dict[str, Any] = Field(default_factory=dict)
    runs: int = Field(ge=1)
    frames: int = Field(ge=0)
    overload: dict[str, float] = Field(default_factory=dict)
    metrics: dict[str, Measured]
    groups: dict[str, dict[str, Measured]] = Field(default_factory=dict)

    def metric(self, name: str) -> Measured:
        """Return a metric; one without a mean where the folder has none of that name."""
        return self.metrics.get(name, Measured())


class Comparison(_Document):
    """One policy minus another on the same traces."""

    setting: str
    policy: str
    versus: str
    traces: int = Field(ge=0)
    metrics: dict[str, Measured]


class Slo(_Document):
    """What was promised of a case, whether it was kept, and what the verdict rests on."""

    case: int
    group: str | None = None
    metric: str
    rule: str
    verdict: Literal["met", "failed", "inconclusive"]
    unit: Literal["ms", "share"] = "share"
    value: float | Literal["inf"] | None = None
    low: float | None = None
    high: float | None = None
    traces: int = Field(default=0, ge=0)
    frames: int = Field(default=0, ge=0)
    answered: int = Field(default=0, ge=0)
    note: str = ""


class Summary(_Document):
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


class Manifest(_Document):
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
    created: str = ""
    elapsed_s: float | None = None
    state: str = "done"
    runs: list[dict[str, Any]] = Field(default_factory=list)


_Read = TypeVar("_Read", Summary, Manifest)


def read_document(path: Path, kind: type[_Read]) -> _Read:
    """Return a JSON document of a results folder.

    Raises:
        InputError: If it is missing, too large, no JSON, of another schema version, or lacks what
            a report needs; all such problems at once.
    """
    raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="results file")
    try:
        return kind.model_validate_json(raw)
    except ValidationError as error:
        found = error.errors(include_url=False)
        of_version = [problem for problem in found if problem["loc"] == ("schema_version",)]
        # A folder of another version lacks this and that: only the version is worth telling.
        raise InputError(
            *(_problem(path, problem) for problem in (of_version or found)[:_MOST_PROBLEMS])
        ) from error


def _problem(path: Path, found: ErrorDetails) -> Problem:
    what = ".".join(map(str, found["loc"])) or "content"
    rule = f"is not as in a results folder: {found['msg']}"
    if what == "schema_version":
        rule = OF_THIS_VERSION
    return Problem(
        where=str(path),
        what=what,
        value="a whole object" if found["type"] == "missing" else found["input"],
        rule=rule,
        remedy="give a folder that `splitcast run --out` wrote, or run the scenario again",
    )

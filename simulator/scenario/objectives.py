"""Service-level objectives: rules that a metric must meet, such as ``on_time: ">= 0.95"``."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema
from pydantic_core import PydanticCustomError

from simulator.foundation.errors import did_you_mean
from simulator.foundation.quantities import duration_ns, pattern_of
from simulator.scenario.fields import Clash, Record

__all__ = ["LATENCIES", "SHARES", "Objective", "Objectives"]

SHARES = ("on_time", "late", "lost", "skipped", "dropped", "timely_accuracy")
"""Metrics between 0 and 1 that an objective may bound."""

_LATENCIES = {"latency_mean": None, "latency_p50": 0.5, "latency_p95": 0.95, "latency_p99": 0.99}
_OF_ANSWERED = "answered_"

LATENCIES = (*_LATENCIES, *(f"{_OF_ANSWERED}{name}" for name in _LATENCIES))
"""Times from capture to answer that an objective may bound.

Over all captured frames, of which those never answered are beyond every bound; only
``answered_...`` is over answered frames alone.
"""

_RULE = re.compile(r"(>=|<=)\s*(\S.{0,40})")


class Objective(Record):
    """One rule.

    Attributes:
        metric: One of `SHARES` or `LATENCIES`.
        at_least: Whether the value is a lower bound.
        bound: The value; ms for latencies.
        rule: The rule as written.
    """

    metric: str
    at_least: bool
    bound: float
    rule: str

    @property
    def is_latency(self) -> bool:
        """Whether it bounds a time, not a share."""
        return self.metric in LATENCIES

    @property
    def of_answered(self) -> bool:
        """Whether it leaves out frames that were not answered."""
        return self.metric.startswith(_OF_ANSWERED)

    @property
    def share(self) -> float | None:
        """The share of frames that a percentile bounds; None for means and shares."""
        return _LATENCIES.get(self.metric.removeprefix(_OF_ANSWERED))


def _objectives(value: Any) -> object:  # noqa: ANN401 - whatever the user wrote
    if not isinstance(value, dict):
        message = "must be a mapping of metrics to rules, like {on_time: '>= 0.95'}"
        raise ValueError(message)  # noqa: TRY004 - pydantic listens to ValueError only
    found, wrong = [], []
    for metric, item in value.items():
        if metric not in SHARES + LATENCIES:
            remedy = did_you_mean(metric, SHARES + LATENCIES)
            wrong.append(Clash((metric,), repr(metric), "is no metric that can be bounded", remedy))
            continue
        try:
            found.append(item if isinstance(item, Objective) else _objective(metric, item))
        except ValueError as error:
            example = "'<= 120 ms'" if metric in LATENCIES else "'>= 0.95'"
            shown = "nothing" if item is None else item
            wrong.append(Clash((metric,), shown, str(error), f"write a rule like {example}"))
    if wrong:
        raise PydanticCustomError("clash", "must agree", {"clashes": tuple(wrong)})
    return tuple(found)


def _objective(metric: str, written: object) -> Objective:
    found = _RULE.fullmatch(written.strip()) if isinstance(written, str) else None
    if found is None:
        raise ValueError("must be >= or <= and a bound")
    bound = 0.0
    if metric in LATENCIES:
        bound = duration_ns(found[2]) / 1e6
    else:
        if not re.fullmatch(r"0?\.[0-9]{1,9}|[01](\.0*)?", found[2]):
            raise ValueError("must bound a share by a number between 0 and 1")
        bound = float(found[2])
    return Objective(
        metric=metric, at_least=found[1] == ">=", bound=bound, rule=f"{found[1]} {found[2]}"
    )


def _rule_schema(bound: str) -> dict[str, str]:
    return {"type": "string", "pattern": rf"^\s*(>=|<=)\s*{bound}\s*$"}


Objectives = Annotated[
    tuple[Objective, ...],
    BeforeValidator(_objectives),
    Field(max_length=len(SHARES + LATENCIES)),
    WithJsonSchema(
        {
            "type": "object",
            "properties": {
                **dict.fromkeys(SHARES, _rule_schema(r"(0?\.[0-9]{1,9}|[01](\.0*)?)")),
                **dict.fromkeys(LATENCIES, _rule_schema(pattern_of(duration_ns))),
            },
            "additionalProperties": False,
        }
    ),
]
"""The rules of a scenario; each group of streams must meet each."""

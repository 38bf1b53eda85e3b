"""Objectives judged: met, failed, or inconclusive where the interval straddles the bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulator.scenario.objectives import Objective

__all__ = ["judge", "verdict"]


def judge(
    objectives: Sequence[Objective], cases: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a verdict per case, group and objective.

    Args:
        objectives: Of the scenario.
        cases: Records of ``case_records``.
    """
    return [
        {
            "case": case["case"],
            "group": group,
            "metric": objective.metric,
            "rule": objective.rule,
            "verdict": verdict(objective, metrics[objective.metric]),
        }
        for case in cases
        for group, metrics in case["groups"].items()
        for objective in objectives
    ]


def verdict(objective: Objective, found: Mapping[str, Any]) -> str:
    """Return ``met``, ``failed`` or ``inconclusive``.

    With a single trace the question is about that trace, and its mean decides.

    Args:
        objective: The rule.
        found: The metric's mean and interval.
    """
    if found["mean"] is None:
        return "inconclusive"
    low = found["mean"] if found["low"] is None else found["low"]
    high = found["mean"] if found["high"] is None else found["high"]
    inside, outside = low >= objective.bound, high < objective.bound
    if not objective.at_least:
        inside, outside = high <= objective.bound, low > objective.bound
    return "met" if inside else "failed" if outside else "inconclusive"

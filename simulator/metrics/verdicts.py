"""Objectives judged over traces: met, failed, or inconclusive, and why."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from simulator.metrics.judged import BEYOND, number
from simulator.metrics.summary import interval_record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from simulator.scenario.objectives import Objective

__all__ = ["judge", "verdict"]

_NOTHING: dict[str, Any] = {"mean": None, "low": None, "high": None}


def judge(
    objectives: Mapping[int, Sequence[Objective]], rows: Iterable[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """Return a record per case, group and objective: the verdict and what it rests on.

    Args:
        objectives: Of each case.
        rows: What `judged` yields for the groups of each run, with its ``case`` and ``trace``.
    """
    parts: dict[tuple[int, str, str], list[Mapping[str, Any]]] = {}
    for row in rows:
        parts.setdefault((row["case"], row["group"], row["metric"]), []).append(row)
    places = dict.fromkeys((case, group) for case, group, _ in parts)
    return [
        {"case": case, "group": group} | _record(rule, parts[case, group, rule.metric])
        for case, group in sorted(places, key=lambda place: place[0])
        for rule in objectives[case]
    ]


def _record(rule: Objective, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    found = _over_traces(rows, "value")
    said = verdict(rule, _over_traces(rows, "least"), _over_traces(rows, "most"))
    record = {
        "metric": rule.metric,
        "rule": rule.rule,
        "verdict": said,
        "unit": "ms" if rule.is_latency else "share",
        "value": found["mean"],
        "low": found["low"],
        "high": found["high"],
        "by_trace": found["by_trace"],
        "traces": len(found["by_trace"]),
        "frames": sum(row["frames"] for row in rows),
        "answered": sum(row["answered"] for row in rows),
    }
    return record | {"note": "; ".join(_notes(rule, rows, record))}


def _over_traces(rows: Sequence[Mapping[str, Any]], key: str) -> dict[str, Any]:
    """Return mean and interval of a value; replications are averaged inside their trace.

    A trace that is beyond every bound takes the mean there, whatever other traces say.
    """
    inside: dict[str, list[float]] = {}
    for row in rows:
        inside.setdefault(row["trace"], []).append(number(row[key]))
    by_trace = {trace: sum(values) / len(values) for trace, values in inside.items()}
    finite = {trace: value for trace, value in by_trace.items() if math.isfinite(value)}
    record = interval_record(finite) if finite else _NOTHING | {"by_trace": {}}
    beyond = dict.fromkeys((t for t, value in by_trace.items() if math.isinf(value)), BEYOND)
    points = dict.fromkeys(by_trace) | record["by_trace"] | beyond
    return record | {"by_trace": points} | (_NOTHING | {"mean": BEYOND} if beyond else {})


def verdict(rule: Objective, least: Mapping[str, Any], most: Mapping[str, Any]) -> str:
    """Return ``met``, ``failed`` or ``inconclusive``.

    Where there are too few frames, only what any further ones would leave as it is, is decided.
    With a single trace the question is about that trace, and its value decides.

    Args:
        rule: The objective.
        least: Mean and interval of the least that it may come to.
        most: Of the most; the same where there are frames enough.
    """
    worst, best = (least, most) if rule.at_least else (most, least)
    if _side(rule, best) == "failed":
        return "failed"
    return "met" if _side(rule, worst) == "met" else "inconclusive"


def _side(rule: Objective, found: Mapping[str, Any]) -> str:
    mean = number(found["mean"])
    low = mean if found["low"] is None else found["low"]
    high = mean if found["high"] is None else found["high"]
    inside, outside = low >= rule.bound, high < rule.bound
    if not rule.at_least:
        inside, outside = high <= rule.bound, low > rule.bound
    return "met" if inside else "failed" if outside else "inconclusive"


def _notes(
    rule: Objective, rows: Sequence[Mapping[str, Any]], record: Mapping[str, Any]
) -> list[str]:
    """Return what a reader of a verdict has to know besides its numbers."""
    told = []
    beyond = sum(value == BEYOND for value in record["by_trace"].values())
    if beyond and record["traces"] > 1:
        told.append(f"beyond every bound on {beyond} of {record['traces']} traces")
    counted = "answered" if rule.of_answered else "frames"
    short = [row[counted] for row in rows if row["value"] is None]
    if short:
        told.append(_lack(rule, rows[0]["needed"], short, len(rows)))
    elif record["verdict"] == "inconclusive":
        told.append("the interval holds the bound: more traces would decide")
    if record["verdict"] == "met" and record["traces"] == 1:
        told.append("met on one trace, which says nothing of others")
    return told


def _lack(rule: Objective, needed: int, short: Sequence[int], runs: int) -> str:
    """Return how many frames are needed and how many there are."""
    kind = "answered" if rule.of_answered else "captured"
    frames = f"{needed} {kind} frame{'s' * (needed > 1)}"
    name = rule.metric.removeprefix("answered_").removeprefix("latency_")
    if runs == 1:
        return f"{name} needs {frames} and there are {short[0]}"
    least, most = min(short), max(short)
    there = f"{least}" if least == most else f"{least} to {most}"
    some = "each has" if len(short) == runs else f"{len(short)} of {runs} have"
    return f"{name} needs {frames} in every run and {some} {there}"

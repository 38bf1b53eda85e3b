"""What the runs of a batch say: a record per case, and policies compared on the same traces."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from simulator.metrics.bootstrap import CONFIDENCE, intervals
from simulator.metrics.catalogue import SHARED, metrics_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from simulator.metrics.catalogue import Metric

__all__ = ["FEW_TRACES", "Row", "case_records", "comparisons", "header", "interval_record"]

Row: TypeAlias = "dict[str, Any]"
"""A row of the runs' or groups' table."""

FEW_TRACES = 10
"""With fewer traces than this, read the points and not the interval."""

_DIGITS = 7


def case_records(runs: Sequence[Row], groups: Sequence[Row]) -> list[dict[str, Any]]:
    """Return one record per case.

    Args:
        runs: Rows with ``case``, ``policy``, ``setting``, ``trace`` and every metric; a run without
            one of the tasks says nothing of it.
        groups: Rows with ``case``, ``group`` and the metrics of groups.
    """
    records = []
    metrics = _numeric(runs)
    for case in sorted({row["case"] for row in runs}):
        rows = [row for row in runs if row["case"] == case]
        parts = [row for row in groups if row["case"] == case]
        flags = [flag for row in rows for flag in row["overload"].split("+") if flag]
        records.append(
            {
                "case": case,
                "policy": rows[0]["policy"],
                "setting": rows[0]["setting"],
                "runs": len(rows),
                "frames": sum(row["frames"] for row in rows),
                "overload": {name: flags.count(name) / len(rows) for name in sorted(set(flags))},
                "metrics": _intervals(rows, metrics),
                "groups": {
                    name: _intervals(
                        [row for row in parts if row["group"] == name],
                        [metric for metric in metrics if metric.name not in SHARED],
                    )
                    for name in dict.fromkeys(row["group"] for row in parts)
                },
            }
        )
    return records


def comparisons(runs: Sequence[Row]) -> list[dict[str, Any]]:
    """Return, for each setting and pair of its policies, later minus earlier, trace by trace.

    Only runs that share trace and seed are compared, so both policies met the same luck.
    """
    found = []
    metrics = _numeric(runs)
    for setting in dict.fromkeys(row["setting"] for row in runs):
        rows = [row for row in runs if row["setting"] == setting]
        policies = dict.fromkeys(row["policy"] for row in rows)
        for versus, policy in combinations(policies, 2):
            differences = _differences(rows, policy, versus, metrics)
            if differences:
                found.append(
                    {
                        "setting": setting,
                        "policy": policy,
                        "versus": versus,
                        "traces": len({row["trace"] for row in differences}),
                        "metrics": _intervals(differences, metrics),
                    }
                )
    return found


def interval_record(by_trace: dict[str, float]) -> dict[str, Any]:
    """Return the record of a value a trace: mean, interval and the values.

    Example:
        >>> interval_record({"a/1": 0.5, "a/2": 0.7})
        {'mean': 0.6, 'low': 0.5, 'high': 0.7, 'by_trace': {'a/1': 0.5, 'a/2': 0.7}}
    """
    return _records(np.array([list(by_trace.values())]).T, list(by_trace))[0]


def _differences(
    rows: Iterable[Row], policy: str, versus: str, metrics: Sequence[Metric]
) -> list[Row]:
    there: dict[tuple[str, int], dict[str, Row]] = {}
    for row in rows:
        there.setdefault((row["trace"], row["seed"]), {})[row["policy"]] = row
    return [
        {"trace": trace}
        | {m.name: _value(both[policy], m) - _value(both[versus], m) for m in metrics}
        for (trace, _), both in there.items()
        if policy in both and versus in both
    ]


def _numeric(rows: Iterable[Row]) -> list[Metric]:
    return [metric for metric in metrics_in(rows) if metric.kind != "text"]


def _value(row: Row, metric: Metric) -> float:
    return float(row.get(metric.name, np.nan))


def _intervals(rows: Sequence[Row], metrics: Sequence[Metric]) -> dict[str, Any]:
    """Return a record per metric; replications are averaged inside their trace."""
    traces = list(dict.fromkeys(row["trace"] for row in rows))
    values = np.full((len(traces), len(metrics)), np.nan)
    for place, trace in enumerate(traces):
        inside = np.array(
            [[_value(row, m) for m in metrics] for row in rows if row["trace"] == trace], np.float64
        )
        there = np.isfinite(inside)
        counts = np.maximum(there.sum(axis=0), 1)
        mean = np.where(there, inside, 0.0).sum(axis=0) / counts
        values[place] = np.where(there.any(axis=0), mean, np.nan)
    records = _records(values, traces)
    return {metric.name: record for metric, record in zip(metrics, records, strict=True)}


def _records(values: np.ndarray[Any, Any], traces: Sequence[str]) -> list[dict[str, Any]]:
    means, lows, highs = intervals(values)
    return [
        {
            "mean": _json(means[k]),
            "low": _json(lows[k]),
            "high": _json(highs[k]),
            "by_trace": {t: _json(v) for t, v in zip(traces, values[:, k], strict=True)},
        }
        for k in range(values.shape[1])
    ]


def _json(value: float) -> float | None:
    """Return a number JSON can hold, of readable length."""
    return float(f"{value:.{_DIGITS}g}") if np.isfinite(value) else None


def header(runs: Sequence[Row]) -> dict[str, Any]:
    """Return what stands at the top of a summary about its statistics."""
    traces = sorted({row["trace"] for row in runs})
    return {
        "confidence": CONFIDENCE,
        "traces": traces,
        "few_traces": len(traces) < FEW_TRACES,
    }

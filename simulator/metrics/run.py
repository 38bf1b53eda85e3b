"""All metrics of one run, its groups and their units, from the frame log alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.metrics.catalogue import METRICS, SHARED, task_metrics
from simulator.metrics.forecasts import forecast_metrics
from simulator.metrics.latency import latency_metrics
from simulator.metrics.outcomes import outcome_metrics
from simulator.metrics.selection import Selection, everything, groups
from simulator.metrics.server import server_utilisation
from simulator.metrics.tasks import further_tasks, task_results
from simulator.metrics.uplink import uplink_utilisation
from simulator.metrics.usage import overload, traffic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.framelog import FrameLog
    from simulator.world.plan import WorldPlan

__all__ = ["Measured", "measure"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a run amounts to.

    Attributes:
        run: Every one of ``METRICS``, and those of the further tasks that its streams ask.
        groups: For each group of streams its ``group`` name and its metrics.
        units: For each group and unit how often it was chosen and how it fared.
    """

    run: dict[str, Any]
    groups: list[dict[str, Any]]
    units: list[dict[str, Any]]


def measure(log: FrameLog, plan: WorldPlan) -> Measured:
    """Return the metrics of a run.

    Args:
        log: What happened.
        plan: What the world was built from.
    """
    whole = everything(log, plan)
    tasks = further_tasks(plan.streams)
    names = [metric.name for metric in METRICS + task_metrics(tasks)]
    found: dict[str, Any] = _common(whole, tasks)
    found["uplink_utilisation"] = uplink_utilisation(whole, plan)
    found["server_utilisation"] = server_utilisation(whole, plan)
    found["overload"] = overload(whole, plan)
    parts = list(groups(log, plan))
    return Measured(
        run={name: found[name] for name in names},
        groups=[
            _group(name, frames, tasks, [name for name in names if name not in SHARED])
            for name, frames in parts
        ],
        units=[row for name, frames in parts for row in _units(name, frames)],
    )


def _common(frames: Selection, tasks: Sequence[str]) -> dict[str, Any]:
    return (
        outcome_metrics(frames)
        | latency_metrics(frames)
        | traffic(frames)
        | forecast_metrics(frames)
        | task_results(frames, tasks)
    )


def _group(
    name: str, frames: Selection, tasks: Sequence[str], metrics: Sequence[str]
) -> dict[str, Any]:
    found = _common(frames, tasks)
    return {"group": name} | {metric: found[metric] for metric in metrics}


def _units(name: str, frames: Selection) -> list[dict[str, Any]]:
    rows = []
    for index, unit in enumerate(frames.streams[0].ladder.names):
        chosen = frames["unit"] == index
        count = int(chosen.sum())
        rows.append(
            {
                "group": name,
                "unit": index,
                "name": unit,
                "frames": count,
                "share": count / max(len(frames), 1),
                "on_time": _mean(frames.on_time[chosen]),
                "payload_mean_bytes": _mean(frames["bytes"][chosen]),
                "score_mean": _mean(frames["score"][chosen]),
                **forecast_metrics(frames, chosen),
            }
        )
    return rows


def _mean(values: np.ndarray[Any, Any]) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else float("nan")

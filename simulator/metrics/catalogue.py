"""Every metric of a run: its name, unit, which way is better, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from simulator.framelog import Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["METRICS", "REASONS", "SHARED", "STAGES", "Metric", "metrics_in", "task_metrics"]

_STAGES = {
    "camera_wait": "capture until the device takes it up",
    "device": "until its payload, or the result, is ready",
    "uplink_queue": "until its turn on the first link",
    "uplink_transmission": "until its last packet has left the last link, hops between included",
    "propagation": "until it is at the server, or is decoded with the layers that are there",
    "server_wait": "until a worker begins its batch, what it is predicted from being there",
    "service": "until that is served, loading what the worker lacked included",
    "downlink": "until the result is at the device",
}

STAGES = tuple(_STAGES)
"""What a frame's latency is made of, in the order of its life; they add up to it."""

REASONS = {reason.name.lower(): reason for reason in Reason if reason is not Reason.NONE}
"""Metrics that are the share of frames lost or dropped for a reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One metric.

    Attributes:
        name: Its column, with the unit at the end where it has one.
        kind: ``count``, ``share`` (0 to 1), ``ms``, ``number`` or ``text``.
        better: Which way is better, if either.
        meaning: In words.
    """

    name: str
    kind: Literal["count", "share", "ms", "number", "text"]
    better: Literal["higher", "lower", ""]
    meaning: str


def _metrics() -> tuple[Metric, ...]:
    rows: list[tuple[str, str, str, str]] = [
        ("frames", "count", "", "captured frames"),
        ("on_time_frames", "count", "higher", "answered within the deadline"),
        ("late_frames", "count", "lower", "answered after it"),
        ("lost_frames", "count", "lower", "destroyed by the network"),
        ("skipped_frames", "count", "", "skipped by the policy"),
        ("dropped_frames", "count", "", "discarded at the camera, by the sender or at the server"),
        ("on_time", "share", "higher", "share of captured frames answered within the deadline"),
        ("late", "share", "lower", "share of captured frames answered after it"),
        ("lost", "share", "lower", "share of captured frames destroyed by the network"),
        ("skipped", "share", "", "share of captured frames skipped by the policy"),
        ("dropped", "share", "", "share of captured frames discarded on our side of the network"),
    ]
    rows += [
        (name, "share", "lower", f"share of captured frames {reason.meaning}")
        for name, reason in REASONS.items()
    ]
    rows += [
        ("timely_accuracy", "share", "higher", "mean over captured frames of score x [on time]"),
        ("answered_score", "share", "higher", "mean score of answered frames, on time or not"),
        ("latency_mean_ms", "ms", "lower", "capture to answer, mean over answered frames alone"),
        ("latency_p50_ms", "ms", "lower", "its median"),
        ("latency_p95_ms", "ms", "lower", "its 95th percentile"),
        ("latency_p99_ms", "ms", "lower", "its 99th percentile"),
    ]
    for stage, meaning in _STAGES.items():
        rows += [
            (f"{stage}_mean_ms", "ms", "lower", f"{meaning}; mean of answered frames"),
            (f"{stage}_p95_ms", "ms", "lower", "its 95th percentile"),
        ]
    rows += [
        ("miss_runs", "count", "lower", "runs of successive frames not on time"),
        ("miss_run_mean", "number", "lower", "their mean length in frames"),
        ("miss_run_max", "number", "lower", "the longest"),
        ("wire_bps", "number", "", "bits a second put on the uplink, headers included"),
        ("payload_mean_bytes", "number", "", "mean payload of sent frames"),
        (
            "transmissions_mean",
            "number",
            "lower",
            "transmissions of a sent frame's unluckiest packet, mean",
        ),
        ("layers_mean", "number", "", "layers that were decoded of a served frame, mean"),
        (
            "uplink_utilisation",
            "share",
            "",
            "share that frames took of the narrowest hop's capacity",
        ),
        ("device_utilisation", "share", "", "share of time that devices were busy"),
        (
            "server_utilisation",
            "share",
            "",
            "share of the time they were there that workers were busy",
        ),
        ("switches", "number", "lower", "changes of the loaded unit per 100 encoded frames"),
        ("unit_mean", "number", "", "mean ladder index of encoded frames"),
        ("batch_mean", "number", "", "mean size of the batch a frame was served in"),
        ("forecast_coverage", "share", "", "share of payloads within their forecast p90"),
        ("forecast_pinball_bytes", "number", "lower", "mean pinball loss of that forecast"),
        ("on_time_warmup", "share", "higher", "on time, in the warm-up"),
        ("on_time_settled", "share", "higher", "on time, after it"),
        ("timely_accuracy_warmup", "share", "higher", "timely accuracy in the warm-up"),
        ("timely_accuracy_settled", "share", "higher", "timely accuracy after it"),
        ("overload", "text", "", "what was brought more work than it could do"),
    ]
    return tuple(
        Metric(name=name, kind=kind, better=better, meaning=meaning)  # type: ignore[arg-type]
        for name, kind, better, meaning in rows
    )


def task_metrics(tasks: Iterable[str]) -> tuple[Metric, ...]:
    """Return the metrics of further tasks; the primary one's have no task in their names.

    Example:
        >>> [metric.name for metric in task_metrics(["box_iou"])]
        ['on_time_box_iou', 'timely_accuracy_box_iou']
    """
    return tuple(
        Metric(name=f"{name}_{task}", kind="share", better="higher", meaning=f"{meaning} {task}")
        for task in dict.fromkeys(tasks)
        for name, meaning in (
            ("on_time", "of frames asked for it, the share answered within the deadline of"),
            ("timely_accuracy", "mean over the same frames of score x [on time], of"),
        )
    )


def metrics_in(rows: Iterable[Mapping[str, object]]) -> tuple[Metric, ...]:
    """Return all metrics that rows of runs or groups may have: the fixed ones and their tasks'.

    Which further tasks there are is the scenario's word, so what they are called is found in the
    rows, in the order of their first appearance.

    Example:
        >>> [m.name for m in metrics_in([{"on_time": 1.0, "on_time_box_iou": 0.5}])][-2:]
        ['on_time_box_iou', 'timely_accuracy_box_iou']
    """
    fixed = {metric.name for metric in METRICS}
    names = dict.fromkeys(name for row in rows for name in row if name not in fixed)
    tasks = [name.removeprefix("on_time_") for name in names if name.startswith("on_time_")]
    return METRICS + task_metrics(tasks)


METRICS = _metrics()
"""All metrics that every run has, in the order of their columns; see `metrics_in` for the rest."""

SHARED = frozenset({"uplink_utilisation", "server_utilisation", "overload"})
"""Metrics of what groups share: told for the run, not for its groups."""

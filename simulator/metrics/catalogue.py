"""Every metric of a run: its name, unit, which way is better, and what it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["METRICS", "SHARED", "STAGES", "Metric"]

STAGES = (
    "camera_wait",
    "device",
    "uplink_queue",
    "uplink_transmission",
    "propagation",
    "server_wait",
    "service",
    "downlink",
)
"""What a frame's latency is made of, in the order of its life; they add up to it."""


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
        ("dropped_frames", "count", "", "replaced at the camera by a newer frame"),
        ("on_time", "share", "higher", "share of captured frames answered within the deadline"),
        ("late", "share", "lower", "share of captured frames answered after it"),
        ("lost", "share", "lower", "share of captured frames destroyed by the network"),
        ("skipped", "share", "", "share of captured frames skipped by the policy"),
        ("dropped", "share", "", "share of captured frames replaced by a newer one"),
        ("timely_accuracy", "share", "higher", "mean over captured frames of score x [on time]"),
        ("answered_score", "share", "higher", "mean score of answered frames, on time or not"),
        ("latency_mean_ms", "ms", "lower", "capture to answer, mean of answered frames"),
        ("latency_p50_ms", "ms", "lower", "its median"),
        ("latency_p95_ms", "ms", "lower", "its 95th percentile"),
        ("latency_p99_ms", "ms", "lower", "its 99th percentile"),
    ]
    for stage in STAGES:
        said = stage.replace("_", " ")
        rows += [
            (f"{stage}_mean_ms", "ms", "lower", f"{said}, mean of answered frames"),
            (f"{stage}_p95_ms", "ms", "lower", f"{said}, 95th percentile"),
        ]
    rows += [
        ("miss_runs", "count", "lower", "runs of successive frames not on time"),
        ("miss_run_mean", "number", "lower", "their mean length in frames"),
        ("miss_run_max", "number", "lower", "the longest"),
        ("wire_bps", "number", "", "bits a second put on the uplink, headers included"),
        ("payload_mean_bytes", "number", "", "mean payload of sent frames"),
        ("uplink_utilisation", "share", "", "share of the uplink's capacity that was used"),
        ("device_utilisation", "share", "", "share of time that devices were busy"),
        ("server_utilisation", "share", "", "share of time that workers were busy"),
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


METRICS = _metrics()
"""All metrics, in the order of their columns."""

SHARED = frozenset({"uplink_utilisation", "server_utilisation", "overload"})
"""Metrics of what groups share: told for the run, not for its groups."""

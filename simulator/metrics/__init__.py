"""Metrics: what a frame log amounts to, and what many runs say about a policy."""

from __future__ import annotations

from simulator.metrics.catalogue import METRICS, REASONS, SHARED, STAGES, Metric, metrics_in
from simulator.metrics.latency import stage_times
from simulator.metrics.run import Measured, measure

__all__ = [
    "METRICS",
    "REASONS",
    "SHARED",
    "STAGES",
    "Measured",
    "Metric",
    "measure",
    "metrics_in",
    "stage_times",
]

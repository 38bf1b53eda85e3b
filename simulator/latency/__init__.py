"""How long answers take: every unit of a profile on devices and links of several speeds."""

from simulator.latency.runs import RATES_BPS, SPEEDS, measure_latency
from simulator.latency.table import Cell, LatencyTable, latency_markdown

__all__ = [
    "RATES_BPS",
    "SPEEDS",
    "Cell",
    "LatencyTable",
    "latency_markdown",
    "measure_latency",
]

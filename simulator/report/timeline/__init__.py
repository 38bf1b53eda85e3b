"""One run through time: what the path could carry, what was chosen, and how long answers took."""

from __future__ import annotations

from simulator.report.timeline.figure import draw
from simulator.report.timeline.path import Hop
from simulator.report.timeline.stretch import Timeline

__all__ = ["Hop", "Timeline", "draw"]

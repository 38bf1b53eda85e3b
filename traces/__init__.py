"""Link capacity over time: two kinds of trace, readers for files, and synthetic families."""

from __future__ import annotations

from traces.bandwidth import BandwidthTrace, OpportunityTrace, RateTrace, TraceAbout, rates_on_grid
from traces.formats import READERS, ReadOptions
from traces.reading import read
from traces.sniff import sniff

__all__ = [
    "READERS",
    "BandwidthTrace",
    "OpportunityTrace",
    "RateTrace",
    "ReadOptions",
    "TraceAbout",
    "rates_on_grid",
    "read",
    "sniff",
]

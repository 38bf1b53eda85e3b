"""Link capacity over time: two kinds of trace, readers for files, and synthetic families."""

from __future__ import annotations

from traces.bandwidth import BandwidthTrace, OpportunityTrace, RateTrace, TraceAbout, rates_on_grid

__all__ = ["BandwidthTrace", "OpportunityTrace", "RateTrace", "TraceAbout", "rates_on_grid"]

"""Link capacity over time: two kinds of trace, readers for files, and synthetic families.

>>> import traces
>>> trace = traces.synthesise("us-lte-up", 1, 60 * 10**9)
>>> trace.instant(trace.capacity(0) + 1) > 0  # when the first byte has crossed, in ns
True
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from traces.about import TraceAbout
    from traces.bandwidth import BandwidthTrace, doubts, rates_on_grid
    from traces.conditions import Conditions
    from traces.formats import READERS, ReadOptions
    from traces.opportunity import OpportunityTrace
    from traces.rate import RateTrace
    from traces.reading import read
    from traces.synthetic import fit_report, synthesise

__all__ = [
    "READERS",
    "BandwidthTrace",
    "Conditions",
    "OpportunityTrace",
    "RateTrace",
    "ReadOptions",
    "TraceAbout",
    "doubts",
    "fit_report",
    "rates_on_grid",
    "read",
    "synthesise",
]

_HOME = {
    "READERS": "traces.formats",
    "BandwidthTrace": "traces.bandwidth",
    "Conditions": "traces.conditions",
    "OpportunityTrace": "traces.opportunity",
    "RateTrace": "traces.rate",
    "ReadOptions": "traces.formats",
    "TraceAbout": "traces.about",
    "doubts": "traces.bandwidth",
    "fit_report": "traces.synthetic",
    "rates_on_grid": "traces.bandwidth",
    "read": "traces.reading",
    "synthesise": "traces.synthetic",
}


def __getattr__(name: str) -> object:
    """Import what is exported when it is asked for (PEP 562)."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_HOME[name]), name)

"""What a trace is a trace of: its name, what was measured, in which direction, from where."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["After", "Direction", "Measures", "TraceAbout"]

After = Literal["loop", "hold", "stop"]
"""What follows a trace's end: the same again, its last rate for ever, or nothing for ever."""

Measures = Literal["capacity", "flow-rate", "unknown"]
"""``capacity``: a saturated link. ``flow-rate``: what one flow obtained, a lower bound on it."""

Direction = Literal["uplink", "downlink", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceAbout:
    """Where a trace comes from, and how far it can be trusted as an uplink.

    Attributes:
        name: File name, or ``family/seed``.
        measures: ``capacity``, ``flow-rate`` (application- or congestion-limited), or ``unknown``.
        direction: ``uplink``, ``downlink`` or ``unknown``.
        source: Dataset, place and technology in words.
        hours: Hours of measurement behind it; None where nobody said.
        doubts: What its reader found doubtful, each as a predicate: ``is silent for 500 s``.

    Example:
        >>> TraceAbout(name="x", measures="flow-rate", direction="downlink").warning()
        'x measures a flow rate on a downlink: real uplink capacity may differ'
        >>> TraceAbout(name="y", measures="capacity", direction="uplink").warning()
    """

    name: str
    measures: Measures = "unknown"
    direction: Direction = "unknown"
    source: str = ""
    hours: float | None = None
    doubts: tuple[str, ...] = ()

    def warning(self) -> str | None:
        """Return what is doubtful about using this as an uplink's capacity, or None.

        Traces that say nothing about themselves are taken at the user's word.
        """
        said = []
        if self.measures == "flow-rate":
            said.append("a flow rate")
        if self.direction == "downlink":
            said.append("on a downlink" if said else "a downlink")
        if not said:
            return None
        return f"{self.name} measures {' '.join(said)}: real uplink capacity may differ"

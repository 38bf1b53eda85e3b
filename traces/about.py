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
    """Where a trace comes from, and how far it can be trusted as a link's capacity.

    Attributes:
        name: File name, or ``family/seed``.
        measures: ``capacity``, ``flow-rate`` (application- or congestion-limited), or ``unknown``.
        direction: ``uplink``, ``downlink`` or ``unknown``.
        source: Dataset, place and technology in words.
        hours: Hours of measurement behind it; None where nobody said.
        end: What ends it, where a file's last row leaves that open; a predicate, too.
        doubts: What its reader found doubtful, each as a predicate: ``is silent for 500 s``.

    Example:
        >>> TraceAbout(name="x", measures="flow-rate", direction="downlink").warning()
        'x measures a flow rate on a downlink: real uplink capacity may differ'
        >>> TraceAbout(name="y", measures="capacity", direction="uplink").warning()
        >>> TraceAbout(name="z", measures="capacity", direction="uplink").warning("downlink")
        'z measures an uplink: real downlink capacity may differ'
    """

    name: str
    measures: Measures = "unknown"
    direction: Direction = "unknown"
    source: str = ""
    hours: float | None = None
    end: str = ""
    doubts: tuple[str, ...] = ()

    def warning(self, use: Direction = "uplink") -> str | None:
        """Return what is doubtful about using this as the capacity of a link, or None.

        Traces that say nothing about themselves are taken at the user's word.

        Args:
            use: What the link is; ``unknown`` fits any direction.
        """
        said = []
        if self.measures == "flow-rate":
            said.append("a flow rate")
        if "unknown" not in {use, self.direction} and use != self.direction:
            article = "an" if self.direction == "uplink" else "a"
            said.append(f"{'on ' if said else ''}{article} {self.direction}")
        if not said:
            return None
        link = "link" if use == "unknown" else use
        return f"{self.name} measures {' '.join(said)}: real {link} capacity may differ"

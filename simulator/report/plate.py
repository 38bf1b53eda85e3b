"""A plate, which is a figure with its words, and the look that all plates share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from simulator.report.frames import read_frames
from simulator.report.names import ladder, short
from simulator.report.palette import of_policies, of_units

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from simulator.report.evidence import Evidence

__all__ = ["ON_TIME", "TIMELY", "Look", "Plate"]

ON_TIME: Final = "on time [% of captured frames]"
TIMELY: Final = "timely accuracy [%]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A figure with its words.

    Attributes:
        key: Stem of its file name; unique within the setting.
        title: What it shows.
        caption: How to read it, and what was left out.
        figure: The drawing.
    """

    key: str
    title: str
    caption: str
    figure: Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What stays the same from plot to plot: labels, colours, the order of units."""

    labels: dict[str, str]
    colours: dict[str, str]
    units: list[str]
    on_device: list[str]
    unit_colours: dict[str, str]

    @classmethod
    def of(cls, evidence: Evidence) -> Look:
        """Return the look of a results folder; a run of each case tells the ladders."""
        streams = [
            stream
            for case in evidence.summary.cases
            for stream in read_frames(evidence, str(evidence.runs_of(case)["run"].iloc[0])).streams
        ]
        units = ladder(dict.fromkeys(tuple(stream.units) for stream in streams))
        on_device = sorted({name for stream in streams for name in stream.local})
        labels = short(evidence.policies)
        return cls(
            labels=labels,
            colours=of_policies(list(labels.values())),
            units=units,
            on_device=on_device,
            unit_colours=of_units(units, on_device),
        )

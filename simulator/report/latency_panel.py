"""The panel of a timeline that shows each frame: its latency, or above the axis why it has none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D

from simulator.framelog import Outcome
from simulator.report.palette import INK, MUTED, OUTCOMES, PAPER
from simulator.report.style import dots, strokes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    from simulator.report.fates import Fate
    from simulator.report.timeline import Timeline

__all__ = ["MOST_DOTS", "TALL", "draw_latency", "panel_height"]

MOST_DOTS: Final = 4000
TALL: Final = 2.5  # deadlines on the latency axis
_MANY_DOTS: Final = 2500
_FIRST_ROW: Final = 1.06
_ROW: Final = 0.09
_INCHES: Final = 2.2 / 1.43  # for what 2.5 deadlines take
_ORDER: Final = (Outcome.SKIPPED, Outcome.DROPPED, Outcome.LOST)


def panel_height(fates: Sequence[Fate]) -> float:
    """Return the panel's height in inches: it grows with the rows above the latencies.

    Example:
        >>> from simulator.report.fates import fates
        >>> round(panel_height(fates(lambda fate: False)), 2)
        2.2
    """
    return _INCHES * _end(fates)


def draw_latency(axes: Axes, data: Timeline) -> None:
    """Draw answered frames by their latency, others in a row for each fate, all counted.

    Frames of which a packet was sent again have a dark rim; those decoded with some of their
    layers have a pale core.
    """
    top = TALL * data.deadline_ms
    _draw_answered(axes, data, top)
    rows = sorted(
        (fate for fate in data.fates if fate.outcome in _ORDER),
        key=lambda fate: _ORDER.index(fate.outcome),
    )
    for row, fate in enumerate(rows):
        height = (_FIRST_ROW + _ROW * row) * top
        shown = _thinned(fate.among(data.outcome, data.reason))
        x, y = data.captured_s[shown], np.full(shown.size, height)
        strokes(axes, x, y, up=0.03 * top, colour=fate.colour, width=1.2)
        _count(axes, fate, height, data)
    _draw_deadline(axes, data.deadline_ms)
    axes.set(ylim=(0, _end(data.fates) * top), ylabel="latency [ms]")
    axes.set_xlabel("time of capture [s]")
    ticks = np.linspace(0, top, 6)
    beyond = "≥ " if (data.latency_ms > top).any() else ""
    axes.set_yticks(ticks, [f"{beyond if tick == top else ''}{tick:g}" for tick in ticks])
    axes.grid(visible=True, axis="y")


def _end(fates: Sequence[Fate]) -> float:
    """Return where the axis ends, if 2.5 deadlines are 1."""
    return 1.16 + _ROW * sum(fate.outcome in _ORDER for fate in fates)


def _thinned(where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    found = np.flatnonzero(where)
    return found[:: max(1, -(-found.size // MOST_DOTS))]


def _draw_answered(axes: Axes, data: Timeline, top: float) -> None:
    rises = np.minimum(data.latency_ms, top)
    for fate in data.fates:
        if fate.outcome not in (Outcome.ON_TIME, Outcome.LATE):
            continue
        shown = _thinned(fate.among(data.outcome, data.reason))
        size = 3.2 if shown.size <= _MANY_DOTS else 2.0
        x, y = data.captured_s[shown], rises[shown]
        again, partly = data.again[shown], data.partly[shown]
        dots(axes, x[again], y[again], colour=INK, size=size + 1.6)
        dots(axes, x, y, colour=fate.colour, size=size)
        dots(axes, x[partly], y[partly], colour=PAPER, size=0.5 * size)
        middle = 0.5 if fate.outcome is Outcome.ON_TIME else 1.75
        _count(axes, fate, middle * data.deadline_ms, data)
    _name_marks(axes, data)


def _name_marks(axes: Axes, data: Timeline) -> None:
    """Write what rims and cores mean, where there are any."""
    answered = data.outcome <= Outcome.LATE
    good = OUTCOMES[Outcome.ON_TIME]
    handles = [
        Line2D(
            [], [],
            label=f"{label} {count}",
            linestyle="",
            marker="o",
            markersize=5,
            markerfacecolor=core,
            markeredgecolor=rim,
            markeredgewidth=1.3,
        )
        for label, where, rim, core in (
            ("packets sent again", data.again, INK, good),
            ("some layers only", data.partly, good, PAPER),
        )
        if (count := np.count_nonzero(where & answered))
    ]  # fmt: skip
    if handles:
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(0, 1),
            ncols=2,
            handlelength=0.9,
            borderpad=0.1,
        )


def _count(axes: Axes, fate: Fate, height: float, data: Timeline) -> None:
    """Write a fate and its count at the right edge."""
    count = np.count_nonzero(fate.among(data.outcome, data.reason))
    _at_edge(axes, f"{fate.name} {count}", height, MUTED)


def _draw_deadline(axes: Axes, deadline_ms: float) -> None:
    axes.axhline(deadline_ms, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
    _at_edge(axes, f"deadline {deadline_ms:g}", deadline_ms, INK)


def _at_edge(axes: Axes, text: str, height: float, colour: str) -> None:
    axes.annotate(
        text,
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=colour,
    )

"""One run through time: what the path could carry, what was chosen, and how long answers took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.report.away_panel import draw_away, rows_of, shade
from simulator.report.choice_panels import draw_ladder, draw_raster
from simulator.report.latency_panel import draw_latency, panel_height
from simulator.report.palette import MUTED, of_units
from simulator.report.path_panels import Sent, draw_hop, draw_loss
from simulator.report.style import figure, house_style, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.report.fates import Fate
    from simulator.report.frames import Away
    from simulator.report.path_panels import Hop

__all__ = ["Timeline", "draw"]

_BINS: Final = 240


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The frames of one run inside a stretch of time, and the path they met.

    Attributes:
        policy: Who chose.
        colour: The policy's colour.
        span_s: First and last instant shown.
        hops: The path.
        away: When workers were away.
        streams: Names, indexed by ``stream``.
        units: All units in ladder order.
        on_device: Those that send nothing.
        deadline_ms: The longest deadline of the streams.
        fates: What became of frames under any policy.
        stream: Stream of each frame [frames].
        captured_s: When it was captured.
        sent_s: When it was handed to the path; NaN if never.
        wire_bytes: What it put on the path.
        unit: Index into ``units``; -1 where none was chosen.
        outcome: `Outcome` codes.
        reason: `Reason` codes.
        again: Whether one of its packets was sent again.
        partly: Whether it was decoded with some of its layers only.
        latency_ms: Capture to answer; NaN if never answered.
    """

    policy: str
    colour: str
    span_s: tuple[float, float]
    hops: Sequence[Hop]
    away: Sequence[Away]
    streams: Sequence[str]
    units: Sequence[str]
    on_device: Sequence[str]
    deadline_ms: float
    fates: Sequence[Fate]
    stream: npt.NDArray[np.int64]
    captured_s: npt.NDArray[np.float64]
    sent_s: npt.NDArray[np.float64]
    wire_bytes: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    reason: npt.NDArray[np.int64]
    again: npt.NDArray[np.bool_]
    partly: npt.NDArray[np.bool_]
    latency_ms: npt.NDArray[np.float64]

    def sent(self) -> Sent:
        """Return the rate handed to the path in bins of time."""
        start, end = self.span_s
        edges = np.linspace(start, end, max(2, min(_BINS, int((end - start) * 2)) + 1))
        sent = np.isfinite(self.sent_s)
        carried, _ = np.histogram(self.sent_s[sent], edges, weights=self.wire_bytes[sent])
        bps = 8.0 * carried / np.diff(edges)
        return Sent(policy=self.policy, colour=self.colour, edges_s=edges, bps=bps)


@house_style()
def draw(data: Timeline, *, most_bps: Sequence[float]) -> Figure:
    """Return panels over one time axis: each hop, the units chosen, the server, the latencies.

    One stream's choices are drawn as a ladder; several as a raster with a row each. Latencies
    beyond 2.5 deadlines are drawn at that edge; frames without one stand above it by their fate.
    A hop whose loss changes has a strip of it, a server that lacked workers a row for each.

    Args:
        data: The run.
        most_bps: Top of each hop's axis, so that the policies' figures compare.
    """
    several = len(data.streams) > 1
    choices = min(3.2, 0.6 + 0.13 * len(data.streams)) if several else 0.3 + 0.16 * len(data.units)
    away = len(rows_of(data.away))
    heights = []
    for hop in data.hops:
        heights += [1.1 if len(data.hops) == 1 else 0.85, *([0.22] if hop.loses_by_turns else [])]
    heights += [choices, *([min(1.6, 0.1 + 0.14 * away)] if away else [])]
    heights += [panel_height(data.fates)]
    figure_ = figure(sum(heights) + 0.2 * len(heights))
    panels = figure_.subplots(len(heights), 1, sharex=True, height_ratios=heights)
    for axes in panels:
        plain(axes)
        axes.yaxis.label.set_color(MUTED)
    _fill(list(panels), data, most_bps)
    figure_.align_ylabels()
    return figure_


def _fill(panels: list[Axes], data: Timeline, most_bps: Sequence[float]) -> None:
    """Draw each panel, from the top."""
    sent = data.sent()
    waiting = iter(panels)
    for number, (hop, most) in enumerate(zip(data.hops, most_bps, strict=True)):
        draw_hop(next(waiting), hop, sent, most, keys=number == 0)
        if hop.loses_by_turns:
            draw_loss(next(waiting), hop)
    colours = of_units(data.units, data.on_device)
    (draw_raster if len(data.streams) > 1 else draw_ladder)(next(waiting), data, colours)
    latency = panels[-1]
    if data.away:
        draw_away(next(waiting), data.away)
        shade(latency, data.away)
    draw_latency(latency, data)
    latency.set_xlim(*data.span_s)

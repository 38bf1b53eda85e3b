"""The figure of a timeline: panels over one time axis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.palette import MUTED, of_units
from simulator.report.style import figure, house_style, plain
from simulator.report.timeline.away import draw_away, rows_of, shade
from simulator.report.timeline.choices import draw_ladder, draw_raster
from simulator.report.timeline.latencies import draw_latency, panel_height
from simulator.report.timeline.path import draw_hop, draw_loss

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.report.timeline.stretch import Timeline

__all__ = ["draw"]


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

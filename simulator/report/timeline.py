"""One run through time: what the link could carry, what was chosen, and how long answers took."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.framelog import Outcome
from simulator.report.palette import INK, LINK, MUTED, OUTCOMES, of_units
from simulator.report.style import columns_for, dots, figure, house_style, plain, strokes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["MOST_DOTS", "TALL", "Timeline", "draw"]

MOST_DOTS: Final = 4000
_MANY_DOTS: Final = 2500
_BINS: Final = 240
TALL: Final = 2.5  # deadlines on the latency axis
_UNSEEN: Final = {Outcome.LOST: 1.24, Outcome.DROPPED: 1.15, Outcome.SKIPPED: 1.06}
_MEGA: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """The frames of one run inside a stretch of time, and the link they met.

    Attributes:
        policy: Who chose.
        colour: The policy's colour.
        span_s: First and last instant shown.
        capacity_t_s: Starts of the capacity's steps.
        capacity_bps: The link's capacity in each.
        streams: Names, indexed by ``stream``.
        units: All units in ladder order.
        on_device: Those that send nothing.
        deadline_ms: The longest deadline of the streams.
        stream: Stream of each frame [frames].
        captured_s: When it was captured.
        sent_s: When it was handed to the link; NaN if never.
        wire_bytes: What it put on the link.
        unit: Index into ``units``; -1 where none was chosen.
        outcome: `Outcome` codes.
        latency_ms: Capture to answer; NaN if never answered.
    """

    policy: str
    colour: str
    span_s: tuple[float, float]
    capacity_t_s: npt.NDArray[np.float64]
    capacity_bps: npt.NDArray[np.float64]
    streams: Sequence[str]
    units: Sequence[str]
    on_device: Sequence[str]
    deadline_ms: float
    stream: npt.NDArray[np.int64]
    captured_s: npt.NDArray[np.float64]
    sent_s: npt.NDArray[np.float64]
    wire_bytes: npt.NDArray[np.int64]
    unit: npt.NDArray[np.int64]
    outcome: npt.NDArray[np.int64]
    latency_ms: npt.NDArray[np.float64]

    def _edges_s(self) -> npt.NDArray[np.float64]:
        start, end = self.span_s
        return np.linspace(start, end, max(2, min(_BINS, int((end - start) * 2)) + 1))

    def mean_capacity_bps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the edges [s] of bins of time and the link's mean capacity in each."""
        edges = self._edges_s()
        if self.capacity_t_s.size == 0:
            return edges, np.zeros(edges.size - 1)
        steps = np.append(self.capacity_t_s, max(self.span_s[1], self.capacity_t_s[-1]))
        total = np.insert(np.cumsum(self.capacity_bps * np.diff(steps)), 0, 0.0)
        return edges, np.diff(np.interp(edges, steps, total)) / np.diff(edges)

    def offered_bps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return the edges [s] of bins of time and the rate handed to the link in each."""
        edges = self._edges_s()
        sent = np.isfinite(self.sent_s)
        carried, _ = np.histogram(self.sent_s[sent], edges, weights=self.wire_bytes[sent])
        return edges, 8.0 * carried / np.diff(edges)


def _draw_link(axes: Axes, data: Timeline, most_bps: float) -> None:
    start, end = data.span_s
    inside = data.capacity_t_s < end
    edges = np.append(data.capacity_t_s[inside], end)
    if inside.any():
        axes.stairs(data.capacity_bps[inside] / _MEGA, edges, fill=True, color=LINK, linewidth=0)
    bins, mean = data.mean_capacity_bps()
    axes.stairs(mean / _MEGA, bins, color=MUTED, linewidth=0.9, baseline=None)
    bins, offered = data.offered_bps()
    axes.stairs(offered / _MEGA, bins, color=data.colour, linewidth=1.3, baseline=None)
    axes.set(xlim=(start, end), ylim=(0, 1.06 * most_bps / _MEGA or 1), ylabel="Mbit/s")
    axes.legend(
        handles=[
            Patch(color=LINK, label="link capacity"),
            Line2D([], [], color=MUTED, label=f"its mean over {bins[1] - bins[0]:.2g} s"),
            Line2D([], [], color=data.colour, label=f"sent under {data.policy}"),
        ],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=3,
        handlelength=0.9,
        handleheight=0.7,
        borderpad=0.1,
    )


def _draw_ladder(axes: Axes, data: Timeline, colours: Mapping[str, str]) -> None:
    """Draw one stream's choices: a mark a frame on the row of its unit."""
    for index, name in enumerate(data.units):
        when = data.captured_s[data.unit == index]
        dots(axes, when, np.full(when.size, float(index)), colour=colours[name], size=4)
    axes.set_yticks(range(len(data.units)), list(data.units))
    axes.set(ylim=(-0.7, len(data.units) - 0.3), ylabel="unit chosen")
    axes.grid(visible=True, axis="y")


def _draw_raster(axes: Axes, data: Timeline, colours: Mapping[str, str]) -> None:
    """Draw many streams' choices: a row a stream, coloured by the last unit in each bin."""
    start, end = data.span_s
    table = np.zeros((len(data.units) + 1, 4))
    for index, name in enumerate(data.units):
        digits = colours[name].lstrip("#")
        table[index] = [*(int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)), 1.0]
    rows, frames = len(data.streams), data.captured_s.size
    # Two frames a cell, so that an empty one means that none was chosen for.
    columns = int(np.clip(frames / max(2 * rows, 1), 1, 2 * _BINS))
    cells = np.full((rows, columns), -1)
    place = ((data.captured_s - start) / (end - start) * columns).astype(np.int64)
    chosen = data.unit >= 0
    cells[data.stream[chosen], np.clip(place[chosen], 0, columns - 1)] = data.unit[chosen]
    axes.imshow(
        table[cells],
        extent=(start, end, rows - 0.5, -0.5),
        aspect="auto",
        interpolation="none",
    )
    shown = np.unique(np.linspace(0, rows - 1, min(rows, 10)).astype(np.int64))
    axes.set_yticks(shown, [data.streams[k] for k in shown])
    axes.set_ylabel("unit chosen")
    axes.legend(
        handles=[Patch(color=colours[name], label=name) for name in data.units],
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=columns_for(data.units),
        handlelength=0.9,
        handleheight=0.7,
        columnspacing=1.1,
        borderpad=0.1,
    )


def _thinned(where: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    found = np.flatnonzero(where)
    return found[:: max(1, -(-found.size // MOST_DOTS))]


def _count(axes: Axes, outcome: Outcome, height: float, data: Timeline) -> None:
    """Write an outcome and its count at the right edge."""
    axes.annotate(
        f"{outcome.name.lower().replace('_', ' ')} {np.count_nonzero(data.outcome == outcome)}",
        (1, height),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=MUTED,
    )


def _draw_latency(axes: Axes, data: Timeline) -> None:
    top = TALL * data.deadline_ms
    rises = np.minimum(data.latency_ms, top)
    for outcome in (Outcome.ON_TIME, Outcome.LATE):
        shown = _thinned(data.outcome == outcome)
        size = 3.2 if shown.size <= _MANY_DOTS else 2.0
        dots(axes, data.captured_s[shown], rises[shown], colour=OUTCOMES[outcome], size=size)
        middle = 0.5 * data.deadline_ms if outcome is Outcome.ON_TIME else 1.75 * data.deadline_ms
        _count(axes, outcome, middle, data)
    for outcome, height in _UNSEEN.items():
        shown = _thinned(data.outcome == outcome)
        x, y = data.captured_s[shown], np.full(shown.size, height * top)
        strokes(axes, x, y, up=0.03 * top, colour=OUTCOMES[outcome], width=1.2)
        _count(axes, outcome, height * top, data)
    axes.axhline(data.deadline_ms, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
    axes.annotate(
        f"deadline {data.deadline_ms:g}",
        (1, data.deadline_ms),
        xycoords=("axes fraction", "data"),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        fontsize=8,
        color=INK,
    )
    axes.set(ylim=(0, 1.43 * top), ylabel="latency [ms]", xlabel="time of capture [s]")
    ticks = np.linspace(0, top, 6)
    beyond = "≥ " if (data.latency_ms > top).any() else ""
    axes.set_yticks(ticks, [f"{beyond if tick == top else ''}{tick:g}" for tick in ticks])
    axes.grid(visible=True, axis="y")


@house_style()
def draw(data: Timeline, *, most_bps: float) -> Figure:
    """Return three panels over one time axis.

    One stream's choices are drawn as a ladder; several as a raster with a row each. Latencies
    beyond 2.5 deadlines are drawn at that edge; frames without one stand above it by outcome.

    Args:
        data: The run.
        most_bps: Top of the rate axis, so that the policies' figures compare.
    """
    several = len(data.streams) > 1
    middle = min(3.2, 0.6 + 0.13 * len(data.streams)) if several else 0.3 + 0.16 * len(data.units)
    figure_ = figure(3.9 + middle)
    link, ladder, latency = figure_.subplots(3, 1, sharex=True, height_ratios=[1.1, middle, 2.2])
    colours = of_units(data.units, data.on_device)
    for axes in (link, ladder, latency):
        plain(axes)
        axes.yaxis.label.set_color(MUTED)
    _draw_latency(latency, data)
    (_draw_raster if several else _draw_ladder)(ladder, data, colours)
    _draw_link(link, data, most_bps)
    figure_.align_ylabels()
    return figure_

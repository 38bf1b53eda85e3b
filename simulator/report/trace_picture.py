"""The picture of a trace: its rate over all its length and within seconds, and how it spreads.

::

    +------------------------------+-------+
    | all of it, a second a cell   | share |   outages red, the mean dashed
    +------------------------------+-------+
    | loss, and delay, where the file says |   thin, along the same abscissa
    +------------------------------+-------+
    | ten lively seconds, a frame  | share |   a frame is 33 ms
    | interval a cell              |       |
    +------------------------------+-------+
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.foundation.quantities import format_ns, format_rate
from simulator.framelog import Outcome
from simulator.report.palette import FAINT, INK, MUTED, OUTCOMES
from simulator.report.style import PERCENT, figure, house_style, plain, spread
from traces import rates_on_grid
from traces.describe import describe, outages

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from traces import BandwidthTrace, Conditions

__all__ = ["trace_picture"]

_SECOND: Final = 10**9
_MS: Final = 10**6
_FRAME: Final = 33 * 10**6
_CELLS: Final = 900
_CLOSE_S: Final = 10
_LINE: Final = "#2f6ea8"
_FILL: Final = "#cfe0f0"
_OUTAGE: Final = OUTCOMES[Outcome.LOST]
_LONGEST: Final = 86_400 * _SECOND
_SPIKE: Final = 20
_HEIGHT: Final = 6.2
_THIN: Final = 0.3
"""Height of a panel of loss or delay, of one of rates."""


@house_style()
def trace_picture(trace: BandwidthTrace) -> Figure:
    """Return the picture.

    Args:
        trace: Any trace; of one longer than a day, the first.
    """
    length = min(trace.period_ns, _LONGEST)
    # So short a trace is shown in several turns.
    shown = length if length >= _SECOND or not trace.loops else 2 * _SECOND
    cell = max(1, -(-shown // (_CELLS * _SECOND))) * _SECOND if shown >= 5 * _SECOND else _FRAME
    starts, rates = rates_on_grid(trace, cell, max(shown, cell))
    beside = _beside(trace.conditions, cell, max(shown, cell))
    drawn = figure(_HEIGHT * (1 + _THIN * len(beside) / 2))
    heights = [1, *(_THIN for _ in beside), 1]
    grid = drawn.add_gridspec(len(heights), 2, width_ratios=[5, 1], height_ratios=heights)
    top = plain(drawn.add_subplot(grid[0, 0]), grid="y")
    _over_time(top, starts, rates, cell)
    seconds = rates_on_grid(trace, _SECOND, shown)[1]
    _mark_outages(top, seconds)
    top.axhline(trace.mean_bps / 1e6, color=INK, linewidth=0.9, linestyle=(0, (4, 3)))
    top.set_title(f"Whole length, {_span(cell)} a cell; dashed: the mean; red: outages")
    _shares(plain(drawn.add_subplot(grid[0, 1], sharey=top), grid="x"), seconds, "of seconds")
    for row, (label, values) in enumerate(beside, start=1):
        thin = plain(drawn.add_subplot(grid[row, 0], sharex=top), grid="y")
        _along(thin, starts, values, cell, label)
    below = plain(drawn.add_subplot(grid[-1, 0]), grid="y")
    from_s, until_s = _lively(seconds)
    fine_starts, fine = rates_on_grid(trace, _FRAME, max(shown, _FRAME))
    inside = (fine_starts >= from_s) & (fine_starts < until_s)
    _over_time(below, fine_starts[inside], fine[inside], _FRAME)
    _mark_outages(below, fine[inside], start_s=from_s, cell_s=_FRAME / 1e9)
    below.set_title(f"{until_s - from_s:g} s of it, 33 ms a cell; red: less than 100 kbit/s")
    below.set_xlabel("s")
    _shares(plain(drawn.add_subplot(grid[-1, 1], sharey=below), grid="x"), fine, "of 33 ms")
    top.axvspan(from_s, until_s, color=FAINT, alpha=0.3, linewidth=0, zorder=0)
    _words(drawn, trace)
    return drawn


def _over_time(
    axes: Axes, starts_s: NDArray[np.float64], rates_bps: NDArray[np.float64], cell_ns: int
) -> None:
    edges = np.append(starts_s, starts_s[-1] + cell_ns / 1e9)
    axes.stairs(rates_bps / 1e6, edges, fill=True, color=_FILL)
    axes.stairs(rates_bps / 1e6, edges, color=_LINE, linewidth=0.9, baseline=None)
    axes.set_xlim(edges[0], edges[-1])
    usual, high = (float(q) / 1e6 for q in np.quantile(rates_bps, [0.95, 0.999]))
    if high > _SPIKE * usual > 0:  # or nothing else could be seen
        high = 2 * usual
        axes.annotate(
            f"cut: up to {format_rate(float(rates_bps.max()))}",
            (0.995, 0.98),
            xycoords="axes fraction",
            ha="right",
            va="top",
            fontsize=8,
            color=_OUTAGE,
        )
    axes.set_ylim(0, 1.05 * max(high, 1e-3))
    axes.set_ylabel("Mbit/s")


def _beside(
    conditions: Conditions | None, cell_ns: int, shown_ns: int
) -> list[tuple[str, NDArray[np.float64]]]:
    """Return what there is besides rates: its label, and its mean in each cell."""
    found = []
    if conditions is not None and conditions.loss is not None:
        shares = conditions.means_on_grid(conditions.loss, cell_ns, shown_ns)
        found.append(("loss, %", PERCENT * shares))
    if conditions is not None and conditions.delay_ns is not None:
        delays = conditions.means_on_grid(conditions.delay_ns, cell_ns, shown_ns)
        found.append(("delay, ms", delays / _MS))
    return found


def _along(
    axes: Axes,
    starts_s: NDArray[np.float64],
    values: NDArray[np.float64],
    cell_ns: int,
    label: str,
) -> None:
    edges = np.append(starts_s, starts_s[-1] + cell_ns / 1e9)
    axes.stairs(values, edges, color=_LINE, linewidth=0.9, baseline=None)
    axes.set_ylim(0, 1.15 * max(float(values.max()), 1.0))
    axes.locator_params(axis="y", nbins=3)
    axes.set_ylabel(label)
    axes.tick_params(labelbottom=False)


def _mark_outages(
    axes: Axes, rates_bps: NDArray[np.float64], start_s: float = 0.0, cell_s: float = 1.0
) -> None:
    found = outages(rates_bps)
    spans = zip(start_s + found.starts_s * cell_s, found.lengths_s * cell_s, strict=True)
    axes.broken_barh(
        [(float(start), float(length)) for start, length in spans],
        (0, 0.035),
        transform=axes.get_xaxis_transform(),
        color=_OUTAGE,
        linewidth=0.4,
    )


def _shares(axes: Axes, rates_bps: NDArray[np.float64], of: str) -> None:
    """Draw how often rates lie where, along the same ordinate."""
    high = axes.get_ylim()[1]
    counts, edges = np.histogram(np.minimum(rates_bps / 1e6, high), bins=40, range=(0, high))
    axes.stairs(
        100 * counts / max(1, counts.sum()), edges, orientation="horizontal", fill=True, color=_LINE
    )
    axes.tick_params(labelleft=False)
    axes.set_xlabel(f"% {of}")
    if len(rates_bps):
        levels = (5, 50, 95)
        places = np.minimum(np.percentile(rates_bps, levels) / 1e6, high).tolist()
        for place in places:
            axes.axhline(place, color=MUTED, linewidth=0.7)
        for level, place in zip(levels, spread(places, 0.06 * high), strict=True):
            axes.annotate(
                f"p{level}",
                (1, place),
                xycoords=("axes fraction", "data"),
                xytext=(3, 0),
                textcoords="offset points",
                va="center",
                fontsize=7.5,
                color=MUTED,
            )


def _lively(seconds_bps: NDArray[np.float64]) -> tuple[float, float]:
    """Return the ten seconds whose rates differ most."""
    if len(seconds_bps) <= _CLOSE_S:
        return 0.0, float(max(len(seconds_bps), 1))
    windows = np.lib.stride_tricks.sliding_window_view(seconds_bps, _CLOSE_S)
    start = int(windows.std(axis=1).argmax())
    return float(start), float(start + _CLOSE_S)


def _words(drawn: Figure, trace: BandwidthTrace) -> None:
    found = describe(trace)
    facts = [f"{found.duration_s:g} s", f"mean {format_rate(found.mean_bps)}"]
    if found.outage_share is not None:
        times = "outage" if found.outages == 1 else "outages"
        facts.append(f"{found.outages} {times}, {found.outage_share:.1%} of the time")
        if found.longest_outage_s:
            facts.append(f"the longest {found.longest_outage_s} s")
    if found.mean_loss is not None:
        facts.append(f"loss {found.mean_loss:.1%}")
    if found.mean_delay_ns is not None:
        facts.append(f"delay {format_ns(found.mean_delay_ns)}")
    about = trace.about
    said = [word for word in (about.measures, about.direction) if word != "unknown"]
    facts.append(", ".join(said) or "what it measures is not stated")
    drawn.suptitle(
        f"{about.name}\n", x=0.01, ha="left", fontsize=11.5, fontweight="bold", color=INK
    )
    under_title = 1 - 0.055 * _HEIGHT / drawn.get_figheight()
    drawn.text(0.01, under_title, "   ·   ".join(facts), ha="left", fontsize=9, color=MUTED)


def _span(cell_ns: int) -> str:
    return "33 ms" if cell_ns == _FRAME else f"{cell_ns // _SECOND} s"

"""Panels of a timeline: which unit was chosen, as a ladder for one stream, a raster for many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.patches import Patch

from simulator.report.style import columns_for, dots

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

    from simulator.report.timeline import Timeline

__all__ = ["draw_ladder", "draw_raster"]

_MOST_COLUMNS: Final = 480


def draw_ladder(axes: Axes, data: Timeline, colours: Mapping[str, str]) -> None:
    """Draw one stream's choices: a mark a frame on the row of its unit."""
    for index, name in enumerate(data.units):
        when = data.captured_s[data.unit == index]
        dots(axes, when, np.full(when.size, float(index)), colour=colours[name], size=4)
    axes.set_yticks(range(len(data.units)), list(data.units))
    axes.set(ylim=(-0.7, len(data.units) - 0.3), ylabel="unit chosen")
    axes.grid(visible=True, axis="y")


def draw_raster(axes: Axes, data: Timeline, colours: Mapping[str, str]) -> None:
    """Draw many streams' choices: a row a stream, coloured by the last unit in each bin."""
    start, end = data.span_s
    table = np.zeros((len(data.units) + 1, 4))
    for index, name in enumerate(data.units):
        digits = colours[name].lstrip("#")
        table[index] = [*(int(digits[k : k + 2], 16) / 255 for k in (0, 2, 4)), 1.0]
    rows, frames = len(data.streams), data.captured_s.size
    # Two frames a cell, so that an empty one means that none was chosen for.
    columns = int(np.clip(frames / max(2 * rows, 1), 1, _MOST_COLUMNS))
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

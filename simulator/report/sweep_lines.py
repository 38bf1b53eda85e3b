"""How policies fare along a number that the sweep varies, such as the load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.ticker import NullLocator

from simulator.report.palette import MARKERS
from simulator.report.style import PERCENT, figure, house_style, plain, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.report.documents import Measured

__all__ = ["Line", "draw"]

_WIDE_RANGE: Final = 8.0  # largest over smallest value from which the axis is logarithmic
_MOST_TICKS: Final = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One policy along the dimension.

    Attributes:
        policy: Its name.
        colour: Its colour.
        x: Values of the dimension, ascending.
        y: What was measured at each.
    """

    policy: str
    colour: str
    x: tuple[float, ...]
    y: tuple[Measured, ...]


def _draw_line(axes: Axes, line: Line, marker: str) -> float:
    seen = [(x, y) for x, y in zip(line.x, line.y, strict=True) if y.mean is not None]
    xs, means = [x for x, _ in seen], [PERCENT * (y.mean or 0.0) for _, y in seen]
    axes.plot(xs, means, color=line.colour, linewidth=1.9, marker=marker, markersize=5.5)
    for (x, y), mean in zip(seen, means, strict=True):
        if y.low is not None and y.high is not None:
            ends = [PERCENT * y.low, PERCENT * y.high]
            axes.plot([x, x], ends, color=line.colour, linewidth=5, alpha=0.3)
        else:
            axes.plot(x, mean, marker, color=line.colour, markersize=5.5)
    return means[-1] if means else 0.0


@house_style()
def draw(panels: Mapping[str, Sequence[Line]], *, dimension: str) -> Figure:
    """Return one panel a metric, one line a policy, each named at its right end.

    Args:
        panels: By axis title, a line a policy; all share the same values of the dimension.
        dimension: Title of the shared axis.
    """
    figure_ = figure(3.3)
    for k, (title, lines) in enumerate(panels.items()):
        axes = plain(figure_.add_subplot(1, len(panels), k + 1), grid="y")
        ends = [
            _draw_line(axes, line, MARKERS[rank % len(MARKERS)]) for rank, line in enumerate(lines)
        ]
        values = sorted({x for line in lines for x in line.x})
        if len(values) > 1 and values[0] > 0 and values[-1] / values[0] >= _WIDE_RANGE:
            axes.set_xscale("log")
        if 1 <= len(values) <= _MOST_TICKS:
            axes.set_xticks(values, [f"{value:g}" for value in values])
            axes.xaxis.set_minor_locator(NullLocator())
        axes.set(xlabel=dimension, ylabel=title, ylim=(0, 103))
        for line, end, place in zip(lines, ends, spread(ends, gap=6.8), strict=True):
            axes.annotate(
                line.policy,
                (values[-1], end),
                xytext=(1.04, place),
                textcoords=("axes fraction", "data"),
                color=line.colour,
                weight="bold",
                va="center",
                annotation_clip=False,
            )
    return figure_

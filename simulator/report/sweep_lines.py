"""How policies fare along a number that the sweep varies, such as the load."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from simulator.report.palette import MARKERS
from simulator.report.style import PERCENT, columns_for, figure, house_style, plain, spread

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.results.documents import Measured

__all__ = ["Line", "draw"]

_WIDE_RANGE: Final = 8.0  # largest over smallest value from which the axis is logarithmic
_MOST_TICKS: Final = 9
_LONGEST_DIRECT: Final = 16  # characters of a name written beside its line


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


def _top(lines: Sequence[Line]) -> float:
    """Return the top of the axis: a little above what was measured, at least 10 %."""
    found = [y.mean if y.high is None else y.high for line in lines for y in line.y]
    return min(103.0, max(10.0, 115.0 * max((y for y in found if y is not None), default=1.0)))


@house_style()
def draw(panels: Mapping[str, Sequence[Line]], *, dimension: str) -> Figure:
    """Return one panel a metric, one line a policy, each named at its right end.

    Args:
        panels: By axis title, a line a policy; all share the same values of the dimension.
        dimension: Title of the shared axis.
    """
    figure_ = figure(3.3)
    names = [line.policy for line in next(iter(panels.values()), ())]
    direct = all(len(name) <= _LONGEST_DIRECT for name in names)
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
        top = _top(lines)
        axes.set(xlabel=dimension, ylabel=title, ylim=(0, top))
        places = spread(ends, gap=0.068 * top) if direct else []
        for line, end, place in zip(lines, ends, places, strict=direct):
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
    if not direct:
        keys = [
            Line2D([], [], color=line.colour, label=line.policy, marker=MARKERS[k % len(MARKERS)])
            for k, line in enumerate(next(iter(panels.values())))
        ]
        figure_.legend(
            handles=keys, loc="outside upper left", ncols=columns_for(names), borderpad=0.1
        )
    return figure_

"""How policies score: a bar each with its interval, and the single traces where they are few."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.report.palette import INK, MUTED, ink_on
from simulator.report.style import PERCENT, dots, figure, house_style, plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from simulator.results.documents import Measured

__all__ = ["draw"]


def _bar(axes: Axes, row: int, measured: Measured, colour: str, *, points: bool) -> None:
    if measured.mean is None:
        axes.text(1, row, "insufficient data", va="center", color=MUTED)
        return
    axes.barh(row, PERCENT * measured.mean, height=0.62, color=colour)
    end = measured.mean
    if measured.low is not None and measured.high is not None:
        end = max(end, measured.high)
        axes.plot(
            [PERCENT * measured.low, PERCENT * measured.high],
            [row, row],
            color=INK,
            linewidth=1.6,
            solid_capstyle="butt",
        )
    if points and len(measured.points) > 1:
        values = PERCENT * np.array(measured.points)
        end = max(end, *measured.points)
        # Spread evenly across the bar, so that equal values stay countable.
        rows = row + np.linspace(-0.2, 0.2, values.size)
        dots(axes, values, rows, colour=ink_on("#ffffff"), size=4.4)
        dots(axes, values, rows, colour=ink_on("#000000"), size=2.8)
    axes.annotate(
        f"{PERCENT * measured.mean:.1f}",
        (PERCENT * end, row),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        weight="bold",
    )


@house_style()
def draw(
    panels: Mapping[str, Sequence[Measured]],
    policies: Sequence[str],
    colours: Mapping[str, str],
    *,
    show_points: bool,
) -> Figure:
    """Return one panel a metric, one bar a policy.

    Args:
        panels: By axis title, ratios between 0 and 1 in the order of ``policies``.
        policies: The names, first on top.
        colours: By policy.
        show_points: Draw each trace's own value too.

    Example:
        >>> from simulator.results.documents import Measured
        >>> panels = {"on time [% of captured frames]": [Measured(mean=0.5)]}
        >>> figure_ = draw(panels, ["fixed"], {"fixed": "#0072b2"}, show_points=False)
        >>> [label.get_text() for label in figure_.axes[0].get_yticklabels()]
        ['fixed']
    """
    figure_ = figure(0.95 + 0.36 * len(policies))
    for k, (title, values) in enumerate(panels.items()):
        axes = plain(figure_.add_subplot(1, len(panels), k + 1), grid="x")
        for row, (policy, measured) in enumerate(zip(policies, values, strict=True)):
            _bar(axes, row, measured, colours[policy], points=show_points)
        axes.set(xlim=(0, 112), ylim=(len(policies) - 0.5, -0.5), xlabel=title)
        axes.set_xticks(range(0, 101, 25))
        axes.set_yticks(range(len(policies)), policies if k == 0 else [""] * len(policies))
    return figure_

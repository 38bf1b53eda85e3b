"""Stacked horizontal bars, one row a policy: outcomes, time per stage, units used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.patches import Patch

from simulator.report.palette import INK, PAPER, ink_on
from simulator.report.style import figure, house_style, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["Part", "draw"]

_ROOM_FOR_WORDS: Final = 0.055  # of the longest bar
_LEGEND_COLUMNS: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One layer of every bar.

    Attributes:
        name: What it is.
        colour: Its colour.
        values: Its length in each row, in the unit of the axis.
    """

    name: str
    colour: str
    values: tuple[float, ...]


@house_style()
def draw(
    rows: Sequence[str], parts: Sequence[Part], *, label: str, total: str = "", digits: int = 0
) -> Figure:
    """Return the bars with their lengths written where there is room.

    Args:
        rows: What each bar is, first on top.
        parts: The layers, from the left.
        label: Title of the axis, with its unit.
        total: Unit in which each bar's sum is written at its end; "" for bars that all sum to 100.
        digits: Decimals of what is written.

    Example:
        >>> part = Part(name="late", colour="#e8a33d", values=(25.0,))
        >>> draw(["fixed"], [part], label="captured frames [%]").axes[0].get_xlabel()
        'captured frames [%]'
    """
    figure_ = figure(1.15 + 0.36 * len(rows) + (0.2 if len(parts) > _LEGEND_COLUMNS else 0))
    axes = plain(figure_.add_subplot(), grid="x")
    sums = [sum(part.values[row] for part in parts) for row in range(len(rows))]
    longest = max(sums, default=0.0) or 1.0
    for row in range(len(rows)):
        left = 0.0
        for part in parts:
            value = part.values[row]
            axes.barh(
                row,
                value,
                left=left,
                height=0.66,
                color=part.colour,
                edgecolor=PAPER,
                linewidth=0.6,
            )
            if value >= _ROOM_FOR_WORDS * longest:
                axes.text(
                    left + value / 2,
                    row,
                    f"{value:.{digits}f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=ink_on(part.colour),
                )
            left += value
        if total:
            axes.annotate(
                f"{sums[row]:.{digits}f} {total}" if sums[row] else "no answered frame",
                (sums[row], row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                weight="bold",
                color=INK,
            )
    axes.set(
        xlim=(0, longest * (1.14 if total else 1.0)), ylim=(len(rows) - 0.5, -0.5), xlabel=label
    )
    axes.set_yticks(range(len(rows)), list(rows))
    figure_.legend(
        handles=[Patch(color=part.colour, label=part.name) for part in parts],
        loc="outside upper left",
        ncols=min(len(parts), _LEGEND_COLUMNS),
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.3,
        borderpad=0.1,
    )
    return figure_

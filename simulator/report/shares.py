"""Stacked horizontal bars, one row a policy: outcomes, time per stage, units used."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from matplotlib.patches import Patch

from simulator.report.palette import INK, PAPER, ink_on
from simulator.report.style import columns_for, figure, house_style, plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.figure import Figure

__all__ = ["Part", "draw"]

_ROOM_FOR_WORDS: Final = 0.055  # of the longest bar
_MOST_TIMES_SHORTEST: Final = 5.0


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


def _longest(sums: Sequence[float]) -> float:
    """Return the length of the axis: the longest bar, cut at five times the shortest."""
    some = [total for total in sums if total > 0]
    return min(max(some), _MOST_TIMES_SHORTEST * min(some)) if some else 1.0


@house_style()
def draw(
    rows: Sequence[str], parts: Sequence[Part], *, label: str, total: str = "", digits: int = 0
) -> Figure:
    """Return the bars with their lengths written where there is room.

    A bar over five times as long as the shortest is cut there; its sum is written with a mark.

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
    columns = columns_for([part.name for part in parts])
    figure_ = figure(0.95 + 0.36 * len(rows) + 0.2 * -(-len(parts) // max(columns, 1)))
    axes = plain(figure_.add_subplot(), grid="x")
    sums = [sum(part.values[row] for part in parts) for row in range(len(rows))]
    longest = _longest(sums)
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
            seen = min(value, longest - left)
            if seen >= _ROOM_FOR_WORDS * longest:
                axes.text(
                    left + seen / 2,
                    row,
                    f"{value:.{digits}f}",
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=ink_on(part.colour),
                )
            left += value
        if total:
            cut = "▸ " if sums[row] > longest else ""
            axes.annotate(
                f"{cut}{sums[row]:.{digits}f} {total}" if sums[row] else "no answered frame",
                (min(sums[row], longest), row),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                weight="bold",
                color=INK,
                annotation_clip=False,
            )
    axes.set(xlim=(0, longest), ylim=(len(rows) - 0.5, -0.5), xlabel=label)
    axes.set_yticks(range(len(rows)), list(rows))
    figure_.legend(
        handles=[Patch(color=part.colour, label=part.name) for part in parts],
        loc="outside upper left",
        ncols=columns,
        handlelength=0.9,
        handleheight=0.9,
        columnspacing=1.3,
        borderpad=0.1,
    )
    return figure_

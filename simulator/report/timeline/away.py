"""The panel of a timeline that shows which workers of the server were away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.report.palette import GRID, MUTED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from simulator.results.facts import Away

__all__ = ["draw_away", "rows_of", "shade"]

_MOST_NAMED: Final = 12
_MOST_SHADES: Final = 60


def rows_of(away: Sequence[Away]) -> list[str]:
    """Return the workers that were away at some time, a row each, in order of their names.

    Example:
        >>> from simulator.results.facts import Away
        >>> rows_of([Away(worker=name, begin_s=0, end_s=1) for name in ("gpu/1", "gpu/0", "gpu/1")])
        ['gpu/0', 'gpu/1']
    """
    return sorted(
        {outage.worker for outage in away},
        key=lambda name: [int(part) if part.isdigit() else part for part in name.split("/")],
    )


def draw_away(axes: Axes, away: Sequence[Away]) -> None:
    """Draw a bar for each time that a worker was away, on its row."""
    rows = rows_of(away)
    for row, worker in enumerate(rows):
        spans = [(a.begin_s, a.end_s - a.begin_s) for a in away if a.worker == worker]
        axes.broken_barh(spans, (row - 0.36, 0.72), color=MUTED, linewidth=0)
    axes.set(ylim=(len(rows) - 0.4, -0.6), ylabel="away")
    step = -(-len(rows) // _MOST_NAMED)
    axes.set_yticks(range(0, len(rows), step), rows[::step])


def shade(axes: Axes, away: Sequence[Away]) -> None:
    """Shade the times at which a worker was away behind a panel, unless they are too many."""
    if len(away) <= _MOST_SHADES:
        for outage in away:
            axes.axvspan(outage.begin_s, outage.end_s, color=GRID, linewidth=0, zorder=0)

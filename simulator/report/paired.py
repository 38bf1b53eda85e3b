"""Policies on the same traces: every trace's values side by side, and their differences."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D

from simulator.report.palette import FAINT, GRID, INK, MUTED
from simulator.report.style import (
    PERCENT,
    columns_for,
    dots,
    figure,
    house_style,
    plain,
    signed_points,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.figure import Figure

    from simulator.results.documents import Measured

__all__ = ["MOST_ROWS", "draw_differences", "draw_traces", "thinned"]

MOST_ROWS: Final = 40


def thinned(traces: Sequence[str]) -> list[str]:
    """Return at most 40 of the traces, taken evenly.

    Example:
        >>> len(thinned([str(k) for k in range(100)]))
        40
    """
    if len(traces) <= MOST_ROWS:
        return list(traces)
    return [traces[k] for k in np.linspace(0, len(traces) - 1, MOST_ROWS).astype(np.int64)]


@house_style()
def draw_traces(
    values: Mapping[str, Mapping[str, float]], colours: Mapping[str, str], *, label: str
) -> Figure:
    """Return a row a trace with a dot a policy, worst trace at the bottom.

    Args:
        values: Ratios by policy and trace. Policies need not share every trace.
        colours: By policy.
        label: Title of the axis, with its unit.

    Example:
        >>> figure_ = draw_traces({"fixed": {"lte/1": 0.5}}, {"fixed": "#0072b2"}, label="x [%]")
        >>> [label.get_text() for label in figure_.axes[0].get_yticklabels()]
        ['lte/1']
    """
    by_trace: dict[str, list[float]] = {}
    for of_policy in values.values():
        for trace, value in of_policy.items():
            by_trace.setdefault(trace, []).append(PERCENT * value)
    traces = thinned(sorted(by_trace, key=lambda t: (-float(np.mean(by_trace[t])), t)))
    figure_ = figure(1.1 + max(0.24 * len(traces), 0.3))
    axes = plain(figure_.add_subplot(), grid="x")
    for row, trace in enumerate(traces):
        axes.plot(
            [min(by_trace[trace]), max(by_trace[trace])], [row, row], color=FAINT, linewidth=1
        )
    for policy, of_policy in values.items():
        rows = [row for row, trace in enumerate(traces) if trace in of_policy]
        at = np.array([PERCENT * of_policy[traces[row]] for row in rows])
        dots(axes, at, np.array(rows, dtype=float), colour=colours[policy], size=7)
    axes.set(ylim=(len(traces) - 0.4, -0.6), xlabel=label)
    axes.set_yticks(range(len(traces)), traces)
    keys = [
        Line2D([], [], color=colours[name], label=name, marker="o", linestyle="", markersize=6)
        for name in values
    ]
    figure_.legend(
        handles=keys,
        loc="outside upper left",
        ncols=columns_for(list(values)),
        handlelength=0.9,
        columnspacing=1.4,
        borderpad=0.1,
    )
    return figure_


@house_style()
def draw_differences(
    differences: Sequence[tuple[str, str, Measured]], colours: Mapping[str, str], *, label: str
) -> Figure:
    """Return a row a comparison: each trace's difference, their mean and its interval.

    Args:
        differences: Policy, what it is compared with, policy minus the other.
        colours: By policy.
        label: Title of the axis, with its unit.
    """
    figure_ = figure(0.9 + 0.42 * len(differences))
    axes = plain(figure_.add_subplot(), grid="x")
    axes.axvline(0, color=INK, linewidth=1)
    for row, (policy, _, measured) in enumerate(differences):
        colour = colours[policy]
        values = PERCENT * np.array(measured.points)
        rows = row + 0.22 + np.linspace(-0.08, 0.08, max(values.size, 1))[: values.size]
        dots(axes, values, rows, colour=colour, size=3.6, opacity=0.55)
        if measured.mean is None:
            axes.annotate("insufficient data", (0, row), color=MUTED, va="center")
            continue
        mean, text = PERCENT * measured.mean, signed_points(measured.mean)
        if measured.low is not None and measured.high is not None:
            low, high = PERCENT * measured.low, PERCENT * measured.high
            axes.plot([low, high], [row, row], color=colour, linewidth=4, solid_capstyle="butt")
            text += f"  [{signed_points(measured.low)}, {signed_points(measured.high)}]"
        axes.plot(mean, row, "o", color=colour, markersize=8, markeredgecolor=GRID)
        axes.annotate(
            text,
            (1, row),
            xycoords=("axes fraction", "data"),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
        )
    axes.set(ylim=(len(differences) - 0.45, -0.55), xlabel=label)
    axes.set_yticks(
        range(len(differences)), [f"{policy} − {versus}" for policy, versus, _ in differences]
    )
    axes.margins(x=0.08)
    return figure_

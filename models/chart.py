"""The rate-accuracy plot of a comparison: score against bytes, a line for each family."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
from matplotlib.figure import Figure

from models.families import TITLES
from models.scoring import TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from matplotlib.axes import Axes

__all__ = ["draw"]

_COLOURS = (
    *("#0072b2", "#d55e00", "#e69f00", "#999999", "#000000", "#555555", "#009e73"),
    *("#cc79a7", "#dda0c0", "#56b4e9", "#8c510a"),
)
_MARKERS = "os^DvPXhH*d"
_ROWS = {
    "short": "{clips} short test clips",
    "stretches": "{clips} stretches of test clips, video codecs included",
}


def draw(comparison: Mapping[str, Any]) -> str:
    """Return the plot as SVG: a row for each set of clips, a column for each task.

    Bars are 95 % intervals over clips; the dashed line is the uncompressed network.
    """
    looks = dict(zip(TITLES, zip(_COLOURS, _MARKERS, strict=True), strict=True))
    with mpl.rc_context({"font.size": 8, "svg.hashsalt": "splitcast", "svg.fonttype": "none"}):
        figure = Figure(figsize=(11, 7.5), layout="constrained")
        grid = figure.subplots(len(_ROWS), len(TASKS), squeeze=False)
        for row, (key, title) in zip(grid, _ROWS.items(), strict=True):
            shown = comparison["sets"][key]
            for axes, task in zip(row, TASKS, strict=True):
                _panel(axes, shown, task, looks)
            row[0].set_title(title.format(**shown), loc="left")
        lines = {line.get_label(): line for axes in grid.flat for line in axes.containers}
        figure.legend(lines.values(), lines.keys(), loc="outside lower center", ncols=6)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _panel(
    axes: Axes, shown: Mapping[str, Any], task: str, looks: Mapping[str, tuple[str, str]]
) -> None:
    for name, family in shown["families"].items():
        points = sorted(
            (
                (shown["settings"][s]["bytes"]["mean"], shown["settings"][s]["scores"][task])
                for s in family["settings"]
            ),
            key=lambda point: float(point[0]),
        )
        means = [100 * score["mean"] for _, score in points]
        below = [100 * (score["mean"] - score["low"]) for _, score in points]
        above = [100 * (score["high"] - score["mean"]) for _, score in points]
        colour, marker = looks[name]
        axes.errorbar(
            [size for size, _ in points],
            means,
            yerr=[below, above],
            color=colour,
            marker=marker,
            markersize=3.5,
            linewidth=1.6 if name == "unit" else 0.9,
            elinewidth=0.6,
            label=TITLES[name],
        )
    axes.axhline(100 * shown["clean"][task], color="black", linestyle="--", linewidth=0.6)
    axes.set_xscale("log")
    axes.set_xlabel("bytes a frame, wire header included")
    axes.set_ylabel(f"{task}, %")
    axes.grid(visible=True, which="both", linewidth=0.2)

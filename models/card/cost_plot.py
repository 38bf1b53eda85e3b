"""The plot of the three-way trade-off: bytes against what the device spends, scores as colours."""

from __future__ import annotations

import io
from itertools import cycle
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure
from matplotlib.ticker import ScalarFormatter

from models.card.costs import costs_of
from models.subjects.families import AWARE, FAMILIES, family, title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from matplotlib.axes import Axes

    from models.card.costs import Cost
    from models.profile import Profile

__all__ = ["draw"]

_MARKERS = (*"o<>*psDdPX^v8Hh", "$H$", "$h$", "$E$", "$A$")
_LOWEST = 10.0  # points below the uncompressed network at which colours end


def draw(profile: Profile, evaluation: Mapping[str, Any]) -> str:
    """Return the plot of a profile and an evaluation with a comparison, as SVG.

    Each marker is a unit: bytes upwards, device time or weights on the device to the right, its
    colour how far its top-1 lies below that of the uncompressed network. Units that were timed on
    another machine than the rest are left out.
    """
    every = costs_of(profile, evaluation)
    found = [cost for cost in every if cost.size > 0 and not cost.elsewhere]
    clean = evaluation["comparison"]["sets"]["short"]["clean"]["top1"]
    with mpl.rc_context({"font.size": 8, "svg.hashsalt": "splitcast", "svg.fonttype": "none"}):
        figure = Figure(figsize=(11, 5), layout="constrained")
        times, weights = figure.subplots(1, 2, sharey=True)
        shade = ScalarMappable(Normalize(-_LOWEST, 0.0), "viridis")
        _panel(times, found, [cost.device_ms for cost in found], clean, shade)
        _panel(weights, found, [cost.weights_bytes / 1e3 for cost in found], clean, shade)
        times.set_xscale("log")
        times.xaxis.set_major_formatter(ScalarFormatter())
        times.xaxis.set_minor_formatter(ScalarFormatter())
        times.set_xlabel("device time of a frame, ms (median)")
        times.set_ylabel("bytes a frame, wire header included")
        weights.set_xlabel("weights that the device reads, kB")
        figure.colorbar(shade, ax=weights, label="top-1 over clean, points", extend="min")
        handles, labels = times.get_legend_handles_labels()
        figure.legend(handles, labels, loc="outside lower center", ncols=5, frameon=False)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None})
    return file.getvalue()


def _panel(
    axes: Axes, found: Sequence[Cost], x: Sequence[float], clean: float, shade: ScalarMappable
) -> None:
    looks = dict(zip(FAMILIES, cycle(_MARKERS), strict=False))
    for name in dict.fromkeys(family(cost.name) for cost in found):
        mine = [k for k, cost in enumerate(found) if family(cost.name) == name]
        axes.scatter(
            [x[k] for k in mine],
            [found[k].size for k in mine],
            c=shade.to_rgba(np.array([100 * (found[k].score - clean) for k in mine])),
            marker=looks.get(name.removesuffix(AWARE), "."),
            edgecolors="black" if name.endswith(AWARE) else "none",
            linewidths=0.8,
            s=36,
            label=title(name),
        )
    axes.set_yscale("log")
    axes.grid(visible=True, which="both", linewidth=0.2)

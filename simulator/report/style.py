"""How every figure is drawn: sizes, fonts, frames and small marks."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Literal

import matplotlib.style
import numpy as np
from matplotlib.figure import Figure
from scipy.optimize import isotonic_regression

from simulator.report.palette import FAINT, GRID, INK, MUTED, PAPER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes

    _Floats = npt.NDArray[np.float64]

__all__ = [
    "PERCENT",
    "WIDTH",
    "dots",
    "figure",
    "house_style",
    "plain",
    "signed_points",
    "spread",
    "strokes",
]

WIDTH: Final = 9.0  # inches; the page stretches it to its column
PERCENT: Final = 100.0
_RC: Final = {
    "axes.axisbelow": True,
    "axes.edgecolor": FAINT,
    "axes.facecolor": "none",
    "axes.grid": False,
    "axes.labelcolor": MUTED,
    "axes.labelsize": 9,
    "axes.linewidth": 0.8,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlecolor": INK,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "axes.titleweight": "bold",
    "figure.facecolor": PAPER,
    "font.family": ["DejaVu Sans"],
    "font.size": 9,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "lines.solid_capstyle": "round",
    "path.simplify": True,
    "savefig.facecolor": PAPER,
    "svg.fonttype": "none",
    "svg.hashsalt": "splitcast",
    "text.color": INK,
    "text.parse_math": False,  # a user's "$" is a dollar sign
    "xtick.color": FAINT,
    "xtick.labelcolor": MUTED,
    "xtick.labelsize": 8.5,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": 8.5,
}


@contextmanager
def house_style() -> Iterator[None]:
    """Draw or save figures in the report's style; a ``with`` block or a decorator.

    It starts from matplotlib's own defaults, so that no `matplotlibrc` changes a report.
    """
    with matplotlib.style.context(["default", _RC]):
        yield


def figure(height: float) -> Figure:
    """Return an empty figure of the report's width; ``height`` in inches."""
    return Figure(figsize=(WIDTH, height), layout="constrained")


def plain(axes: Axes, grid: Literal["x", "y", "both"] | None = None) -> Axes:
    """Strip an axes to what carries data: no tick marks, a faint grid where it helps to read."""
    axes.tick_params(length=0)
    if grid is not None:
        axes.grid(visible=True, axis=grid)
        gone = {"x": ["left"], "y": ["left"], "both": ["left", "bottom"]}[grid]
        axes.spines[gone].set_visible(False)
    return axes


def _segments(
    axes: Axes,
    starts: tuple[_Floats, _Floats],
    ends: tuple[_Floats, _Floats],
    **line: object,
) -> None:
    """Draw segments as one path: a quarter of the bytes that markers take in an SVG."""
    gap = np.full_like(starts[0], np.nan)
    x, y = (np.stack([a, b, gap], axis=1).ravel() for a, b in zip(starts, ends, strict=True))
    (drawn,) = axes.plot(x, y, snap=False, **line)  # type: ignore[arg-type]
    drawn.get_path().should_simplify = False


def dots(
    axes: Axes, x: _Floats, y: _Floats, *, colour: str, size: float, opacity: float = 1.0
) -> None:
    """Draw round dots.

    Args:
        axes: Where to draw.
        x: Abscissae in data units.
        y: Ordinates, as many.
        colour: One colour for all.
        size: Diameter in points.
        opacity: Between 0 and 1.
    """
    if x.size:
        # A segment of (almost) no length with round ends is a dot.
        end = x + 3e-4 * (float(np.ptp(x)) or 1.0)
        _segments(axes, (x, y), (end, y), color=colour, linewidth=size, alpha=opacity)


def strokes(axes: Axes, x: _Floats, y: _Floats, *, up: float, colour: str, width: float) -> None:
    """Draw upright strokes around points, reaching ``up`` data units to either side."""
    if x.size:
        ends = {"color": colour, "linewidth": width, "solid_capstyle": "butt"}
        _segments(axes, (x, y - up), (x, y + up), **ends)


def columns_for(names: Sequence[str], room: float = 620) -> int:
    """Return in how many columns a legend fits.

    Args:
        names: What it names.
        room: Its width in points; about that of the figure where left out.

    Example:
        >>> columns_for(["late", "lost"]), columns_for(["a name that is rather long"] * 8)
        (2, 4)
    """
    widths = [22 + 4.8 * len(name) for name in names]  # points, of key, gap and words
    if sum(widths) <= room:
        return max(1, len(names))
    return max(1, int(room / max(widths)))


def signed_points(ratio: float) -> str:
    """Return a difference of ratios in percentage points, with its sign.

    Example:
        >>> signed_points(-0.0312), signed_points(-0.00001)
        ('−3.1', '+0.0')
    """
    # Adding zero turns -0.0 into 0.0.
    return f"{round(PERCENT * ratio, 1) + 0.0:+.1f}".replace("-", "−")


def spread(places: Sequence[float], gap: float) -> list[float]:
    """Move labels apart by as little as possible, keeping their order.

    The least squares answer: isotonic regression of the places less their rank times the gap.

    Args:
        places: Where the labels would like to be.
        gap: The least distance between neighbours.

    Example:
        >>> spread([1.0, 1.0, 5.0], gap=1.0)
        [0.5, 1.5, 5.0]
    """
    if not len(places):
        return []
    order = np.argsort(np.asarray(places, dtype=float), kind="stable")
    ranks = gap * np.arange(len(places))
    moved = isotonic_regression(np.asarray(places, dtype=float)[order] - ranks).x + ranks
    result = np.empty(len(places))
    result[order] = moved
    return [float(value) for value in result]

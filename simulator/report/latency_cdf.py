"""The latency distribution of each policy, over every captured frame.

Frames that were never answered stay in the denominator: a curve tops out at the answered share,
and its height at the deadline is the on-time ratio.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from simulator.report.palette import INK, MUTED
from simulator.report.style import PERCENT, figure, house_style, plain, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["Curve", "draw"]

_MOST_STEPS: Final = 1500
_SPAN: Final = 3.0  # deadlines shown on the time axis


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """One policy's latencies.

    Attributes:
        name: The policy.
        colour: Its colour.
        latency_ms: Capture to answer of the answered frames, in any order.
        captured: All its frames, answered or not.
    """

    name: str
    colour: str
    latency_ms: npt.NDArray[np.float64]
    captured: int

    def share_within(self, limit_ms: float) -> float:
        """Return the share of captured frames answered within a time, in percent."""
        within = int(np.count_nonzero(self.latency_ms <= limit_ms))
        return PERCENT * within / self.captured if self.captured else 0.0

    def steps(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Return latency [ms] and share of captured frames [%], exact at at most 1500 points."""
        ordered = np.sort(self.latency_ms)
        if ordered.size == 0:
            return np.zeros(1), np.zeros(1)
        shown = np.linspace(0, ordered.size - 1, min(ordered.size, _MOST_STEPS)).astype(np.int64)
        share = PERCENT * (shown + 1) / self.captured
        return np.insert(ordered[shown], 0, ordered[0]), np.insert(share, 0, 0.0)


def _span_ms(curves: Sequence[Curve], deadlines_ms: Sequence[float]) -> float:
    slowest = max((float(c.latency_ms.max()) for c in curves if c.latency_ms.size), default=0.0)
    if not deadlines_ms:
        return 1.05 * slowest or 1.0
    longest = max(deadlines_ms)
    return min(_SPAN * longest, max(1.05 * slowest, 1.3 * longest))


def _deadlines(axes: Axes, deadlines_ms: Sequence[float]) -> None:
    for deadline in deadlines_ms:
        axes.axvline(deadline, color=INK, linewidth=1.1, linestyle=(0, (4, 3)))
        axes.annotate(
            f"deadline {deadline:g} ms",
            (deadline, 1.0),
            xycoords=("data", "axes fraction"),
            xytext=(0, 4),
            textcoords="offset points",
            ha="center",
            va="bottom",
            color=INK,
        )


@house_style()
def draw(curves: Sequence[Curve], deadlines_ms: Sequence[float]) -> Figure:
    """Return the distributions, each named at its right end with its share on time.

    Args:
        curves: One a policy.
        deadlines_ms: The distinct deadlines of the streams; with one, shares on time are written.

    Example:
        >>> import numpy as np
        >>> curve = Curve(name="fixed", colour="#0072b2", latency_ms=np.array([80.0]), captured=2)
        >>> draw([curve], [150.0]).axes[0].get_xlabel()
        'latency, capture to answer [ms]'
    """
    figure_ = figure(3.7)
    axes = plain(figure_.add_subplot(), grid="y")
    right = _span_ms(curves, deadlines_ms)
    _deadlines(axes, deadlines_ms)
    ends = []
    for curve in curves:
        x, share = curve.steps()
        ends.append(curve.share_within(right))
        axes.plot(
            np.append(x, max(right, x[-1])),
            np.append(share, share[-1]),
            color=curve.colour,
            linewidth=1.9,
            drawstyle="steps-post",
        )
    one = deadlines_ms[0] if len(deadlines_ms) == 1 else None
    limit = right if one is None else one
    named = "answered" if one is None else "on time"
    places = spread(ends, gap=6.4)
    for curve, end, place in zip(curves, ends, places, strict=True):
        axes.annotate(
            f"{curve.name}  {curve.share_within(limit):.1f} %",
            (right, end),
            xytext=(right * 1.03, place),
            color=curve.colour,
            weight="bold",
            va="center",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": curve.colour,
                "linewidth": 0.8,
                "relpos": (0, 0.5),
                "shrinkA": 0,
                "shrinkB": 0,
            },
        )
    axes.annotate(
        named,
        (right * 1.03, max(places, default=0.0) + 6.4),
        color=MUTED,
        va="center",
        annotation_clip=False,
    )
    axes.set(
        xlim=(0, right),
        ylim=(0, 101),
        xlabel="latency, capture to answer [ms]",
        ylabel="captured frames answered [%]",
    )
    axes.spines["bottom"].set_visible(True)
    return figure_

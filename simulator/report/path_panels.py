"""Panels of a timeline: what each hop of the path could carry, what was sent, what got lost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from simulator.framelog import Outcome
from simulator.report.palette import FAINT, LINK, MUTED, OUTCOMES
from simulator.report.style import PERCENT

if TYPE_CHECKING:
    import numpy.typing as npt
    from matplotlib.axes import Axes

    _Floats = npt.NDArray[np.float64]

__all__ = ["Hop", "Sent", "draw_hop", "draw_loss"]

_MEGA: Final = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Hop:
    """One place on the path over a stretch of time.

    Attributes:
        name: As the scenario has it; "" for the only one.
        links: 1, or one for each stream: all values are of all of them together.
        uplink: Whether payloads cross it, or answers.
        end_s: Where the last step ends.
        t_s: Starts of the steps.
        capacity_bps: What it can carry in each.
        cross_bps: What others send; empty where there are none.
        loss: Probability that a packet is destroyed, from 0 to 1; empty where none is.
    """

    name: str
    links: int
    uplink: bool
    end_s: float
    t_s: _Floats
    capacity_bps: _Floats
    cross_bps: _Floats
    loss: _Floats

    @property
    def loses_by_turns(self) -> bool:
        """Whether loss changes over time."""
        return bool(self.loss.size and self.loss.min() < self.loss.max())

    @property
    def label(self) -> str:
        """What its capacity is called."""
        name = f"{self.name}: capacity" if self.name else "link capacity"
        together = f" of {self.links} links together" if self.links > 1 else ""
        steady = self.loss.size and not self.loses_by_turns
        loss = f", {PERCENT * self.loss[0]:.2g} % of packets lost" if steady else ""
        return f"{name}{together}{loss}"

    def means(self, values: _Floats, edges_s: _Floats) -> _Floats:
        """Return the mean of steps in each bin of time; 0 where there are no steps."""
        if values.size == 0:
            return np.zeros(edges_s.size - 1)
        steps = np.append(self.t_s, max(self.end_s, self.t_s[-1]))
        total = np.insert(np.cumsum(values * np.diff(steps)), 0, 0.0)
        return np.asarray(np.diff(np.interp(edges_s, steps, total)) / np.diff(edges_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What the streams put on the path: a rate in each bin of time.

    Attributes:
        policy: Who chose.
        colour: The policy's colour.
        edges_s: Edges of the bins.
        bps: Their rates.
    """

    policy: str
    colour: str
    edges_s: _Floats
    bps: _Floats

    def over(self, hop: Hop) -> _Floats:
        """Return the rates with those of others on a hop."""
        return self.bps + hop.means(hop.cross_bps, self.edges_s)


def draw_hop(axes: Axes, hop: Hop, sent: Sent, most_bps: float, *, keys: bool) -> None:
    """Draw a hop's capacity, others' traffic, and what was sent on top of that.

    Args:
        axes: Where to draw.
        hop: The hop.
        sent: What was sent; not drawn on the way back.
        most_bps: Top of the axis.
        keys: Name the lines too, not only the areas.
    """
    edges = np.append(hop.t_s, hop.end_s)
    handles: list[Line2D | Patch] = [Patch(color=LINK, label=hop.label)]
    if hop.t_s.size:
        axes.stairs(hop.capacity_bps / _MEGA, edges, fill=True, color=LINK, linewidth=0)
    if hop.cross_bps.size:
        others = hop.means(hop.cross_bps, sent.edges_s) / _MEGA
        axes.stairs(others, sent.edges_s, fill=True, color=FAINT, linewidth=0)
        handles.append(Patch(color=FAINT, label="traffic of others"))
    mean = hop.means(hop.capacity_bps, sent.edges_s) / _MEGA
    axes.stairs(mean, sent.edges_s, color=MUTED, linewidth=0.9, baseline=None)
    if hop.uplink:
        rates = sent.over(hop) / _MEGA
        axes.stairs(rates, sent.edges_s, color=sent.colour, linewidth=1.3, baseline=None)
    if keys or hop.cross_bps.size:
        bin_s = sent.edges_s[1] - sent.edges_s[0]
        handles.append(Line2D([], [], color=MUTED, label=f"its mean over {bin_s:.2g} s"))
        on_top = ", on top" if hop.cross_bps.size else ""
        label = f"sent under {sent.policy}{on_top}"
        handles.append(Line2D([], [], color=sent.colour, label=label))
    axes.set(ylim=(0, 1.06 * most_bps / _MEGA or 1), ylabel="Mbit/s")
    axes.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(handles),
        handlelength=0.9,
        handleheight=0.7,
        borderpad=0.1,
    )


def draw_loss(axes: Axes, hop: Hop) -> None:
    """Draw a strip of the share of packets that a hop loses."""
    red = OUTCOMES[Outcome.LOST]
    edges = np.append(hop.t_s, hop.end_s)
    axes.stairs(PERCENT * hop.loss, edges, fill=True, color=red, linewidth=0)
    most = float(PERCENT * hop.loss.max())
    axes.set(ylim=(0, most), ylabel="loss")
    axes.set_yticks([most], [f"{most:.2g} %"])

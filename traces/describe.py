"""What a trace holds, in numbers: its rates over seconds, its outages, what is doubtful."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traces.bandwidth import doubts, rates_on_grid
from traces.opportunity import OpportunityTrace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.bandwidth import BandwidthTrace

__all__ = ["OUTAGE_BPS", "Description", "Outages", "describe", "outages"]

OUTAGE_BPS = 1e5
"""A second below this is an outage: what the statistics of measured families use, too."""

_SECOND = 10**9
_LONGEST_S = 7 * 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """Runs of seconds in which almost nothing crossed.

    Attributes:
        starts_s: When each begins.
        lengths_s: How long each lasts.
    """

    starts_s: NDArray[np.int64]
    lengths_s: NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A trace in numbers.

    Attributes:
        kind: ``rates`` or ``opportunities``.
        pieces: How many steps or opportunities one period has.
        duration_s: Its length.
        mean_bps: Mean rate over its length.
        seconds_bps: Of its whole seconds ``min``, ``p5``, ``p50``, ``p95`` and ``max``; empty if
            it is shorter than one. At most the first week counts.
        outage_share: Share of seconds in outages; None if it is shorter than one.
        outages: How many there are.
        longest_outage_s: How long the longest lasts.
        mean_loss: Share of packets lost over its length; None where it says nothing of loss.
        mean_delay_ns: Mean one-way delay; None where it says nothing of delay.
        least_delay_ns: The shortest; None likewise.
        doubts: What is doubtful about it as an uplink's capacity.
    """

    kind: str
    pieces: int
    duration_s: float
    mean_bps: float
    seconds_bps: dict[str, float]
    outage_share: float | None
    outages: int
    longest_outage_s: int
    mean_loss: float | None
    mean_delay_ns: int | None
    least_delay_ns: int | None
    doubts: tuple[str, ...]


def describe(trace: BandwidthTrace) -> Description:
    """Return a trace in numbers.

    Example:
        >>> from traces.bandwidth import RateTrace, TraceAbout
        >>> S = 10**9
        >>> about = TraceAbout(name="steps")
        >>> trace = RateTrace.from_steps([0, S], [0, 8_000_000], period_ns=4 * S, about=about)
        >>> found = describe(trace)
        >>> found.seconds_bps["p50"], found.outage_share, found.longest_outage_s
        (8000000.0, 0.25, 1)
    """
    seconds = _seconds(trace)
    found = outages(seconds)
    numbers: dict[str, float] = {}
    if len(seconds):
        levels = np.quantile(seconds, [0, 0.05, 0.5, 0.95, 1]).tolist()
        numbers = dict(zip(("min", "p5", "p50", "p95", "max"), levels, strict=True))
    beside = trace.conditions
    return Description(
        kind="opportunities" if isinstance(trace, OpportunityTrace) else "rates",
        pieces=trace.pieces,
        duration_s=trace.period_ns / 1e9,
        mean_bps=trace.mean_bps,
        seconds_bps=numbers,
        outage_share=float((seconds < OUTAGE_BPS).mean()) if len(seconds) else None,
        outages=len(found.starts_s),
        longest_outage_s=int(found.lengths_s.max(initial=0)),
        mean_loss=None if beside is None else beside.mean_loss,
        mean_delay_ns=None if beside is None else beside.mean_delay_ns,
        least_delay_ns=None if beside is None else beside.least_delay_ns,
        doubts=doubts(trace),
    )


def outages(seconds_bps: NDArray[np.float64]) -> Outages:
    """Return the outages among the rates of seconds.

    Example:
        >>> outages(np.array([0, 0, 9e6, 0])).lengths_s
        array([2, 1])
    """
    down = np.concatenate([[0], seconds_bps < OUTAGE_BPS, [0]]).astype(np.int64)
    edges = np.flatnonzero(np.diff(down))
    return Outages(starts_s=edges[::2], lengths_s=edges[1::2] - edges[::2])


def _seconds(trace: BandwidthTrace) -> NDArray[np.float64]:
    length = min(trace.period_ns, _LONGEST_S * _SECOND)
    return rates_on_grid(trace, _SECOND, length)[1]

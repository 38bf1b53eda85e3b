"""Statistics of traces as the synthetic families were fitted to them, above and below a second.

Names are ``mean_mbps``, ``cv_1s`` (standard deviation / mean), ``acf_5s`` (autocorrelation at a
lag), ``outage_share`` (seconds below 0.1 Mbit/s); below a second ``cv_33ms``; ``fano_33ms``
(variance / mean of the packets in 33 ms, within seconds of 1 Mbit/s or more); ``empty_33ms`` (share
of 33 ms without an opportunity in such seconds); ``packets_per_busy_ms``; ``gap_ms_p90`` (quantiles
of silences between busy milliseconds); ``gaps_over_100ms_per_min``; ``share_in_gaps_over_100ms``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traces.bandwidth import rates_on_grid
from traces.opportunity import OPPORTUNITY_BYTES, OpportunityTrace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from traces.bandwidth import BandwidthTrace

__all__ = ["statistics"]

_OUTAGE_MBPS = 0.1
_BUSY_MBPS = 1.0
_LAGS_S = (1, 5, 10)
_WINDOWS_MS = (10, 33, 100)
_FRAME_MS = 33
_LONG_MS = 100
_LEAST = 1e-6  # packets; anything less is rounding
_MEDIANS = ("mean_mbps", "cv_1s")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """One trace: its numbers, its seconds in Mbit/s, and its silences in ms if it has packets."""

    numbers: dict[str, float]
    seconds: NDArray[np.float64]
    gaps_ms: NDArray[np.int64] | None


def statistics(traces: Sequence[BandwidthTrace]) -> dict[str, float]:
    """Return the statistics of one or several traces, each over its period.

    Means and variation over seconds are medians over traces, autocorrelations means weighted by
    length, outages and silences are pooled, and the others are means over traces. What no trace
    can say (a lag longer than it, packets of a rate trace) is left out.

    Args:
        traces: At least one, of at least 2 s.

    Example:
        >>> from traces.bandwidth import RateTrace, TraceAbout
        >>> about = TraceAbout(name="square wave")
        >>> S = 10**9
        >>> wave = RateTrace.from_steps([0, S], [0, 2_000_000], period_ns=2 * S, about=about)
        >>> {name: round(value, 2) for name, value in statistics([wave]).items()}
        {'mean_mbps': 1.0, 'cv_1s': 1.0, 'acf_1s': -1.0, 'cv_10ms': 1.0, 'cv_33ms': 1.0, ...}
    """
    each = [_measure(trace) for trace in traces]
    found: dict[str, float] = {}
    for name in dict.fromkeys(name for one in each for name in one.numbers):
        having = [one for one in each if name in one.numbers]
        values = [one.numbers[name] for one in having]
        weights = [len(one.seconds) if name.startswith("acf") else 1 for one in having]
        average = np.median(values) if name in _MEDIANS else np.average(values, weights=weights)
        found[name] = float(average)
    seconds = np.concatenate([one.seconds for one in each])
    found["outage_share"] = float((seconds < _OUTAGE_MBPS).mean())
    gaps = [one.gaps_ms for one in each if one.gaps_ms is not None]
    if len(gaps) == len(each):
        found |= _silences(np.concatenate(gaps), len(seconds) / 60)
    return found


def _measure(trace: BandwidthTrace) -> _Measured:
    megabits = rates_on_grid(trace, 10**6, trace.period_ns)[1] / 1e9  # of each millisecond
    seconds = _windows(megabits, 1000)
    rest = seconds - seconds.mean()
    numbers = {
        "mean_mbps": float(seconds.mean()),
        "cv_1s": float(seconds.std() / seconds.mean()),
    }
    if rest.any():
        numbers |= {
            f"acf_{lag}s": float((rest[lag:] * rest[:-lag]).mean() / (rest**2).mean())
            for lag in _LAGS_S
            if lag < len(rest)
        }
    for width in _WINDOWS_MS:
        cells = _windows(megabits, width)
        numbers[f"cv_{width}ms"] = float(cells.std() / cells.mean())
    if not isinstance(trace, OpportunityTrace):
        return _Measured(numbers=numbers, seconds=seconds, gaps_ms=None)
    packets = megabits / (8e-6 * OPPORTUNITY_BYTES)
    used = np.flatnonzero(packets > _LEAST)
    numbers |= _bursts(packets[: 1000 * len(seconds)].reshape(-1, 1000)[seconds >= _BUSY_MBPS])
    numbers["packets_per_busy_ms"] = float(packets.sum() / len(used))
    return _Measured(numbers=numbers, seconds=seconds, gaps_ms=np.diff(used))


def _windows(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the sums over whole windows along the last axis."""
    whole = values.shape[-1] // width
    cut = values[..., : whole * width]
    return np.asarray(cut.reshape(*values.shape[:-1], whole, width).sum(axis=-1))


def _bursts(busy: NDArray[np.float64]) -> dict[str, float]:
    """Return statistics of packets per millisecond in busy seconds: [seconds, 1000]."""
    numbers: dict[str, float] = {}
    for width in _WINDOWS_MS if len(busy) else ():
        cells = _windows(busy, width)
        numbers[f"fano_{width}ms"] = float(cells.var(axis=1).sum() / cells.mean(axis=1).sum())
        if width == _FRAME_MS:
            numbers[f"empty_{width}ms"] = float((cells < _LEAST).mean())
    return numbers


def _silences(gaps_ms: NDArray[np.int64], minutes: float) -> dict[str, float]:
    numbers = {f"gap_ms_p{p}": float(np.percentile(gaps_ms, p)) for p in (50, 90, 99)}
    for longer in (_LONG_MS, 5 * _LONG_MS):
        numbers[f"gaps_over_{longer}ms_per_min"] = float((gaps_ms > longer).sum() / minutes)
    long_ms = float(gaps_ms[gaps_ms > _LONG_MS].sum())
    return {**numbers, f"share_in_gaps_over_{_LONG_MS}ms": long_ms / minutes / 60_000}

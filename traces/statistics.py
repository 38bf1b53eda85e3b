"""Statistics of traces as the synthetic families were fitted to them, above and below a second.

Names are ``mean_mbps``, ``cv_1s`` (standard deviation / mean), ``acf_5s`` (autocorrelation at a
lag), ``outage_share`` (seconds below 0.1 Mbit/s); below a second ``cv_33ms``; ``fano_33ms``
(variance / mean of the packets in 33 ms, within seconds of 1 Mbit/s or more); ``empty_33ms`` (share
of 33 ms without an opportunity in such seconds); ``packets_per_busy_ms``; ``gap_ms_p90`` (quantiles
of silences between busy milliseconds); ``gaps_over_100ms_per_min``; ``share_in_gaps_over_100ms``.
"""

from __future__ import annotations

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


def statistics(traces: Sequence[BandwidthTrace]) -> dict[str, float]:
    """Return the statistics of one or several traces of a kind, each over its period.

    Means and variation are medians over traces, autocorrelations, variation below a second, Fano
    factors and empty windows means over traces, outages and gaps are pooled. What a trace cannot
    say (lags longer than it, packets of a rate trace) is left out.

    Args:
        traces: At least one, of at least 2 s.

    Example:
        >>> from traces.bandwidth import RateTrace, TraceAbout
        >>> about = TraceAbout(name="square wave")
        >>> S = 10**9
        >>> wave = RateTrace.from_steps([0, S], [0, 2_000_000], period_ns=2 * S, about=about)
        >>> {name: round(value, 2) for name, value in statistics([wave]).items()}
        {'mean_mbps': 1.0, 'cv_1s': 1.0, 'acf_1s': -0.5, 'outage_share': 0.5, ...}
    """
    fine = [_megabits(trace) for trace in traces]
    seconds = [_windows(mb, 1000) for mb in fine]  # Mbit/s
    found = {
        "mean_mbps": float(np.median([rates.mean() for rates in seconds])),
        "cv_1s": float(np.median([rates.std() / rates.mean() for rates in seconds])),
    }
    for lag in _LAGS_S:
        lagged = [_acf(rates, lag) for rates in seconds if len(rates) > lag and np.ptp(rates) > 0]
        if lagged:
            found[f"acf_{lag}s"] = float(np.mean(lagged))
    found["outage_share"] = float(np.mean(np.concatenate(seconds) < _OUTAGE_MBPS))
    for width in _WINDOWS_MS:
        cells = [_windows(mb, width) for mb in fine]
        found[f"cv_{width}ms"] = float(np.mean([c.std() / c.mean() for c in cells]))
    if all(isinstance(trace, OpportunityTrace) for trace in traces):
        found |= _packets([mb / (8e-6 * OPPORTUNITY_BYTES) for mb in fine])
    return found


def _megabits(trace: BandwidthTrace) -> NDArray[np.float64]:
    """Return the capacity of each millisecond of a trace's period."""
    return rates_on_grid(trace, 10**6, trace.period_ns)[1] / 1e9


def _windows(values: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the sums over whole windows along the last axis."""
    whole = values.shape[-1] // width
    cut = values[..., : whole * width]
    return np.asarray(cut.reshape(*values.shape[:-1], whole, width).sum(axis=-1))


def _acf(rates: NDArray[np.float64], lag: int) -> float:
    rest = rates - rates.mean()
    return float((rest[lag:] * rest[:-lag]).sum() / (rest**2).sum())


def _packets(per_ms: list[NDArray[np.float64]]) -> dict[str, float]:
    found = {}
    seconds = [p[: len(p) // 1000 * 1000].reshape(-1, 1000) for p in per_ms]
    busy = [s[s.sum(axis=1) * 8e-6 * OPPORTUNITY_BYTES >= _BUSY_MBPS] for s in seconds]
    busy = [s for s in busy if len(s)]
    for width in _WINDOWS_MS if busy else ():
        cells = [_windows(s, width) for s in busy]
        fano = [c.var(axis=1).sum() / c.mean(axis=1).sum() for c in cells]
        found[f"fano_{width}ms"] = float(np.mean(fano))
        if width == _FRAME_MS:
            found[f"empty_{width}ms"] = float(np.mean([(c < _LEAST).mean() for c in cells]))
    used = [np.flatnonzero(p > _LEAST) for p in per_ms]
    each = [p.sum() / len(u) for p, u in zip(per_ms, used, strict=True)]
    found["packets_per_busy_ms"] = float(np.mean(each))
    gaps = np.concatenate([np.diff(u) for u in used])
    minutes = sum(map(len, per_ms)) / 60_000
    for share in (50, 90, 99):
        found[f"gap_ms_p{share}"] = float(np.percentile(gaps, share))
    for longer in (_LONG_MS, 5 * _LONG_MS):
        found[f"gaps_over_{longer}ms_per_min"] = float((gaps > longer).sum() / minutes)
    long_ms = gaps[gaps > _LONG_MS].sum()
    found[f"share_in_gaps_over_{_LONG_MS}ms"] = float(long_ms / minutes / 60_000)
    return found

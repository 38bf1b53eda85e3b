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

_MS = 10**6
_SECOND = 10**9
_OUTAGE_BPS = 1e5
_BUSY_BPS = 1e6
_LAGS_S = (1, 5, 10)
_WINDOWS_MS = (10, 33, 100)


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
        >>> statistics([wave])
        {'mean_mbps': 1.0, 'cv_1s': 1.0, 'acf_1s': -0.5, 'outage_share': 0.5, ...}
    """
    seconds = [rates_on_grid(trace, _SECOND, trace.period_ns)[1] for trace in traces]
    found = {
        "mean_mbps": float(np.median([rates.mean() / 1e6 for rates in seconds])),
        "cv_1s": float(np.median([rates.std() / rates.mean() for rates in seconds])),
    }
    for lag in _LAGS_S:
        lagged = [_acf(rates, lag) for rates in seconds if len(rates) > lag and np.ptp(rates) > 0]
        if lagged:
            found[f"acf_{lag}s"] = float(np.mean(lagged))
    found["outage_share"] = float(np.mean(np.concatenate(seconds) < _OUTAGE_BPS))
    for window in _WINDOWS_MS:
        fine = [rates_on_grid(trace, window * _MS, trace.period_ns)[1] for trace in traces]
        found[f"cv_{window}ms"] = float(np.mean([rates.std() / rates.mean() for rates in fine]))
    counted = [_counts(t) for t in traces if isinstance(t, OpportunityTrace)]
    return {**found, **_fine(counted)} if len(counted) == len(traces) else found


def _acf(rates: NDArray[np.float64], lag: int) -> float:
    rest = rates - rates.mean()
    return float((rest[lag:] * rest[:-lag]).sum() / (rest**2).sum())


def _counts(trace: OpportunityTrace) -> NDArray[np.float64]:
    """Return the packets of each millisecond, by whole seconds: [seconds, 1000]."""
    seconds = trace.period_ns // _SECOND
    bps = rates_on_grid(trace, _MS, seconds * _SECOND)[1]
    return np.asarray((bps / (8000 * OPPORTUNITY_BYTES)).reshape(seconds, 1000))


def _fine(counted: list[NDArray[np.float64]]) -> dict[str, float]:
    found = {}
    busy = [c[c.sum(1) * 8 * OPPORTUNITY_BYTES >= _BUSY_BPS] for c in counted]
    busy = [c for c in busy if len(c)]
    for window in _WINDOWS_MS:
        windows = [_windows(c, window) for c in busy]
        if windows:
            fano = [w.var(axis=1).sum() / w.mean(axis=1).sum() for w in windows]
            found[f"fano_{window}ms"] = float(np.mean(fano))
        if window == 33 and windows:  # noqa: PLR2004  # a frame at 30 a second
            found["empty_33ms"] = float(np.mean([(w < _LEAST).mean() for w in windows]))
    used = [np.flatnonzero(c.ravel() > _LEAST) for c in counted]
    found["packets_per_busy_ms"] = float(
        np.mean([c.sum() / len(u) for c, u in zip(counted, used, strict=True)])
    )
    gaps = np.concatenate([np.diff(u) for u in used])
    minutes = sum(map(len, counted)) / 60
    for share in (50, 90, 99):
        found[f"gap_ms_p{share}"] = float(np.percentile(gaps, share))
    for longer in (100, 500):
        found[f"gaps_over_{longer}ms_per_min"] = float((gaps > longer).sum() / minutes)
    found["share_in_gaps_over_100ms"] = float(gaps[gaps > _LONG_MS].sum() / minutes / 60_000)
    return found


_LEAST = 1e-6
"""Packets; anything less is rounding."""

_LONG_MS = 100


def _windows(counts: NDArray[np.float64], window: int) -> NDArray[np.float64]:
    """Return packets in each whole window of each second."""
    whole = 1000 // window
    cut = counts[:, : whole * window]
    return np.asarray(cut.reshape(len(cut), whole, window).sum(axis=2))

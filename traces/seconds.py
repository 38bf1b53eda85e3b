"""Rates over whole seconds: a Gaussian copula with measured quantiles, and outages.

Per second, g = sum_k sqrt(w_k) AR1(rho_k) + sqrt(1 - sum w) white noise, all of unit variance;
u = Phi(g); rate = trace mean x the measured quantile function at u, interpolated in its logarithm;
ln(trace mean) is normal between traces. Outages alternate independently and set the rate to 0.
Second k depends only on (family, seed, k), so a longer trace begins with a shorter one.
"""

from __future__ import annotations

from math import erfc, exp, log, sqrt
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.families import Family, Outages

__all__ = ["mean_bps", "second_rates"]

_FARTHEST = 2.5
"""Standard deviations from the middle at which a trace's mean is clipped: nothing was measured
farther out, and a log-normal tail would promise links that nobody has seen."""


def second_rates(family: Family, seed: int, seconds: int) -> NDArray[np.float64]:
    """Return the mean rate of each second in bit/s, 0 during outages.

    Args:
        family: The family.
        seed: Which of its traces.
        seconds: How many.

    Returns:
        [seconds] float64.
    """
    noise = generator(seed, family.name, "rate").standard_normal(
        (seconds, len(family.components) + 1)
    )
    weight, total = 0.0, np.zeros(seconds)
    for k, (share, rho) in enumerate(family.components):
        total += sqrt(share) * _ar1(noise[:, k], rho)
        weight += share
    total += sqrt(max(0.0, 1.0 - weight)) * noise[:, -1]
    ranks = [0.5 * erfc(-g / sqrt(2.0)) for g in total.tolist()]
    rates = mean_bps(family, seed) * np.exp(
        np.interp(ranks, family.levels, np.log(family.quantiles))
    )
    rates[_down(family, seed, seconds)] = 0.0
    return rates


def mean_bps(family: Family, seed: int) -> float:
    """Return the mean rate a trace was given, bit/s; its seconds scatter about it."""
    middle, spread = family.log_mean
    place = generator(seed, family.name, "mean").standard_normal()
    return 1e6 * exp(middle + spread * max(-_FARTHEST, min(_FARTHEST, place)))


def _ar1(noise: NDArray[np.float64], rho: float) -> NDArray[np.float64]:
    """Return a stationary AR(1) of unit variance driven by standard normals."""
    scale = sqrt(1.0 - rho * rho)
    values = noise.tolist()
    for k in range(1, len(values)):
        values[k] = rho * values[k - 1] + scale * values[k]
    return np.asarray(values)


def _down(family: Family, seed: int, seconds: int) -> NDArray[np.bool_]:
    down = np.zeros(seconds, dtype=np.bool_)
    outages = family.outages
    if outages.enter == 0:
        return down
    draws = generator(seed, family.name, "outages").random((seconds // 2 + 2, 3)).tolist()
    at = 0
    for k, (up, kind, length) in enumerate(draws):
        starts_down = k == 0 and up < _down_share(outages)
        if not starts_down:
            # The first draw was spent on the first state; what is left of it is uniform again.
            rest = (up - _down_share(outages)) / (1 - _down_share(outages)) if k == 0 else up
            at += _geometric(rest, outages.enter)
        share = _long_run_share(outages) if starts_down else outages.short_share
        until = at + _geometric(length, outages.short_exit if kind < share else outages.long_exit)
        down[at:until] = True
        at = until
        if at >= seconds:
            break
    return down


def _geometric(uniform: float, p: float) -> int:
    """Return a geometric number >= 1 by inversion."""
    return 1 if p >= 1 else 1 + int(log(1.0 - uniform) / log(1.0 - p))


def _mean_down(outages: Outages) -> float:
    short = outages.short_share / outages.short_exit
    return short + (1 - outages.short_share) / outages.long_exit


def _down_share(outages: Outages) -> float:
    """Return the share of time spent down, with which a stationary trace begins down."""
    return _mean_down(outages) / (_mean_down(outages) + 1 / outages.enter)


def _long_run_share(outages: Outages) -> float:
    """Return the chance that an outage met at a random moment is of the short kind."""
    return outages.short_share / outages.short_exit / _mean_down(outages)

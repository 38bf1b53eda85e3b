"""How a second's capacity is spread over its milliseconds: levels, silences and grants.

The intensity keeps a level for an exponential time and then takes another, gamma-distributed with
mean 1; now and then it is 0 for a log-normal time, short (scheduling) or, in slow seconds, long (a
stall: of the recorded silences over half a second nearly all lie in seconds far below the mean
rate). It is scaled so that each second keeps its mean rate. Grants are a gamma renewal process in
operational time (the integral of the intensity), so they can be more or less regular than Poisson;
each carries a geometric number of packets::

    seconds' rates --> intensity (levels, silences) --> grants --> packets on a millisecond grid

Draws are keyed and read in order, so a longer trace begins with a shorter one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.keyed import generator
from traces.opportunity import OPPORTUNITY_BYTES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.families import Bursts

__all__ = ["Intensity", "intensity", "packets"]

_STALL_SPREAD = 0.5

_LEAST_ACTIVE = 0.2
"""A second that is silent for longer loses capacity instead of packing it into what is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Intensity:
    """Capacity as steps within seconds.

    Attributes:
        starts_s: [n] where each step starts, the first at 0.
        lengths_s: [n] how long it lasts.
        rates_bps: [n] its rate.
        second: [n] the second it lies in.
    """

    starts_s: NDArray[np.float64]
    lengths_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    second: NDArray[np.int64]


def intensity(
    rates_bps: NDArray[np.float64], slow_bps: float, bursts: Bursts, seed: int, name: str
) -> Intensity:
    """Return each second's rate spread over levels and silences on a millisecond grid.

    Args:
        rates_bps: [seconds] mean rate of each second.
        slow_bps: Stalls happen only in seconds slower than this.
        bursts: The process below one second.
        seed: Which trace.
        name: Its family, part of the key of the draws.
    """
    seconds = len(rates_bps)
    mean_ms = _mean_interval_ms(bursts)
    ends_ms = np.zeros(0)
    n = int(1000 * seconds / mean_ms) + 16
    while not ends_ms.size or ends_ms[-1] < 1000 * seconds:
        n += n // 4
        kinds = generator(seed, name, "kind").random(n)
        normals = generator(seed, name, "silence").standard_normal(n)
        lasting = bursts.hold_ms * generator(seed, name, "hold").standard_exponential(n)
        stalls = kinds < bursts.stall_share
        short = ~stalls & (kinds < bursts.stall_share + bursts.silence_share)
        lasting[stalls] = bursts.stall_ms * np.exp(_STALL_SPREAD * normals[stalls])
        lasting[short] = bursts.silence_ms * np.exp(bursts.silence_spread * normals[short])
        ends_ms = np.ceil(np.cumsum(lasting))
    levels = generator(seed, name, "level").standard_gamma(bursts.level_shape, n)
    levels[short] = 0.0
    marks = np.union1d(np.arange(0, 1000 * seconds + 1, 1000), ends_ms.astype(np.int64))
    marks = marks[marks <= 1000 * seconds]
    starts, lengths = marks[:-1], np.diff(marks)
    second = starts // 1000
    interval = np.searchsorted(ends_ms, starts, side="right")
    of_step = levels[interval] / bursts.level_shape
    of_step[stalls[interval] & (rates_bps[second] < slow_bps)] = 0.0
    active_s = np.bincount(second, weights=of_step * lengths / 1000, minlength=seconds)
    rates = rates_bps[second] * of_step / np.maximum(active_s, _LEAST_ACTIVE)[second]
    return Intensity(
        starts_s=starts / 1000, lengths_s=lengths / 1000, rates_bps=rates, second=second
    )


def _mean_interval_ms(bursts: Bursts) -> float:
    stall_ms = bursts.stall_ms * math.exp(0.5 * _STALL_SPREAD**2)
    silence_ms = bursts.silence_ms * math.exp(0.5 * bursts.silence_spread**2)
    held = 1 - bursts.stall_share - bursts.silence_share
    silent_ms = bursts.stall_share * stall_ms + bursts.silence_share * silence_ms
    return held * bursts.hold_ms + silent_ms


def packets(
    steps: Intensity, rates_bps: NDArray[np.float64], bursts: Bursts, seed: int, name: str
) -> NDArray[np.int64]:
    """Return the milliseconds of all delivery opportunities, in order, with repetitions.

    Args:
        steps: The intensity.
        rates_bps: [seconds] mean rate of each second.
        bursts: The process below one second.
        seed: Which trace.
        name: Its family.
    """
    per_ms = rates_bps / (8000 * OPPORTUNITY_BYTES)
    burst = bursts.burst + bursts.burst_growth * per_ms
    grants = steps.rates_bps / (8 * OPPORTUNITY_BYTES) / burst[steps.second]
    expected = np.concatenate([[0.0], np.cumsum(grants * steps.lengths_s)])
    gaps = _renewals(
        lambda n: generator(seed, name, "grants").standard_gamma(bursts.regularity, n),
        bursts.regularity,
        expected[-1],
    )
    seconds = len(rates_bps)
    at_s = np.interp(gaps, expected, np.append(steps.starts_s, float(seconds)))
    grid = bursts.grid_ms
    stamps = np.ceil(at_s * (1000 / grid)).astype(np.int64) * grid
    draws = generator(seed, name, "bursts").random(len(stamps))
    means = burst[np.minimum(at_s.astype(np.int64), seconds - 1)]
    return np.repeat(stamps, _geometric(draws, means))


def _renewals(
    draw: Callable[[int], NDArray[np.float64]], shape: float, until: float
) -> NDArray[np.float64]:
    """Return the instants of a renewal process with gamma gaps of mean 1, up to ``until``."""
    n = int(until + 8 * np.sqrt((until + 1) / shape)) + 16
    instants = np.cumsum(draw(n)) / shape
    while instants[-1] <= until:
        n *= 2
        instants = np.cumsum(draw(n)) / shape
    return instants[: np.searchsorted(instants, until, side="right")]


def _geometric(uniforms: NDArray[np.float64], means: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return geometric numbers >= 1 of the given means by inversion; a mean of 1 gives 1."""
    with np.errstate(divide="ignore"):
        ratio = np.log1p(-uniforms) / np.log1p(-1.0 / np.maximum(means, 1.0))
    return 1 + ratio.astype(np.int64)

"""Synthetic traces: seeded, as long as wanted, with the statistics of a measured family.

Rates over whole seconds come from `traces.seconds`, what happens within a second from
`traces.bursts`. The same family and seed give the same trace anywhere, and a longer one begins
with a shorter one.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.errors import InputError, Problem
from traces.bandwidth import OpportunityTrace, RateTrace
from traces.bursts import Intensity, intensity, packets
from traces.families import Family, families, family_named
from traces.seconds import mean_bps, second_rates
from traces.statistics import statistics

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from traces.about import After
    from traces.bandwidth import BandwidthTrace

__all__ = ["Family", "families", "fit", "fit_report", "synthesise", "synthesise_whole"]

_SECOND = 10**9
_MS = 10**6
_LONGEST_FIT_S = 1800
_MEANS = 200
_SLOW = 0.4  # of the mean rate; see traces.bursts
_LONGEST_NS = 6 * 3600 * _SECOND


def synthesise(
    family: str, seed: int, duration_ns: int, *, after: After = "loop"
) -> BandwidthTrace:
    """Return one trace of a family.

    Args:
        family: A name of `families`.
        seed: Which trace; its mean rate too is drawn from the spread between measured traces.
        duration_ns: Its length, from 1 s to 6 h (let it loop for more). A last, incomplete second
            is cut from a whole one.
        after: What follows its end.

    Raises:
        InputError: For an unknown family, a duration out of range, or a trace with no capacity
            at all, which a short one may be when it falls into an outage.

    Example:
        >>> trace = synthesise("us-lte-up", 1, 60 * 10**9)
        >>> trace == synthesise("us-lte-up", 1, 60 * 10**9), trace.about.name
        (True, 'us-lte-up/1')
        >>> trace.about.direction, trace.about.measures
        ('uplink', 'capacity')
    """
    made = _made(family, seed, duration_ns, after)
    if made is None:
        raise _empty(family, seed, duration_ns)
    return made


def synthesise_whole(family: str, seed: int, least_ns: int) -> BandwidthTrace:
    """Return one trace of a family for a run: an outage at its beginning is no obstacle.

    Args:
        family: A name of `families`.
        seed: Which trace.
        least_ns: Its length, from 1 s to 6 h; twice, four times as long and so on where all of
            that is an outage, so that it ends within the trace and not with it.

    Raises:
        InputError: For an unknown family, a length out of range, or an outage of 6 h.

    Example:
        >>> synthesise_whole("hsdpa-norway", 2, 60 * 10**9).period_ns // 10**9  # silent for 113 s
        120
    """
    length_ns = least_ns
    while (made := _made(family, seed, length_ns, "loop")) is None:
        if length_ns == _LONGEST_NS:
            raise _empty(family, seed, length_ns)
        length_ns = min(2 * length_ns, _LONGEST_NS)
    return made


def _made(family: str, seed: int, duration_ns: int, after: After) -> BandwidthTrace | None:
    """Return a trace; None where it would be all outage."""
    known, bursts = family_named(family)
    if not _SECOND <= duration_ns <= _LONGEST_NS:
        value, rule = f"{duration_ns / 1e9:g} s", "must be from 1 s to 6 h"
        raise _refuse(family, seed, "duration", value, rule, "let a shorter one loop")
    rates = second_rates(known, seed, -(-duration_ns // _SECOND))
    steps = _whole_seconds(rates)
    if bursts is not None:
        slow_bps = _SLOW * mean_bps(known, seed)
        steps = intensity(rates, slow_bps, bursts, seed, family)
    about = known.about(seed)
    if bursts is not None and known.kind == "opportunities":
        stamps = packets(steps, rates, bursts, seed, family) * _MS
        stamps = stamps[: np.searchsorted(stamps, duration_ns, side="right")]
        if not stamps.any():
            return None
        return OpportunityTrace.from_stamps(stamps, period_ns=duration_ns, after=after, about=about)
    starts = np.rint(steps.starts_s * 1e9).astype(np.int64)
    bps = np.rint(steps.rates_bps).astype(np.int64)[starts < duration_ns]
    if not bps.any():
        return None
    return RateTrace.from_steps(
        starts[starts < duration_ns], bps, period_ns=duration_ns, after=after, about=about
    )


def _empty(family: str, seed: int, duration_ns: int) -> InputError:
    value = f"an outage of {duration_ns / 1e9:g} s"
    remedy = "take another seed or a longer duration"
    return _refuse(family, seed, "capacity", value, "must be above 0 somewhere", remedy)


def _refuse(family: str, seed: int, what: str, value: str, rule: str, remedy: str) -> InputError:
    where = f"trace {family}/{seed}"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))


def _whole_seconds(rates: NDArray[np.float64]) -> Intensity:
    second = np.arange(len(rates))
    return Intensity(
        starts_s=second.astype(np.float64),
        lengths_s=np.ones(len(rates)),
        rates_bps=rates,
        second=second,
    )


def fit(
    family: str, *, hours: float = 4.0, first_seed: int = 0
) -> Mapping[str, tuple[float, float]]:
    """Return what a family's synthetic traces achieve beside what was measured.

    Traces as long as the measured ones are made and measured alike, because autocorrelations of
    short traces are biased. The median of their means, which spread much, is that of many more.

    Args:
        family: A name of `families`.
        hours: How much to generate.
        first_seed: Seeds are this and the following.

    Returns:
        Statistic -> (achieved, target).
    """
    known, _ = family_named(family)
    length_s = min(known.trace_s, _LONGEST_FIT_S)
    made: list[BandwidthTrace] = []
    seed = first_seed
    while len(made) < max(2, round(hours * 3600 / length_s)):
        with suppress(InputError):  # all of it may be an outage
            made.append(synthesise(family, seed, length_s * _SECOND))
        seed += 1
    means = [second_rates(known, k, length_s).mean() / 1e6 for k in range(seed, seed + _MEANS)]
    achieved = {**statistics(made), "mean_mbps": float(np.median(means))}
    return {name: (achieved[name], value) for name, value in known.targets.items()}


def fit_report(family: str, *, hours: float = 4.0) -> str:
    """Return `fit` as a table of text.

    Example:
        >>> print(fit_report("oboe", hours=0.5))
        oboe: Video sessions, a rate a chunk (428 traces, 20.97 h, flow-rate, downlink)
        statistic                        achieved    target
        mean_mbps  ...
    """
    known, _ = family_named(family)
    rests_on = f"{known.traces} traces, {known.hours:g} h, {known.measures}, {known.direction}"
    lines = [
        f"{family}: {known.title} ({rests_on})",
        f"{'statistic':<30}{'achieved':>11}{'target':>10}",
    ]
    lines += [
        f"{name:<30}{achieved:>11.3f}{target:>10.3f}"
        for name, (achieved, target) in fit(family, hours=hours).items()
    ]
    return "\n".join(lines)

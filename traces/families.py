"""The synthetic families: what was measured, on how much data, and the numbers fitted to it.

The numbers stand in ``families.json``; this module gives them names. Every family was fitted to
published traces: quantiles and autocorrelation of rates over whole seconds, lengths and frequency
of outages, spread of means between traces, and, where delivery opportunities were recorded, the
process below one second.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from simulator.foundation.errors import InputError, Problem, did_you_mean
from traces.about import TraceAbout

if TYPE_CHECKING:
    from collections.abc import Mapping

    from traces.about import Direction, Measures

__all__ = ["Bursts", "Family", "Outages", "families", "family_named"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outages:
    """Alternating up and down times in whole seconds, both geometric, down a mixture of two.

    Attributes:
        enter: Probability per second of going down; 0 for a family without outages.
        short_share: Share of down times that end with probability ``short_exit`` per second.
        short_exit: See there.
        long_exit: Probability per second of ending the other down times.
    """

    enter: float
    short_share: float
    short_exit: float
    long_exit: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Bursts:
    """How a second's capacity is spread over its milliseconds; see `traces.bursts`.

    Attributes:
        source: The recordings it was fitted to.
        hold_ms: Mean time for which the intensity keeps a level.
        level_shape: Shape of the gamma distribution of levels (mean 1); small is uneven.
        silence_share: Share of the intervals that are silent instead.
        silence_ms: Median length of a silence.
        silence_spread: Standard deviation of the log of its length.
        stall_share: Share of the intervals that are long silences, where a second is slow.
        stall_ms: Median length of those; the standard deviation of its log is a half.
        regularity: Shape of the gamma distribution of gaps between grants in operational time;
            1 is Poisson, large is clockwork.
        burst: Mean packets of a grant at rates near 0.
        burst_growth: Packets a grant gains with each packet per ms of rate.
        grid_ms: Grants fall on multiples of this.
    """

    source: str
    hold_ms: float
    level_shape: float
    silence_share: float
    silence_ms: float
    silence_spread: float
    stall_share: float
    stall_ms: float
    regularity: float
    burst: float
    burst_growth: float
    grid_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """One family of synthetic traces.

    Attributes:
        name: What a scenario calls it: ``us-lte-up``.
        title: Place and technology.
        source: The data set.
        measures: ``capacity`` or ``flow-rate``.
        direction: ``uplink``, ``downlink`` or ``unknown``.
        traces: How many traces it rests on.
        hours: How many hours they last together.
        trace_s: Their mean length.
        kind: ``opportunities`` (packets on a millisecond grid) or ``rates``.
        bursts_of: Family whose process below one second is used; None: constant within a second,
            because nothing finer was recorded and none is invented.
        log_mean: Mean and standard deviation, between traces, of ln(mean rate in Mbit/s).
        components: (weight, correlation over a second) of each AR(1) part; the rest is white.
        levels: Ranks at which quantiles are given.
        quantiles: Rate / trace mean at these ranks, in seconds that are no outage.
        outages: When there is nothing.
        targets: Statistic -> value measured on the real traces, named as `traces.statistics` does.
    """

    name: str
    title: str
    source: str
    measures: Measures
    direction: Direction
    traces: int
    hours: float
    trace_s: int
    kind: Literal["opportunities", "rates"]
    bursts_of: str | None
    log_mean: tuple[float, float]
    components: tuple[tuple[float, float], ...]
    levels: tuple[float, ...]
    quantiles: tuple[float, ...]
    outages: Outages
    targets: Mapping[str, float]

    def about(self, seed: int) -> TraceAbout:
        """Return what a trace of this family measures."""
        return TraceAbout(
            name=f"{self.name}/{seed}",
            measures=self.measures,
            direction=self.direction,
            source=f"synthetic, fitted to {self.traces} traces: {self.source}",
            hours=self.hours,
        )


@cache
def _table() -> tuple[dict[str, Family], dict[str, Bursts]]:
    data = json.loads(Path(__file__).with_name("families.json").read_text("utf-8"))
    bursts = {name: Bursts(**numbers) for name, numbers in data["bursts"].items()}
    known = {
        name: Family(
            name=name,
            levels=tuple(data["quantile_levels"]),
            log_mean=tuple(row.pop("log_mean")),
            components=tuple(map(tuple, row.pop("components"))),
            quantiles=tuple(row.pop("quantiles")),
            outages=Outages(**row.pop("outages")),
            **row,
        )
        for name, row in data["families"].items()
    }
    return known, bursts


def families() -> Mapping[str, Family]:
    """Return all families by name.

    Example:
        >>> families()["us-lte-up"].direction, families()["us-lte-up"].hours
        ('uplink', 0.39)
    """
    return _table()[0]


def family_named(name: str) -> tuple[Family, Bursts | None]:
    """Return a family and the process below one second it uses.

    Raises:
        InputError: If there is no such family.

    Example:
        >>> family_named("us-lte-upp")
        Traceback (most recent call last):
        simulator.foundation.errors.InputError: trace family: us-lte-upp is no family; did you ...
    """
    known, bursts = _table()
    if name not in known:
        raise InputError(
            Problem(
                where="trace",
                what="family",
                value=name,
                rule="is no family",
                remedy=did_you_mean(name, known),
            )
        )
    family = known[name]
    return family, None if family.bursts_of is None else bursts[family.bursts_of]

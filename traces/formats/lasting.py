"""Rows of a table that say how long they last, and amounts that crossed in each interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from traces.formats.clocks import Clock, clock_of, spans_of
from traces.formats.interface import refuse
from traces.formats.intervals import Intervals
from traces.formats.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import TraceAbout
    from traces.formats.chosen_columns import Chosen
    from traces.formats.interface import Hold, ReadOptions
    from traces.formats.named_columns import NamedColumns
    from traces.formats.quality import Quality
    from traces.rate import RateTrace

__all__ = ["of_spans", "per_second"]


def of_spans(  # all that a table's columns say
    table: NamedColumns,
    chosen: Chosen,
    clock: Clock | None,
    rates: NDArray[np.float64],
    quality: Quality,
    options: ReadOptions,
    about: TraceAbout,
) -> RateTrace:
    """Return the trace of rows that say how long each lasts."""
    name = table.name
    for key in ("hold", "period_ns"):
        if key in options:
            rule, remedy = "means nothing where rows say how long they last", "leave it out"
            raise refuse(name, None, key, options[key], rule=rule, remedy=remedy)
    if chosen.end is not None and clock is not None:
        ends = clock_of(table, chosen.end, options.get("time_unit"), clock)
        lengths = ends.seconds - clock.seconds
    else:
        assert chosen.duration is not None  # noqa: S101  # or there is a clock and an end
        lengths = spans_of(table, chosen.duration, options.get("time_unit"))
    wrong = np.flatnonzero((lengths < 0) | ((lengths == 0) & (rates > 0) & chosen.amounts))
    if wrong.size:
        k = int(wrong[0])
        rule, remedy = "must be above 0", "correct or remove the line"
        value = f"{lengths[k]:g} s"
        raise refuse(name, table.line(k), "duration", value, rule=rule, remedy=remedy)
    rates_bps = rates * chosen.unit_bps
    if chosen.amounts:
        rates_bps = _divided(rates_bps, lengths)
    if clock is None:
        return Intervals(
            lengths_s=lengths,
            rates_bps=rates_bps,
            quality=quality,
            line=table.line,
            rate_name=chosen.rate.text,
            unit_bps=chosen.unit_bps,
        ).trace(name, options, about)
    return Samples(
        clock_s=clock.seconds,
        rates_bps=rates_bps,
        ends_s=clock.seconds + lengths,
        quality=quality,
        line=table.line,
        rate_name=chosen.rate.text,
        unit_bps=chosen.unit_bps,
    ).trace(name, options, about)


def per_second(  # amounts, their intervals, where they stand
    amounts: NDArray[np.float64],
    gaps_s: NDArray[np.float64],
    hold: Hold,
    options: ReadOptions,
    line: Callable[[int], int],
    name: str,
) -> NDArray[np.float64]:
    """Return amounts in each interval as rates; one without an interval counts for nothing."""
    rest = np.array([max(options.get("period_ns", 0) / 1e9 - float(gaps_s.sum()), 0.0)])
    lengths = np.concatenate([gaps_s, rest] if hold == "until-next" else [rest, gaps_s])
    outer = len(lengths) - 1 if hold == "until-next" else 0
    empty = (lengths == 0) & (amounts > 0)
    empty[outer] = False
    if empty.any():
        k = int(np.argmax(empty))
        rule, remedy = "crossed in no time: two rows have one time", "merge the rows"
        raise refuse(name, line(k), "amount", f"{amounts[k]:g}", rule=rule, remedy=remedy)
    return _divided(amounts, lengths)


def _divided(amounts: NDArray[np.float64], lengths_s: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return amounts in each interval as rates, 0 where it has no length."""
    rates = np.zeros(len(amounts))
    np.divide(amounts, lengths_s, out=rates, where=lengths_s > 0)
    return rates

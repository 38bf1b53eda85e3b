"""A trace written as a file: the plain table t_s,mbps and more, or mahimahi's milliseconds.

What the format cannot say is told: a converted trace is exact unless something is.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem
from traces.opportunity import OPPORTUNITY_BYTES, OpportunityTrace
from traces.rate import RateTrace

if TYPE_CHECKING:
    from traces.bandwidth import BandwidthTrace
    from traces.conditions import Conditions

__all__ = ["Converted", "to_csv", "to_mahimahi"]

_MS = 10**6
_MOST_LINES = 5_000_000
_SAME_MEAN = 1e-3

Converted = tuple[str, tuple[str, ...]]
"""The file's text, and what of the trace it does not hold, each as a sentence."""


def to_csv(trace: BandwidthTrace) -> Converted:
    r"""Return a trace as a ``t_s,mbps`` table.

    Rates are exact, and so are loss and delay, in columns of their own. Opportunities are spread
    over the time before each, so that as much has been offered at each of their instants, but
    bursts are lost.

    Example:
        >>> from traces.about import TraceAbout
        >>> from traces.conditions import Conditions
        >>> about = TraceAbout(name="x")
        >>> to_csv(RateTrace.from_steps([0], [1500000], period_ns=2 * 10**9, about=about))[0]
        't_s,mbps\n0,1.5\n2,0\n'
        >>> late = Conditions.from_steps([0], delay_ns=[20_500_000], period_ns=10**9)
        >>> print(to_csv(RateTrace.from_steps(
        ...     [0], [1500000], period_ns=10**9, about=about, conditions=late))[0])
        t_s,mbps,delay_ms
        0,1.5,20.5
        1,0,20.5
    """
    lost = []
    if isinstance(trace, OpportunityTrace):
        steps = _spread(trace)
        lost.append("bursts: each opportunity is spread over the time since the one before")
    else:
        assert isinstance(trace, RateTrace)  # noqa: S101  # the two kinds there are
        steps = list(trace.steps())
    beside = trace.conditions
    rows = [(start, round(rate)) for start, rate in steps]
    if beside is not None:
        rows = _cut(rows, beside.starts_ns)
    rows.append((trace.period_ns, rows[-1][1] if trace.after == "hold" else 0))
    if trace.after != "loop":
        lost.append(f"what follows the end: read it with `after: {trace.after}`")
    if len(rows) > _MOST_LINES:
        raise _too_long(trace, len(rows))
    lines = [f"{_decimal(start, 9)},{_decimal(rate, 6)}" for start, rate in rows]
    columns = [] if beside is None else _beside([start for start, _ in rows], beside)
    lines = [",".join(cells) for cells in zip(["t_s,mbps", *lines], *columns, strict=True)]
    return "\n".join([*lines, ""]), tuple(lost)


def to_mahimahi(trace: BandwidthTrace) -> Converted:
    r"""Return a trace as mahimahi's list of milliseconds, an opportunity of 1504 bytes a line.

    Exact for opportunities of that size at whole milliseconds of which the last ends the trace.
    Otherwise packets are due when enough was offered for each, in the next whole millisecond, as
    many as come nearest to the mean. The period of such a file is its last line, so the last packet
    is moved to the trace's end: the length stays even where the trace ends in silence.

    Raises:
        InputError: If there would be more than 5 million lines.

    Example:
        >>> from traces.about import TraceAbout
        >>> about = TraceAbout(name="x")
        >>> to_mahimahi(RateTrace.from_steps([0], [6016000], period_ns=6 * _MS, about=about))[0]
        '2\n4\n6\n'
    """
    lost = []
    period_ms = max(1, (trace.period_ns + _MS // 2) // _MS)
    stamps = _whole_stamps(trace)
    if stamps is None:
        packet = OPPORTUNITY_BYTES * trace.units_per_byte
        period_units = trace.capacity(trace.period_ns)
        offered = Fraction(period_units, packet) * period_ms * _MS / trace.period_ns
        packets = max(1, round(offered))
        if packets > _MOST_LINES:
            raise _too_long(trace, packets)
        # Unlike ones at 0, capacity at the very end of a period is always counted.
        due = [trace.instant(min(k * packet, period_units)) for k in range(1, packets + 1)]
        stamps = [min(-(-(at or 0) // _MS), period_ms) for at in due]
        lost.append(f"time below 1 ms, and bytes below a packet of {OPPORTUNITY_BYTES}")
    if stamps[-1] < period_ms:
        lost.append(
            f"when its last packet is due: {stamps[-1]} ms become {period_ms} ms, where the trace "
            "ends, as the last line is the period"
        )
        stamps[-1] = period_ms
    if period_ms * _MS != trace.period_ns:
        lost.append(f"its end: {trace.period_ns / 1e9:g} s become {period_ms / 1e3:g} s")
    ratio = len(stamps) * OPPORTUNITY_BYTES * 8e3 / period_ms / trace.mean_bps
    if abs(ratio - 1) > _SAME_MEAN:
        lost.append(f"its mean: the file's is {ratio:.4g} times as high")
    if trace.after != "loop":
        lost.append(f"what follows the end, `{trace.after}`: mahimahi loops")
    if trace.conditions is not None:
        lost.append("loss and delay, which mahimahi's files cannot say: they are left out")
    return "\n".join([*map(str, stamps), ""]), tuple(lost)


def _cut(rows: list[tuple[int, int]], starts_ns: tuple[int, ...]) -> list[tuple[int, int]]:
    """Return starts and rates with a row more wherever only loss or delay changes."""
    rates = dict.fromkeys(starts_ns, -1) | dict(rows)
    cut: list[tuple[int, int]] = []
    for start in sorted(rates):
        cut.append((start, cut[-1][1] if rates[start] < 0 else rates[start]))
    return cut


def _beside(starts_ns: list[int], conditions: Conditions) -> list[list[str]]:
    """Return the columns of loss and delay, each with its name first, whatever the offset.

    The last row ends the table: what it says counts only if the end is to be held.
    """
    lookup = replace(conditions, after="hold", offset_ns=0)
    columns = []
    if conditions.loss is not None:
        found = [repr(lookup.loss_at(start)).removesuffix(".0") for start in starts_ns]
        columns.append(["loss", *found])
    if conditions.delay_ns is not None:
        columns.append(["delay_ms", *(_decimal(lookup.delay_ns_at(t), 6) for t in starts_ns)])
    return columns


def _whole_stamps(trace: BandwidthTrace) -> list[int] | None:
    """Return the milliseconds of opportunities that mahimahi could have written, or None."""
    if not isinstance(trace, OpportunityTrace):
        return None
    stamps: list[int] = []
    for at, size in trace.lumps():
        count = size / OPPORTUNITY_BYTES
        if at % _MS or count.denominator != 1 or len(stamps) + count > _MOST_LINES:
            return None
        stamps += [at // _MS] * int(count)
    return stamps


def _spread(trace: OpportunityTrace) -> list[tuple[int, Fraction]]:
    """Return steps that have offered as much at each instant; those at 0 follow in the first."""
    lumps = list(trace.lumps())
    first = lumps.pop(0)[1] if lumps[0][0] == 0 else Fraction(0)
    ends = [0, *(at for at, _ in lumps)]
    steps = []
    for (begin, end), (_, size) in zip(pairwise(ends), lumps, strict=True):
        steps.append((begin, (size + first) * 8 * 10**9 / (end - begin)))
        first = Fraction(0)
    if ends[-1] < trace.period_ns:
        steps.append((ends[-1], Fraction(0)))
    return steps


def _decimal(value: int, places: int) -> str:
    """Return an integer number of small units exactly, in units 10^places larger."""
    text = f"{Decimal(value).scaleb(-places):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _too_long(trace: BandwidthTrace, lines: int) -> InputError:
    return InputError(
        Problem(
            where=trace.about.name,
            what="length",
            value=f"{lines} lines",
            rule=f"must be at most {_MOST_LINES}",
            remedy="convert it to the other format, or cut it into smaller files",
        )
    )

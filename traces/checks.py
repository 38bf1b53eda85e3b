"""What a trace must be to be simulated at all; the messages when it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.about import After, TraceAbout

__all__ = ["check_stamps", "check_steps", "late_offset"]

_LONGEST_NS = 10**18  # 31 years
_FASTEST_BPS = 10**15


def _refuse(about: TraceAbout, what: str, value: object, rule: str, remedy: str) -> InputError:
    return InputError(Problem(where=about.name, what=what, value=value, rule=rule, remedy=remedy))


def check_steps(
    starts_ns: NDArray[np.generic],
    rates_bps: NDArray[np.generic],
    period_ns: int,
    about: TraceAbout,
) -> None:
    """Check the steps of a rate trace.

    Raises:
        InputError: Unless there is a whole rate from 0 to 10^15 bit/s for each start, the starts
            are whole, begin at 0 and increase up to a period after the last, and some rate is
            above 0.
    """
    if starts_ns.ndim != 1 or starts_ns.shape != rates_bps.shape or not len(starts_ns):
        value = f"{starts_ns.shape} starts, {rates_bps.shape} rates"
        raise _refuse(about, "steps", value, "must be one rate per start", "give at least one")
    if starts_ns.dtype.kind not in "iu" or rates_bps.dtype.kind not in "iu":
        value = f"{starts_ns.dtype}, {rates_bps.dtype}"
        raise _refuse(about, "steps", value, "must be integers (ns, bit/s)", "round them first")
    if starts_ns[0] != 0 or (np.diff(starts_ns.astype(np.int64)) <= 0).any():
        rule = "must begin at 0 and increase"
        raise _refuse(about, "times", "not increasing from 0", rule, "sort the steps")
    if not int(starts_ns[-1]) < period_ns <= _LONGEST_NS:
        rule = f"must be after the last step's start and at most {_LONGEST_NS // 10**9} s"
        remedy = "say where the last step ends"
        raise _refuse(about, "period", f"{period_ns / 1e9:g} s", rule, remedy)
    least, most = int(rates_bps.min()), int(rates_bps.max())
    if least < 0 or most > _FASTEST_BPS:
        rule = f"must be within 0 and {_FASTEST_BPS:g} bit/s"
        remedy = "check the unit of the rates"
        raise _refuse(about, "rate", f"{least} to {most} bit/s", rule, remedy)
    if most == 0:
        remedy = "a link that never delivers cannot be simulated"
        raise _refuse(about, "rate", "0 throughout", "must be above 0 somewhere", remedy)


def check_stamps(
    stamps_ns: NDArray[np.generic],
    period_ns: int | None,
    bytes_each: int,
    after: After,
    about: TraceAbout,
) -> None:
    """Check the stamps of an opportunity trace.

    Raises:
        InputError: Unless the stamps are whole, at least 0, never decrease and the last is above
            0 and not after the period, opportunities carry something, and the trace loops or
            stops.
    """
    if stamps_ns.ndim != 1 or not len(stamps_ns) or stamps_ns.dtype.kind not in "iu":
        value = f"{stamps_ns.shape} of {stamps_ns.dtype}"
        rule = "must be integers in ns, at least one"
        raise _refuse(about, "stamps", value, rule, "give the instants of the opportunities")
    if stamps_ns[0] < 0 or (np.diff(stamps_ns.astype(np.int64)) < 0).any():
        rule = "must be >= 0 and never decrease"
        raise _refuse(about, "stamps", "decreasing", rule, "sort the stamps")
    last = int(stamps_ns[-1])
    if not 0 < last <= (last if period_ns is None else period_ns) <= _LONGEST_NS:
        value = f"last stamp {last} ns, period {period_ns} ns"
        rule = f"must be above 0, not before the last stamp, at most {_LONGEST_NS // 10**9} s"
        remedy = "a trace needs an opportunity after instant 0"
        raise _refuse(about, "period", value, rule, remedy)
    if bytes_each < 1:
        raise _refuse(about, "opportunity", bytes_each, "must carry at least 1 byte", "use 1504")
    if after == "hold":
        rule = "means nothing for opportunities: there is no last rate"
        raise _refuse(about, "after", after, rule, "use `loop` or `stop`")


def late_offset(about: TraceAbout, at_ns: int, end_ns: int) -> InputError:
    """Return the error for an offset behind which a trace that does not loop has nothing."""
    rule = "must leave some capacity in a trace that does not loop"
    remedy = f"use an offset below {end_ns / 1e9:g} s, or `after: loop`"
    return _refuse(about, "offset", f"{at_ns / 1e9:g} s", rule, remedy)

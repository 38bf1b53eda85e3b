"""The tests of an iperf report, put together interval by interval; totals are told apart.

A file may hold several tests: a server's log, or runs appended to one file. A test begins at the
words that iperf writes before each, and where its clock is back at its first instant. A total is an
interval from the first instant to the last, whatever its line says.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import isnan
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from traces.formats.interface import option, refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError
    from traces.about import Direction

__all__ = [
    "Interval",
    "Report",
    "Tests",
    "chosen",
    "first_line",
    "overloaded",
    "report",
    "share_lost",
]

_OVERLOADED = 0.1
"""Mean loss above which a UDP test is taken to have asked for more than the link could carry."""

_LONGER = 1.5
_SHOWN = 12
_ROLES: dict[str, Direction] = {
    "TX-C": "uplink",
    "RX-S": "uplink",
    "RX-C": "downlink",
    "TX-S": "downlink",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What one test tells, whichever form its report has.

    Attributes:
        starts_s: [n] starts of intervals.
        ends_s: [n] their ends.
        rates_bps: [n] their rates.
        loss: [n] shares of datagrams lost, as reported, beyond 0 to 1 where some came late; NaN
            where none was counted; None where the test was none of UDP's receiver.
        direction: From the client, taken to be the device, it is uplink.
        fills_the_link: Whether the test sent as much as would go.
        sent_only: Whether the rates are those of a UDP sender.
        error: What ended the test early, in iperf's words.
        line: From interval to line.
    """

    starts_s: NDArray[np.float64]
    ends_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    loss: NDArray[np.float64] | None
    direction: Direction
    fills_the_link: bool
    sent_only: bool
    error: str
    line: Callable[[int], int]


class Interval(NamedTuple):
    """One line of a report; a tuple, as there are many.

    Attributes:
        line: Its number.
        start_s: When it begins.
        end_s: When it ends.
        rate_bps: Its rate.
        loss: Which share of datagrams was lost; NaN where none was counted.
    """

    line: int
    start_s: float
    end_s: float
    rate_bps: float
    loss: float


@dataclass(slots=True, kw_only=True)
class Test:
    """What the lines of a test told so far.

    Attributes:
        streams: Its intervals by role and stream.
        direction: Of the whole test, where it is one.
        udp: Whether it is one of datagrams.
        limited: Whether it had a target.
        server: Whether the server wrote the report.
        ended: Whether totals were seen.
        error: What ended it early.
    """

    streams: dict[tuple[str, str], list[Interval]] = field(default_factory=dict)
    direction: Direction = "unknown"
    udp: bool = False
    limited: bool = False
    server: bool = False
    ended: bool = False
    error: str = ""


class Tests:
    """The tests of a report, in order, built up line by line."""

    def __init__(self) -> None:
        """Begin with none."""
        self.current = Test()
        self._done: list[Test] = []

    def begin(self) -> None:
        """Begin another test, unless the current one has no interval yet."""
        if self.current.streams:
            self._done.append(self.current)
            self.current = Test(server=self.current.server, direction=self.current.direction)

    def end(self) -> None:
        """Note that totals follow."""
        self.current.ended = True

    def add(self, key: tuple[str, str], interval: Interval) -> None:
        """Take an interval, or leave it out where it is a total."""
        before = self.current.streams.get(key)
        if before is None:
            if self.current.ended:  # a total of a stream whose intervals are not here
                return
        elif _is_total(interval, before):
            self.current.ended = True
            self.current.udp |= not isnan(interval.loss)
            return
        elif interval.start_s <= before[0].start_s < before[-1].start_s or (
            self.current.ended and interval.start_s <= before[0].start_s
        ):
            self.begin()
        self.current.udp |= not isnan(interval.loss)
        self.current.streams.setdefault(key, []).append(interval)

    def all(self) -> list[Test]:
        """Return the tests that have intervals; the last one's words if there are none."""
        found = [*self._done, self.current]
        return [test for test in found if test.streams] or found[-1:]


def _is_total(interval: Interval, before: Sequence[Interval]) -> bool:
    """Tell whether an interval covers all those before it."""
    first, last = before[0], before[-1]
    usual = first.end_s - first.start_s
    if interval.start_s > first.start_s or interval.end_s < last.end_s - usual / 2:
        return False
    return len(before) == 1 or interval.end_s - interval.start_s > _LONGER * usual


def chosen(tests: Sequence[object], lines: Sequence[int], name: str, run: int | None) -> int:
    """Return the index of the test to read.

    Args:
        tests: What there is.
        lines: Where each begins.
        name: The file as the user named it.
        run: Which one the user asked for, from 1.

    Raises:
        InputError: If there are several and no choice, or no such test.
    """
    if run is None and len(tests) == 1:
        return 0
    if run is not None and run <= len(tests):
        return run - 1
    shown = [f"{k} at line {line}" for k, line in enumerate(lines[:_SHOWN], start=1)]
    listed = ", ".join(shown) + (", ..." if len(tests) > _SHOWN else "")
    remedy = f"{option('run', '1')}; there are {listed}"
    if run is None:
        rule = "are in one file"
        raise refuse(name, None, "tests", f"{len(tests)} tests", rule=rule, remedy=remedy)
    raise refuse(name, None, "run", run, rule="is not in the file", remedy=remedy)


def first_line(test: Test) -> int:
    """Return the line of a test's first interval."""
    return min((found[0].line for found in test.streams.values()), default=1)


def report(test: Test, name: str, wanted: Direction | None) -> Report:
    """Return what a test tells of one direction.

    Args:
        test: The test.
        name: The file as the user named it.
        wanted: Which direction of a test of both.

    Raises:
        InputError: For no intervals at all, several streams without their sum, both directions and
            no choice.
    """
    directions = {_ROLES[role]: role for role, _ in test.streams if role}
    direction = test.direction
    if directions:
        direction = next(iter(directions)) if wanted is None else wanted
        if direction not in directions or (wanted is None and len(directions) > 1):
            value, rule = ", ".join(directions), "are in one report"
            remedy = "say one of them as `direction`"
            raise refuse(name, None, "directions", value, rule=rule, remedy=remedy)
    role = directions.get(direction, "")
    streams = {stream: found for (of, stream), found in test.streams.items() if of == role}
    sums = next((found for stream, found in streams.items() if stream.startswith("SUM")), None)
    if not streams or (len(streams) > 1 and sums is None):
        raise _no_intervals(test, name, len(streams))
    found = sums or next(iter(streams.values()))
    loss: NDArray[np.float64] | None = np.array([one.loss for one in found])
    loss = None if loss is None or np.isnan(loss).all() else loss
    return Report(
        starts_s=np.array([one.start_s for one in found]),
        ends_s=np.array([one.end_s for one in found]),
        rates_bps=np.array([one.rate_bps for one in found]),
        loss=loss,
        direction=direction,
        fills_the_link=overloaded(loss) if test.udp else not test.limited,
        sent_only=test.udp
        and direction == "uplink"
        and not role.startswith("RX")
        and not test.server
        and loss is None,
        error=test.error,
        line=lambda k: found[k].line,
    )


def _no_intervals(test: Test, name: str, streams: int) -> InputError:
    if test.error and not streams:
        rule, remedy = "ended the test before its first interval", "give the report of a whole test"
        return refuse(name, None, "iperf's error", test.error, rule=rule, remedy=remedy)
    value = f"{streams} streams" if streams else "none"
    rule = "must be those of one stream, or have a [SUM] an interval"
    remedy = "give the whole report of a test with `--interval`"
    return refuse(name, None, "intervals", value, rule=rule, remedy=remedy)


def share_lost(lost: float, sent: float) -> float:
    """Return which share of datagrams was lost; NaN if none was counted.

    Example:
        >>> share_lost(3, 12), share_lost(0, 0), share_lost(-5, 0)
        (0.25, nan, 0.0)
    """
    if sent > 0:
        return lost / sent
    return 0.0 if lost < 0 else float("nan")


def overloaded(loss: NDArray[np.float64] | None) -> bool:
    """Tell whether so much was lost that more must have been sent than the link could carry."""
    return loss is not None and float(np.nanmean(np.clip(loss, 0, 1))) > _OVERLOADED

"""The intervals of iperf3's text report: a unit a line, perhaps a prefix, and totals at the end.

::

    [ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams
    [158]   0.10-0.20   sec   930 KBytes  76.2 Mbits/sec  0.614 ms  10591/11283 (94%)
    [158]   0.30-0.40   sec   187 KBytes  15.3 Mbits/sec  0.573 ms  -90/49 (-1.8e+02%)
    [SUM]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec          (omitted)

Losses are counted from gaps in the numbers of datagrams. One that comes late, in an interval after
the one in which it was missed, is taken off there: that can leave less than 0 lost.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from traces.formats.interface import refuse

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from traces.about import Direction

__all__ = ["INTERVAL", "Report", "overloaded", "report", "share_lost"]

INTERVAL = re.compile(
    r"\[ *(?P<id>\d{1,9}|SUM)\](?:\[(?P<role>[RT]X-[CS])\])? +"
    r"(?P<start>\d{1,9}(?:\.\d{1,9})?)- *(?P<end>\d{1,9}(?:\.\d{1,9})?) +sec +"
    r"[\d.]{1,20} +[KMGT]?Bytes +(?P<rate>\d{1,20}(?:\.\d{1,9})?(?:e[+-]?\d\d)?) +"
    r"(?P<unit>[KMGT]?bits|[KMGT]?Bytes)/sec"
)
"""One line of an interval, or of a total."""

_OVERLOADED = 0.1
"""Mean loss above which a UDP test is taken to have asked for more than the link could carry."""

_ALMOST = re.compile(r"\[ *(?:\d{1,9}|SUM)\](?:\[\w\w-\w\])? +[\d.]{1,20}- *[\d.]{1,20} +sec\b")
_LOST = re.compile(r" ms +(?P<lost>-?\d{1,15})/(?P<sent>-?\d{1,15}) +\(")
_TOTALS = "- - - -"
_LONGEST_LINE = 1000
_UNITS = {
    f"{prefix}{kind}": first * base**power
    for kind, first, base in (("bits", 1.0, 1000.0), ("Bytes", 8.0, 1024.0))
    for power, prefix in enumerate(("", "K", "M", "G", "T"))
}
_ROLES: dict[str, Direction] = {
    "TX-C": "uplink",
    "RX-S": "uplink",
    "RX-C": "downlink",
    "TX-S": "downlink",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What an iperf3 report tells, whichever form it has.

    Attributes:
        starts_s: [n] starts of intervals.
        ends_s: [n] their ends.
        rates_bps: [n] their rates.
        loss: [n] shares of datagrams lost, as reported, beyond 0 to 1 where some came late; NaN
            where none was counted; None where the test was none of UDP's receiver.
        direction: From the client, taken to be the device, it is uplink.
        fills_the_link: Whether the test sent as much as would go.
        sent_only: Whether the rates are those of a UDP sender.
        line: From interval to line.
    """

    starts_s: NDArray[np.float64]
    ends_s: NDArray[np.float64]
    rates_bps: NDArray[np.float64]
    loss: NDArray[np.float64] | None
    direction: Direction
    fills_the_link: bool
    sent_only: bool
    line: Callable[[int], int]


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


@dataclass(slots=True, kw_only=True)
class _Seen:
    """What the lines so far told: (line, start, end, rate, loss) by (role, stream)."""

    intervals: dict[tuple[str, str], list[tuple[float, float, float, float, float]]]
    direction: Direction = "unknown"
    udp: bool = False
    limited: bool = False


def report(data: bytes, name: str, wanted: Direction | None) -> Report:
    """Return the intervals of a text report.

    Args:
        data: The file's content.
        name: The file as the user named it.
        wanted: Which direction of a test of both.

    Raises:
        InputError: With the line, for intervals that cannot be read, none at all, several streams
            without their sum, both directions and no choice.
    """
    seen = _Seen(intervals={})
    for number, line in enumerate(data.decode("utf-8-sig", "replace").split("\n"), start=1):
        if _TOTALS in line[:_LONGEST_LINE]:
            break
        _take(line, number, name, seen)
    directions = {_ROLES[role]: role for role, _ in seen.intervals if role}
    direction = seen.direction
    if directions:
        direction = next(iter(directions)) if wanted is None else wanted
        if direction not in directions or (wanted is None and len(directions) > 1):
            value, rule = ", ".join(directions), "are in one report"
            remedy = "say one of them as `direction`"
            raise refuse(name, None, "directions", value, rule=rule, remedy=remedy)
    role = directions.get(direction, "")
    streams = {stream: found for (of, stream), found in seen.intervals.items() if of == role}
    if not streams or (len(streams) > 1 and "SUM" not in streams):
        value = f"{len(streams)} streams" if streams else "none"
        rule = "must be those of one stream, or have a [SUM] an interval"
        remedy = "give the whole report of a test with `--interval`"
        raise refuse(name, None, "intervals", value, rule=rule, remedy=remedy)
    found = np.array(streams.get("SUM") or next(iter(streams.values())))
    loss = None if np.isnan(found[:, 4]).all() else found[:, 4]
    return Report(
        starts_s=found[:, 1],
        ends_s=found[:, 2],
        rates_bps=found[:, 3],
        loss=loss,
        direction=direction,
        fills_the_link=overloaded(loss) if seen.udp else not seen.limited,
        sent_only=seen.udp and direction == "uplink" and not role.startswith("RX"),
        line=lambda k: int(found[k, 0]),
    )


def _take(line: str, number: int, name: str, seen: _Seen) -> None:
    """Note what one line tells."""
    line = line[:_LONGEST_LINE]
    match = INTERVAL.search(line)
    if match is None:
        if _ALMOST.search(line) and "datagrams received out-of-order" not in line:
            rule = "must be an interval with a transfer and a rate"
            remedy = "correct or remove the line"
            raise refuse(name, number, "line", line.strip(), rule=rule, remedy=remedy)
        if "Reverse mode" in line:
            seen.direction = "downlink"
        elif "Connecting to host" in line:
            seen.direction = "uplink"
        seen.udp = seen.udp or "protocol: UDP" in line or "Datagrams" in line
        seen.limited = seen.limited or "Target Bitrate" in line
        return
    tail = line[match.end() :].split()
    if tail and tail[-1] in {"(omitted)", "sender", "receiver"}:
        return
    start, end = float(match["start"]), float(match["end"])
    rate = float(match["rate"]) * _UNITS[match["unit"]]
    counted = _LOST.search(line, match.end())
    loss = float("nan")
    if counted is not None:
        seen.udp = True
        loss = share_lost(int(counted["lost"]), int(counted["sent"]))
    stream = (match["role"] or "", match["id"])
    seen.intervals.setdefault(stream, []).append((number, start, end, rate, loss))

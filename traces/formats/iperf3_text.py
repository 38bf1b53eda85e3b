"""The lines of iperf's text reports, versions 2 and 3, and of iperf 2's CSV: a unit a line.

::

    [ ID] Interval           Transfer     Bitrate         Jitter    Lost/Total Datagrams
    [158]   0.10-0.20   sec   930 KBytes  76.2 Mbits/sec  0.614 ms  10591/11283 (94%)
    [158]   0.30-0.40   sec   187 KBytes  15.3 Mbits/sec  0.573 ms  -90/49 (-1.8e+02%)
    [SUM]   0.00-1.00   sec  1.12 MBytes  9.44 Mbits/sec          (omitted)

    20240102120001,192.0.2.2,40000,192.0.2.1,5001,3,0.0-1.0,1310720,10485760

Losses are counted from gaps in the numbers of datagrams. One that comes late, in an interval after
the one in which it was missed, is taken off there: that can leave less than 0 lost.
"""

from __future__ import annotations

import re

from traces.formats.interface import refuse
from traces.formats.iperf_tests import Interval, Test, Tests, share_lost

__all__ = ["INTERVAL", "RECORD", "text_tests"]

INTERVAL = re.compile(
    r"\[ *(?P<id>\*?\d{1,9}|SUM(?:-\d{1,9})?)\](?:\[(?P<role>[RT]X-[CS])\])? +"
    r"(?P<start>\d{1,9}(?:\.\d{1,9})?)- *(?P<end>\d{1,9}(?:\.\d{1,9})?) +sec +"
    r"[\d.]{1,20} +[KMGT]?Bytes +(?P<rate>\d{1,20}(?:\.\d{1,9})?(?:e[+-]?\d\d)?) +"
    r"(?P<unit>[KMGT]?bits|[KMGT]?Bytes)/sec"
)
"""One line of an interval, or of a total."""

RECORD = re.compile(
    r"\d{14}(?:\.\d{1,9})?(?:[+-]\d{4})?,[^,]{0,60},\d{1,5},[^,]{0,60},\d{1,5},(?P<id>-?\d{1,9}),"
    r"(?P<start>\d{1,9}(?:\.\d{1,9})?)-(?P<end>\d{1,9}(?:\.\d{1,9})?),\d{1,20},(?P<rate>\d{1,20})"
    r"(?:,[\d.]{1,20},(?P<lost>-?\d{1,15}),(?P<sent>-?\d{1,15})(?:,.*)?)?"
)
"""One line of iperf 2's CSV, ``iperf -y C``: an interval, or a total."""

_ALMOST = re.compile(r"\[ *(?:\*?\d{1,9}|SUM)\](?:\[\w\w-\w\])? +[\d.]{1,20}- *[\d.]{1,20} +sec\b")
_LOST = re.compile(r" ms +(?P<lost>-?\d{1,15})/ *(?P<sent>-?\d{1,15}) +\(")
_ERROR = re.compile(r"iperf3?: (?:error|interrupt) - (.{1,200})")
_TOTALS = "- - - -"
_LONGEST_LINE = 1000
_UNITS = {
    f"{prefix}{kind}": first * base**power
    for kind, first, base in (("bits", 1.0, 1000.0), ("Bytes", 8.0, 1024.0))
    for power, prefix in enumerate(("", "K", "M", "G", "T"))
}


def text_tests(data: bytes, name: str) -> list[Test]:
    """Return the tests of a report; at least one, if need be without intervals.

    Args:
        data: The file's content.
        name: The file as the user named it.

    Raises:
        InputError: With the line, for intervals that cannot be read.
    """
    text = data.decode("utf-8-sig", "replace")
    tests = Tests()
    take = _record if RECORD.match(text.lstrip()) else _line
    for number, line in enumerate(text.split("\n"), start=1):
        take(line[:_LONGEST_LINE], number, name, tests)
    return tests.all()


def _line(line: str, number: int, name: str, tests: Tests) -> None:
    """Note what one line of text tells."""
    match = INTERVAL.search(line)
    if match is None:
        if _ALMOST.search(line) and "datagrams received out-of-order" not in line:
            rule = "must be an interval with a transfer and a rate"
            remedy = "correct or remove the line"
            raise refuse(name, number, "line", line.strip(), rule=rule, remedy=remedy)
        _words(line, tests)
        return
    tail = line[match.end() :].split()
    if tail and tail[-1] in {"(omitted)", "sender", "receiver"}:
        if tail[-1] != "(omitted)":
            tests.end()
        elif tests.current.ended:
            tests.begin()
        return
    counted = _LOST.search(line, match.end())
    loss = float("nan")
    if counted is not None:
        tests.current.udp = True
        loss = share_lost(int(counted["lost"]), int(counted["sent"]))
    interval = Interval(
        number,
        float(match["start"]),
        float(match["end"]),
        float(match["rate"]) * _UNITS[match["unit"]],
        loss,
    )
    tests.add((match["role"] or "", match["id"]), interval)


_BEGIN = ("Server listening on", "Accepted connection from", "Server output:")
_CLIENT = ("Connecting to host", "Client connecting to")


def _words(line: str, tests: Tests) -> None:
    """Note what a line that is no interval tells of the test around it."""
    if any(words in line for words in (*_BEGIN, *_CLIENT)) or (
        "] local " in line and " connected " in line and tests.current.ended
    ):
        tests.begin()
    test = tests.current
    if _TOTALS in line:
        tests.end()
    elif any(words in line for words in _CLIENT):
        test.direction, test.server = "uplink", False
    elif "Server listening on" in line:
        # In version 3 the client may ask the server to send.
        test.direction = "uplink" if " port " in line else "unknown"
        test.server = True
    elif "Reverse mode" in line or "(reverse)" in line:
        test.direction = "downlink"
    test.udp = test.udp or any(
        words in line for words in ("protocol: UDP", "Datagrams", "UDP port")
    )
    test.limited = test.limited or "Target Bitrate" in line
    failed = _ERROR.search(line)
    if failed is not None:
        test.error = failed[1].strip()


def _record(line: str, number: int, name: str, tests: Tests) -> None:
    """Note what one line of iperf 2's CSV tells."""
    if not line.strip():
        return
    match = RECORD.fullmatch(line.strip())
    if match is None:
        rule = "must be a record of `iperf -y C`: nine fields or more"
        raise refuse(
            name, number, "line", line.strip(), rule=rule, remedy="correct or remove the line"
        )
    loss = float("nan")
    if match["sent"] is not None:
        loss = share_lost(int(match["lost"]), int(match["sent"]))
    stream = "SUM" if match["id"] == "-1" else match["id"]
    if tests.current.ended and ("", stream) not in tests.current.streams and stream != "SUM":
        tests.begin()
    tests.current.direction = "uplink"
    interval = Interval(
        number, float(match["start"]), float(match["end"]), float(match["rate"]), loss
    )
    tests.add(("", stream), interval)

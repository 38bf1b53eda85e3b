"""The tests of iperf3's JSON: documents one after another or in a list, or a stream of events.

``--json`` writes one document a test, and a server, or a file appended to, holds several.
``--json-stream`` writes a line an event: ``start``, ``interval`` and ``end``, perhaps ``error``. Of
each interval the sum over streams counts; omitted intervals are left out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from traces.formats.interface import option, refuse
from traces.formats.iperf_tests import Report, overloaded, share_lost
from traces.formats.json_text import JsonText

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from simulator.foundation.errors import InputError
    from traces.about import Direction
    from traces.formats.json_text import Path

__all__ = ["JsonTest", "json_report", "json_tests"]

_CUT_OFF = "the file ends within a line"


@dataclass(slots=True, kw_only=True)
class JsonTest:
    """One test.

    Attributes:
        start: What its report begins with.
        intervals: Its intervals, each with the text it stands in and where there.
        error: What ended it early, in iperf's words.
        line: Where it begins.
    """

    start: object = None
    intervals: list[tuple[object, JsonText, Path]] = field(default_factory=list)
    error: str = ""
    line: int = 1


def json_tests(data: bytes, name: str) -> list[JsonTest]:
    """Return the tests of a file, those without intervals only if there is no other.

    Raises:
        InputError: With the line, for what is no JSON or no report.
    """
    found: list[JsonTest] = []
    for text in JsonText.parse_all(data, name):
        document = text.document
        if document is None:
            if found:
                found[-1].error = found[-1].error or _CUT_OFF
        elif isinstance(document, list) and document:
            parts = enumerate(document)
            found += [_whole(_part(text, one, k)) for k, one in parts]
        elif isinstance(document, dict) and "event" in document:
            _event(document, text, found)
        else:
            found.append(_whole(text))
    return [test for test in found if test.intervals] or found[:1]


def _part(text: JsonText, document: object, k: int) -> JsonText:
    return JsonText(
        name=text.name, text=text.text, document=document, first_line=text.first_line, root=(k,)
    )


def _whole(text: JsonText) -> JsonTest:
    """Return the test of a document."""
    error = _of(text.document, "error")
    error = error if isinstance(error, str) else ""
    intervals = text.member("intervals")
    if not (error and intervals == []):
        intervals = text.entries(intervals, ("intervals",))
    assert isinstance(intervals, list)  # noqa: S101  # or it was refused
    return JsonTest(
        start=_of(text.document, "start"),
        intervals=[(one, text, ("intervals", k)) for k, one in enumerate(intervals)],
        error=error,
        line=text.line(),
    )


def _event(document: dict[str, Any], text: JsonText, found: list[JsonTest]) -> None:
    """Take one line of a stream."""
    kind, content = document["event"], document.get("data")
    if kind == "start" or not found:
        found.append(JsonTest(line=text.first_line))
    test = found[-1]
    if kind == "start":
        test.start = content
    elif kind == "interval":
        path: Path = ("data",) if "data" in document else ()
        test.intervals.append((content, text, path))
    elif kind == "error":
        test.error = content if isinstance(content, str) else "an error without words"


def json_report(test: JsonTest, name: str, wanted: Direction | None) -> Report:
    """Return what a test tells of one direction.

    Raises:
        InputError: With the line, for no intervals, numbers that are none, both directions and no
            choice.
    """
    start = _of(test.start, "test_start")
    if not test.intervals:
        raise _nothing(test, name)
    both = bool(_of(start, "bidirectional")) or bool(_of(start, "bidir"))
    if both and wanted is None:
        _, text, path = test.intervals[0]
        rule = f"tests both directions at once: {option('direction', 'uplink')}, or downlink"
        raise text.refuse(path, "intervals", "iperf3 --bidir", rule=rule)
    key = "sum_bidir_reverse" if both and wanted == "downlink" else "sum"
    sums = [_of(interval, key) for interval, _, _ in test.intervals]
    columns = [_numbers(test, sums, key, what) for what in ("start", "end", "bits_per_second")]
    kept = np.flatnonzero([_of(one, "omitted") is not True for one in sums])
    if not kept.size:
        _, text, path = test.intervals[0]
        raise text.refuse(path, "intervals", "all", rule="must not be omitted")
    starts, ends, rates = (column[kept] for column in columns)
    direction: Direction = "unknown"
    if start:
        direction = "downlink" if _of(start, "reverse") else "uplink"
    if both and wanted is not None:
        direction = wanted
    loss = _loss(test, sums, key)
    loss = None if loss is None or np.isnan(loss[kept]).all() else loss[kept]
    udp = _of(start, "protocol") == "UDP" or loss is not None

    def line(k: int) -> int:
        _, text, path = test.intervals[int(kept[k])]
        return text.line(*path, key)

    return Report(
        starts_s=starts,
        ends_s=ends,
        rates_bps=rates,
        loss=loss,
        direction=direction,
        fills_the_link=overloaded(loss) if udp else not _of(start, "target_bitrate"),
        sent_only=udp and _of(sums[0], "sender") is True,
        error=test.error,
        line=line,
    )


def _nothing(test: JsonTest, name: str) -> InputError:
    if test.error:
        rule, remedy = "ended the test before its first interval", "give the report of a whole test"
        return refuse(name, test.line, "iperf's error", test.error, rule=rule, remedy=remedy)
    rule, remedy = "must be in the stream", "give the report of a whole test"
    return refuse(name, test.line, "intervals", "none", rule=rule, remedy=remedy)


def _numbers(test: JsonTest, sums: Sequence[object], key: str, what: str) -> NDArray[np.float64]:
    """Return one number of each interval's sum."""
    found = []
    for one, (_, text, path) in zip(sums, test.intervals, strict=True):
        if isinstance(one, dict) and type(value := one.get(what)) in {int, float}:
            found.append(value)
        elif isinstance(one, dict) and what in one:
            raise text.refuse((*path, key, what), what, one[what], rule="must be a finite number")
        else:
            entry = f"entry {len(found) + 1}"
            raise text.refuse(path, entry, "no member", rule=f"is named {what!r}")
    return _finite(found, test, key, what)


def _finite(found: list[Any], test: JsonTest, key: str, what: str) -> NDArray[np.float64]:
    try:
        values = np.array(found, dtype=np.float64)
    except OverflowError:
        values = np.array([value if abs(value) < 1e300 else np.inf for value in found])  # noqa: PLR2004
    wrong = np.flatnonzero(np.isinf(values))
    if wrong.size:
        k = int(wrong[0])
        _, text, path = test.intervals[k]
        raise text.refuse((*path, key, what), what, found[k], rule="must be a finite number")
    return values


def _loss(test: JsonTest, sums: Sequence[Any], key: str) -> NDArray[np.float64] | None:
    """Return the share lost in each interval; None where no interval tells."""
    percent, lost, sent = (
        _there(test, sums, key, what) for what in ("lost_percent", "lost_packets", "packets")
    )
    if lost is None or sent is None:
        return None if percent is None else percent / 100
    return np.array(list(map(share_lost, lost.tolist(), sent.tolist())))


def _there(test: JsonTest, sums: Sequence[Any], key: str, what: str) -> NDArray[np.float64] | None:
    """Return a number that some sums have, NaN for the others; None if none has it."""
    lacking = [not isinstance(one, dict) or what not in one for one in sums]
    if all(lacking):
        return None
    filled = [{what: 0.0} if no else one for no, one in zip(lacking, sums, strict=True)]
    values = _numbers(test, filled, key, what)
    values[lacking] = np.nan
    return values


def _of(value: object, key: str) -> Any:  # noqa: ANN401  # whatever the file says
    """Return a member of what may be an object, else an empty one."""
    return value.get(key, {}) if isinstance(value, dict) else {}

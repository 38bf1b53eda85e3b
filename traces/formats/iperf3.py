"""Reader for iperf's reports: version 3's JSON, stream of JSON and text, version 2's text and CSV.

Of each interval the sum over streams counts; omitted intervals, written while TCP starts slowly,
are left out, and so are the totals at the end. Rates are 10^6 bit/s to the Mbit/s in every form.
Of several tests in one file one is chosen. Time between intervals that no line covers is unknown
and left out.

A TCP test without a target fills the link. With a target, and in any UDP test, the rate is what was
asked for unless packets were lost: a flow rate. The sender's side of UDP tells what was sent, not
what arrived. The client is taken to be the device: what it sends is uplink.

The receiver's side of UDP counts losses, which become the trace's. A test that sent more than the
link could carry caused most of them itself. Jitter stays in the file.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.iperf3_json import json_report, json_tests
from traces.formats.iperf3_text import text_tests
from traces.formats.iperf_tests import Report, chosen, first_line, report
from traces.formats.quality import Quality, losses
from traces.formats.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_JSON = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{|\[\s*\{)")
_LONGEST_ERROR = 120


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read an iperf report, JSON, text or CSV.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``run``, needed where the file holds several tests; ``direction`` for tests of both
            directions at once; ``after``; ``backwards``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for reports without intervals, several tests and no choice, times
            that go back, rates that are negative, absurd or all 0, several streams without their
            sum, the other direction.

    Example:
        >>> text = b"[  5]   0.00-1.00   sec   340 KBytes  2.79 Mbits/sec\n"
        >>> read(text + b"[  5]   1.00-3.00   sec   9.1 KBytes  37.2 Kbits/sec\n", "x", {}).mean_bps
        954800.0
        >>> sums = b'{"intervals": [{"sum": {"start": 0, "end": 0.5, "bits_per_second": 9e6}}]}'
        >>> read(sums, "x", {}).mean_bps
        9000000.0
    """
    wanted, run = options.get("direction"), options.get("run")
    if _JSON.match(data):
        documents = json_tests(data, name)
        k = chosen(documents, [test.line for test in documents], name, run)
        found = json_report(documents[k], name, wanted)
    else:
        tests = text_tests(data, name)
        found = report(tests[chosen(tests, list(map(first_line, tests)), name, run)], name, wanted)
    if wanted is not None and found.direction not in {wanted, "unknown"}:
        rule, remedy = f"is a test of the {found.direction} only", "leave `direction` out"
        raise refuse(name, None, "direction", wanted, rule=rule, remedy=remedy)
    about = TraceAbout(
        name=PurePath(name).name,
        measures="capacity" if found.fills_the_link else "flow-rate",
        direction=found.direction,
        source="iperf report",
        doubts=tuple(_doubts(found)),
    )
    loss = None if found.loss is None else np.clip(found.loss, 0, 1)
    return Samples(
        clock_s=found.starts_s,
        rates_bps=found.rates_bps,
        ends_s=found.ends_s,
        quality=Quality(loss=losses(loss, name, "loss", found.line)),
        line=found.line,
        rate_name="bits_per_second",
        unit_bps=1.0,
    ).trace(name, options, about)


def _doubts(found: Report) -> Iterator[str]:
    """Yield what is doubtful about a test that ended early, or one of UDP."""
    if found.error:
        shown = "".join(c for c in found.error if c.isprintable())[:_LONGEST_ERROR]
        yield f"ended early, as iperf says: {shown}"
    if found.sent_only:
        yield "tells what UDP sent, not what arrived"
    if found.loss is None:
        return
    odd = int(((found.loss < 0) | (found.loss > 1)).sum())
    if odd:
        numbers = "1 loss" if odd == 1 else f"{odd} losses"
        yield (
            f"has {numbers} below 0 or above 1, as some datagrams came late: taken as 0 or 1, "
            "though they set losses counted before them right"
        )
    if found.fills_the_link:
        yield (
            "has losses of a test that sent more than the link could carry: with them and its "
            "rates, what did not fit is counted twice"
        )


READER = Reader(
    name="iperf3",
    title="iperf 3 or 2 report: JSON, JSON stream, text or CSV",
    options={
        "after": ("loop", "hold", "stop"),
        "run": (),
        "direction": ("uplink", "downlink"),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

"""Reader for iperf3's reports: the JSON of ``iperf3 --json``, and its text.

Of each interval the sum over streams counts; omitted intervals, written while TCP starts slowly,
are left out, and so are the totals at the end. Rates are 10^6 bit/s to the Mbit/s in both forms.

A TCP test without a target fills the link. With a target, and in any UDP test, the rate is what was
asked for unless packets were lost: a flow rate. The sender's side of UDP tells what was sent, not
what arrived. The client is taken to be the device: what it sends is uplink.

The receiver's side of UDP counts losses, which become the trace's. A test that sent more than the
link could carry caused most of them itself. Jitter stays in the file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, refuse
from traces.formats.iperf3_text import Report, overloaded, report, share_lost
from traces.formats.json_text import JsonText
from traces.formats.quality import Quality, losses
from traces.formats.samples import Samples

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from traces.about import Direction
    from traces.rate import RateTrace

__all__ = ["READER", "read"]


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read an iperf3 report, JSON or text.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``direction`` for tests of both directions at once; ``after``; ``backwards``;
            ``ceiling_bps``.

    Raises:
        InputError: With the line, for reports without intervals, times that go back, rates that
            are negative, absurd or all 0, several streams without their sum, the other direction.

    Example:
        >>> text = b"[  5]   0.00-1.00   sec   340 KBytes  2.79 Mbits/sec\n"
        >>> read(text + b"[  5]   1.00-3.00   sec   9.1 KBytes  37.2 Kbits/sec\n", "x", {}).mean_bps
        954800.0
        >>> sums = b'{"intervals": [{"sum": {"start": 0, "end": 0.5, "bits_per_second": 9e6}}]}'
        >>> read(sums, "x", {}).mean_bps
        9000000.0
    """
    wanted = options.get("direction")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        found = _json_report(JsonText.parse(data, name), wanted)
    else:
        found = report(data, name, wanted)
    if wanted is not None and found.direction not in {wanted, "unknown"}:
        rule, remedy = f"is a test of the {found.direction} only", "leave `direction` out"
        raise refuse(name, None, "direction", wanted, rule=rule, remedy=remedy)
    about = TraceAbout(
        name=PurePath(name).name,
        measures="capacity" if found.fills_the_link else "flow-rate",
        direction=found.direction,
        source="iperf3 report",
        doubts=tuple(_doubts(found)),
    )
    loss = None if found.loss is None else np.clip(found.loss, 0, 1)
    return Samples(
        clock_s=found.starts_s,
        rates_bps=found.rates_bps,
        last_s=float(found.ends_s[-1] - found.starts_s[-1]),
        quality=Quality(loss=losses(loss, name, "loss", found.line)),
        line=found.line,
        rate_name="bits_per_second",
        unit_bps=1.0,
    ).trace(name, options, about)


def _doubts(found: Report) -> Iterator[str]:
    """Yield what is doubtful about a test of UDP."""
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


def _json_report(text: JsonText, wanted: Direction | None) -> Report:
    intervals = text.entries(text.member("intervals"), ("intervals",))
    start = _of(_of(text.document, "start"), "test_start")
    both = bool(_of(start, "bidirectional"))
    if both and wanted is None:
        rule = "tests both directions at once: say which as `direction`"
        raise text.refuse(("intervals",), "intervals", "iperf3 --bidir", rule=rule)
    key = "sum_bidir_reverse" if both and wanted == "downlink" else "sum"
    sums = [_of(interval, key) for interval in intervals]
    columns = [
        text.numbers(sums, name, ("intervals",), inner=(key,))
        for name in ("start", "end", "bits_per_second")
    ]
    kept = np.flatnonzero([_of(one, "omitted") is not True for one in sums])
    if not kept.size:
        raise text.refuse(("intervals",), "intervals", "all", rule="must not be omitted")
    starts, ends, rates = (column[kept] for column in columns)
    reverse = _of(start, "reverse")
    direction: Direction = "unknown"
    if start:
        direction = "downlink" if reverse else "uplink"
    if both and wanted is not None:
        direction = wanted
    loss = _json_loss(text, sums, key)
    loss = None if loss is None or np.isnan(loss[kept]).all() else loss[kept]
    udp = _of(start, "protocol") == "UDP" or loss is not None
    return Report(
        starts_s=starts,
        ends_s=ends,
        rates_bps=rates,
        loss=loss,
        direction=direction,
        fills_the_link=overloaded(loss) if udp else not _of(start, "target_bitrate"),
        sent_only=udp and _of(sums[0], "sender") is True,
        line=lambda k: text.line("intervals", int(kept[k]), key),
    )


def _json_loss(text: JsonText, sums: list[Any], key: str) -> NDArray[np.float64] | None:
    """Return the share lost in each interval; None where no interval tells."""
    percent = text.numbers_there(sums, "lost_percent", ("intervals",), inner=(key,))
    counts = [
        text.numbers_there(sums, name, ("intervals",), inner=(key,))
        for name in ("lost_packets", "packets")
    ]
    lost, sent = counts
    if lost is None or sent is None:
        return None if percent is None else percent / 100
    return np.array(list(map(share_lost, lost.tolist(), sent.tolist())))


def _of(value: object, key: str) -> Any:  # noqa: ANN401  # whatever the file says
    """Return a member of what may be an object, else an empty one."""
    return value.get(key, {}) if isinstance(value, dict) else {}


READER = Reader(
    name="iperf3",
    title="iperf3 report: JSON or text",
    options={
        "after": ("loop", "hold", "stop"),
        "direction": ("uplink", "downlink"),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

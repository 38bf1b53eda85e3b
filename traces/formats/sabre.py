"""Reader for the JSON of Sabre, a simulator of video streaming (Spiteri et al., MMSys 2018).

A list of periods, played in a circle::

    [{"duration_ms": 30000, "bandwidth_kbps": 5000, "latency_ms": 75}, ...]

Half of a latency is taken as the one-way delay. That is little to build on: Sabre charges it once
a request, and in the published sets it was invented, as their authors say.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.intervals import Intervals
from traces.formats.json_text import JsonText
from traces.formats.quality import Quality, delays_ns

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["READER", "read"]


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    """Read a Sabre trace.

    Args:
        data: The file's content. A rate of 0 is legal, for all periods it is not. A period without
            a latency keeps the one before.
        name: The file as the user named it.
        options: ``after``, ``ceiling_bps``.

    Raises:
        InputError: With the line, for what is no such list, negative or absurd numbers, or no
            capacity.

    Example:
        >>> trace = read(b'[{"duration_ms": 500, "bandwidth_kbps": 8, "latency_ms": 9}]', "x", {})
        >>> trace.mean_bps, trace.conditions.delay_ns_at(0)
        (8000.0, 4500000)
    """
    text = JsonText.parse(data, name)
    periods = text.entries(text.document, ())
    latencies = text.numbers_there(periods, "latency_ms", ())
    doubt = (
        "has half of `latency_ms` as its delay, which Sabre charges once a request and which "
        "published files invented"
    )
    return Intervals(
        lengths_s=text.numbers(periods, "duration_ms", ()) / 1e3,
        rates_bps=text.numbers(periods, "bandwidth_kbps", ()) * 1e3,
        quality=Quality(
            delay_ns=delays_ns(latencies, name, "latency_ms", text.line, one_way=0.5),
        ),
        line=text.line,
        length_name="duration_ms",
        rate_name="bandwidth_kbps",
        unit_bps=1e3,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            direction="downlink",
            source="Sabre JSON",
            doubts=() if latencies is None else (doubt,),
        ),
    )


READER = Reader(
    name="sabre",
    title="Sabre JSON: periods in ms, kbit/s",
    options={"after": ("loop", "hold", "stop"), "ceiling_bps": ()},
    read=read,
)

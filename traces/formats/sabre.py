"""Reader for the JSON of Sabre, a simulator of video streaming (Spiteri et al., MMSys 2018).

A list of periods, played in a circle::

    [{"duration_ms": 30000, "bandwidth_kbps": 5000, "latency_ms": 75}, ...]

The latencies are not used: in the published sets they were invented, as their authors say.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.intervals import Intervals
from traces.formats.json_text import JsonText

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["READER", "read"]


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    """Read a Sabre trace.

    Args:
        data: The file's content. A rate of 0 is legal, for all periods it is not.
        name: The file as the user named it.
        options: ``after``, ``ceiling_bps``.

    Raises:
        InputError: With the line, for what is no such list, negative or absurd numbers, or no
            capacity.

    Example:
        >>> read(b'[{"duration_ms": 500, "bandwidth_kbps": 8, "latency_ms": 9}]', "x", {}).mean_bps
        8000.0
    """
    text = JsonText.parse(data, name)
    periods = text.entries(text.document, ())
    return Intervals(
        lengths_s=text.numbers(periods, "duration_ms", ()) / 1e3,
        rates_bps=text.numbers(periods, "bandwidth_kbps", ()) * 1e3,
        line=text.line,
        length_name="duration_ms",
        rate_name="bandwidth_kbps",
        unit_bps=1e3,
    ).trace(
        name,
        options,
        TraceAbout(name=PurePath(name).name, direction="downlink", source="Sabre JSON"),
    )


READER = Reader(
    name="sabre",
    title="Sabre JSON: periods in ms, kbit/s",
    options={"after": ("loop", "hold", "stop"), "ceiling_bps": ()},
    read=read,
)

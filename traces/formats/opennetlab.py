"""Reader for the JSON of OpenNetLab and AlphaRTC, a testbed of real-time video.

A pattern for each direction, played in a circle; durations in ms, capacities in kbit/s::

    {"type": "video", "downlink": {}, "uplink": {"trace_pattern": [
        {"duration": 2896, "capacity": 179, "loss": 0, "rtt": 89, "jitter": 0}, ...]}}

Loss, round-trip times and jitter stay in the file: a trace is capacity only.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.intervals import Intervals
from traces.formats.json_text import JsonText, Path

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["READER", "read"]


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    """Read an OpenNetLab trace.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``direction`` (default ``uplink``, which is all that AlphaRTC itself reads),
            ``after``, ``ceiling_bps`` (some published files hold spikes of 8 to 33 Gbit/s).

    Raises:
        InputError: With the line, for what is no such document, negative or absurd numbers, or no
            capacity.

    Example:
        >>> pattern = b'{"uplink": {"trace_pattern": [{"duration": 200, "capacity": 179}]}}'
        >>> trace = read(pattern, "x", {})
        >>> trace.mean_bps, trace.about.direction
        (179000.0, 'uplink')
    """
    text = JsonText.parse(data, name)
    direction = options.get("direction", "uplink")
    part = text.member(direction)
    if not isinstance(part, dict) or "trace_pattern" not in part:
        rule = "holds no trace_pattern: try the other `direction`"
        raise text.refuse((direction,), "document", direction, rule=rule)
    path: Path = (direction, "trace_pattern")
    steps = text.entries(part["trace_pattern"], path)
    capacities = text.numbers(steps, "capacity", path)
    doubts = ("has capacities of 0, at which AlphaRTC loses packets; here they wait",)
    return Intervals(
        lengths_s=text.numbers(steps, "duration", path) / 1e3,
        rates_bps=capacities * 1e3,
        line=lambda k: text.line(*path, k),
        rate_name="capacity",
        unit_bps=1e3,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            direction=direction,
            source="OpenNetLab / AlphaRTC JSON",
            doubts=doubts if (capacities == 0).any() else (),
        ),
    )


READER = Reader(
    name="opennetlab",
    title="OpenNetLab / AlphaRTC JSON: durations in ms, kbit/s",
    options={
        "after": ("loop", "hold", "stop"),
        "direction": ("uplink", "downlink"),
        "ceiling_bps": (),
    },
    read=read,
)

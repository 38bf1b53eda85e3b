"""Reader for the JSON of OpenNetLab and AlphaRTC, a testbed of real-time video.

A pattern for each direction, played in a circle; durations in ms, capacities in kbit/s::

    {"type": "video", "downlink": {}, "uplink": {"trace_pattern": [
        {"duration": 2896, "capacity": 179, "loss": 0, "rtt": 89, "jitter": 0}, ...]}}

Losses are shares, round-trip times are in ms, and half of one is the one-way delay. An entry
without either keeps the last one seen. AlphaRTC drops packets while the capacity is 0: the loss is
1 there, whatever the entry says. Jitter, which AlphaRTC itself ignores, stays in the file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.intervals import Intervals
from traces.formats.json_text import JsonText, Path
from traces.formats.quality import Quality, delays_ns, losses

if TYPE_CHECKING:
    from numpy.typing import NDArray

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
        >>> step = b'{"duration": 200, "capacity": 179, "loss": 0.01, "rtt": 80}'
        >>> trace = read(b'{"uplink": {"trace_pattern": [%s]}}' % step, "x", {})
        >>> trace.mean_bps, trace.about.direction
        (179000.0, 'uplink')
        >>> trace.conditions.loss_at(0), trace.conditions.delay_ns_at(0)
        (0.01, 40000000)
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

    def line(k: int) -> int:
        return text.line(*path, k)

    loss = losses(text.numbers_there(steps, "loss", path), name, "loss", line)
    rtt = text.numbers_there(steps, "rtt", path)
    return Intervals(
        lengths_s=text.numbers(steps, "duration", path) / 1e3,
        rates_bps=capacities * 1e3,
        quality=Quality(
            loss=_lost_at_rest(loss, capacities),
            delay_ns=delays_ns(rtt, name, "rtt", line, one_way=0.5),
        ),
        line=line,
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


def _lost_at_rest(
    loss: NDArray[np.float64] | None, capacities: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    """Return the losses with 1 where there is no capacity."""
    at_rest = capacities == 0
    if loss is None and not at_rest.any():
        return None
    return np.where(at_rest, 1.0, 0.0 if loss is None else loss)


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

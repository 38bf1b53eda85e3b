"""Reader for the history of a Starlink dish: what ``get_history`` returns, as JSON.

A value a second of the last quarter of an hour or so, in rings: ``current`` counts the seconds
since the dish started, and the oldest value stands at ``current`` modulo the ring's length::

    {"dishGetHistory": {"current": "3", "downlinkThroughputBps": [1000000, 2000000, 3000000],
     "uplinkThroughputBps": [...], "popPingDropRate": [0, 0, 0.1], "popPingLatencyMs": [...]}}

A throughput is what crossed, a flow rate and no capacity. The drop rate of pings to the next point
of presence is the loss, and half of their round trip the one-way delay. Names in snake case are
read likewise.
"""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions, option, refuse
from traces.formats.intervals import Intervals
from traces.formats.json_text import JsonText
from traces.formats.quality import Quality, delays_ns, losses

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.formats.json_text import Path
    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_HALF = "has half of the ping's round trip to the point of presence as its delay"


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    """Read a dish's history.

    Args:
        data: The file's content.
        name: The file as the user named it.
        options: ``direction``, which must be given; ``after``; ``ceiling_bps``.

    Raises:
        InputError: With the line, for what is no such document, no direction, rings of different
            lengths, numbers that are none, negative, absurd or all 0.

    Example:
        >>> text = b'{"dishGetHistory": {"current": "4", "uplinkThroughputBps": [3e6, 1e6, 2e6]}}'
        >>> trace = read(text, "x", {"direction": "uplink"})
        >>> [float(rate) for _, rate in trace.steps()]  # the oldest stands at 4 modulo 3
        [1000000.0, 2000000.0, 3000000.0]
    """
    text = JsonText.parse(data, name)
    history, path = _history(text)
    direction = options.get("direction")
    if direction is None:
        rule, remedy = "are in the file", f"{option('direction', 'uplink')}, or downlink"
        raise refuse(name, None, "directions", "uplink, downlink", rule=rule, remedy=remedy)
    key = f"{direction}ThroughputBps"
    rates = _ring(text, history, path, key)
    if rates is None:
        raise text.refuse(path, "history", "no member", rule=f"must be named {key!r}")
    order = _order(text, history, path, len(rates))
    beside = {}
    for what in ("popPingDropRate", "popPingLatencyMs"):
        found = _ring(text, history, path, what)
        if found is not None and len(found) != len(rates):
            rule = f"must be as many as the {len(rates)} of {key}"
            raise text.refuse((*path, _spelt(history, what)), what, len(found), rule=rule)
        beside[what] = None if found is None else found[order]

    def line(_: int) -> int:
        return text.line(*path, _spelt(history, key))

    loss = losses(beside["popPingDropRate"], name, "popPingDropRate", line)
    delay = delays_ns(beside["popPingLatencyMs"], name, "popPingLatencyMs", line, one_way=0.5)
    return Intervals(
        lengths_s=np.ones(len(order)),
        rates_bps=rates[order],
        quality=Quality(loss=loss, delay_ns=delay),
        line=line,
        rate_name=key,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            measures="flow-rate",
            direction=direction,
            source="history of a Starlink dish: what crossed each second",
            doubts=() if delay is None else (_HALF,),
        ),
    )


def _history(text: JsonText) -> tuple[dict[str, object], Path]:
    """Return the object with the rings, and where it is."""
    document = text.document
    for path in (("dishGetHistory",), ("dish_get_history",), ()):
        found = document
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        if isinstance(found, dict):
            return found, path
    raise text.refuse((), "document", type(document).__name__, rule="must hold dishGetHistory")


def _spelt(history: dict[str, object], key: str) -> str:
    """Return a name as the file spells it."""
    snake = re.sub(r"(?=[A-Z])", "_", key).lower()
    return snake if key not in history and snake in history else key


def _ring(
    text: JsonText, history: dict[str, object], path: Path, key: str
) -> NDArray[np.float64] | None:
    """Return the numbers of a ring, NaN for the dish's null and "NaN"; None if there is none."""
    spelt = _spelt(history, key)
    if spelt not in history:
        return None
    here = (*path, spelt)
    entries = text.entries(history[spelt], here)
    if None not in entries and "NaN" not in entries:
        return text.numbers(entries, None, here)
    nothing = [one is None or one == "NaN" for one in entries]
    filled = [0.0 if no else one for no, one in zip(nothing, entries, strict=True)]
    values = text.numbers(filled, None, here)
    values[nothing] = np.nan
    return values


def _order(
    text: JsonText, history: dict[str, object], path: Path, length: int
) -> NDArray[np.int64]:
    """Return the places of a ring from the oldest second to the newest."""
    current = history.get("current", length)
    if isinstance(current, str) and current.isascii() and current.isdecimal():
        current = int(current[:18])
    if type(current) is not int or current < 1:
        rule = "must be a count of seconds above 0"
        raise text.refuse((*path, "current"), "current", current, rule=rule)
    if current <= length:
        return np.arange(current)  # the ring is not full yet
    return (np.arange(length) + current) % length


READER = Reader(
    name="starlink",
    title="Starlink dish history JSON: a value a second, bit/s",
    options={
        "after": ("loop", "hold", "stop"),
        "direction": ("uplink", "downlink"),
        "ceiling_bps": (),
    },
    read=read,
)

"""Reader for the JSON of Genet and Aurora, which learn congestion control.

Seconds, Mbit/s, and properties of the link that are no capacity::

    {"timestamps": [0.0, 0.5, 1.0], "bandwidths": [0.1, 0.67, 0.3], "delays": [78.1], "loss": 0,
     "queue": 10, "delay_noise": 0, "T_s": 0}

A bandwidth holds until the next time, and the last one for ever after the last time: such a trace
does not loop (Xia et al., "Genet", SIGCOMM 2022). Delays, loss and queue stay in the file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.json_text import JsonText
from traces.formats.rows import Rows
from traces.formats.steps import steps

if TYPE_CHECKING:
    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_FLOOR_MBPS = 0.1


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    """Read a Genet trace.

    Args:
        data: The file's content. The first time may be anything.
        name: The file as the user named it.
        options: ``after`` (default ``hold``), ``period_ns``, ``backwards``, ``ceiling_bps``.

    Raises:
        InputError: With the line, for what is no such document, lists of different lengths,
            decreasing times, negative or absurd numbers, or no capacity.

    Example:
        >>> trace = read(b'{"timestamps": [0, 1, 3], "bandwidths": [4, 1, 7]}', "x", {})
        >>> round(trace.mean_bps), trace.after, trace.capacity(4 * 10**9) // trace.units_per_byte
        (2000000, 'hold', 1625000)
    """
    text = JsonText.parse(data, name)
    columns = []
    for key in ("timestamps", "bandwidths"):
        found = text.entries(text.member(key), (key,))
        columns.append(text.numbers(found, None, (key,)))
    times, rates = columns
    if len(times) != len(rates):
        rule = f"must be as many as the {len(times)} timestamps"
        raise text.refuse(("bandwidths",), "bandwidths", len(rates), rule=rule)
    generated = isinstance(text.document, dict) and bool(text.document.get("T_s"))
    floor = "holds no rate below 0.1 Mbit/s, a floor its makers wrote over slower seconds"
    about = TraceAbout(
        name=PurePath(name).name,
        measures="capacity" if generated else "flow-rate",
        source=f"Genet / Aurora JSON, {'generated' if generated else 'recorded'}",
        doubts=(floor,) if rates.min() == _FLOOR_MBPS else (),
    )
    lines = np.full(len(times), text.line("bandwidths"))
    rows = Rows(values=np.stack([times, rates], axis=1), lines=lines)
    given: ReadOptions = {"after": "hold", **options}
    return steps(rows, name, given, about, hold="until-next")


READER = Reader(
    name="genet",
    title="Genet / Aurora JSON: times in s, Mbit/s",
    options={
        "after": ("hold", "loop", "stop"),
        "period_ns": (),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

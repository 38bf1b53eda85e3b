"""Reader for the JSON of Genet and Aurora, which learn congestion control.

Seconds, Mbit/s, and properties of the link that are no capacity::

    {"timestamps": [0.0, 0.5, 1.0], "bandwidths": [0.1, 0.67, 0.3], "delays": [78.1], "loss": 0,
     "queue": 10, "delay_noise": 0, "T_s": 0}

A bandwidth holds until the next time, and the last one for ever after the last time: such a trace
does not loop (Xia et al., "Genet", SIGCOMM 2022). There is one loss, and one delay, one way and in
ms, or as many as there are times. The queue's length and the noise on delays stay in the file.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import Reader, ReadOptions
from traces.formats.json_text import JsonText
from traces.formats.quality import Quality, delays_ns, losses
from traces.formats.rows import Rows
from traces.formats.steps import steps

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

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
        >>> lists = b'"timestamps": [0, 1, 3], "bandwidths": [4, 1, 7], "delays": [78.5]'
        >>> trace = read(b'{%s, "loss": 0.01}' % lists, "x", {})
        >>> round(trace.mean_bps), trace.after, trace.capacity(4 * 10**9) // trace.units_per_byte
        (2000000, 'hold', 1625000)
        >>> trace.conditions.delay_ns_at(0), trace.conditions.loss_at(0)
        (78500000, 0.01)
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
    quality = Quality(
        loss=losses(_beside(text, "loss", len(times)), name, "loss", _line_of(text, "loss")),
        delay_ns=delays_ns(
            _beside(text, "delays", len(times)), name, "delays", _line_of(text, "delays")
        ),
    )
    given: ReadOptions = {"after": "hold", **options}
    return steps(rows, name, given, about, hold="until-next", quality=quality)


def _beside(text: JsonText, key: str, rows: int) -> NDArray[np.float64] | None:
    """Return what a number, or a list of one or of all, says of each time; None without it."""
    assert isinstance(text.document, dict)  # noqa: S101  # it had timestamps
    found = text.document.get(key)
    if found is None or found == []:
        return None
    if not isinstance(found, list):
        return np.full(rows, text.number(key))
    values = text.numbers(found, None, (key,))
    if len(values) not in {1, rows}:
        rule = f"must be one, or as many as the {rows} timestamps"
        raise text.refuse((key,), key, len(values), rule=rule)
    return np.broadcast_to(values, rows)


def _line_of(text: JsonText, key: str) -> Callable[[int], int]:
    """Return the function from any row to the line on which a member begins."""
    return lambda _: text.line(key)


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

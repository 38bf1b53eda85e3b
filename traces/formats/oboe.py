"""Reader for Oboe's traces (Akhtar et al., SIGCOMM 2018): milliseconds and kbit/s, in pairs.

Lines 2k-1 and 2k are the start and the end of one download and have one rate; between downloads
the authors ask for linear interpolation::

    15.0 3168.6448801742918
    474.0 3168.6448801742918
    514.0 3183.2225063938617
    905.0 3183.2225063938617

A trace of constant rates follows the slopes in steps of about 100 ms that carry the same bytes.
"""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import LONGEST_S, Reader, ReadOptions, refuse
from traces.formats.intervals import Intervals
from traces.formats.order import in_order
from traces.formats.rows import numbers

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.rate import RateTrace

__all__ = ["READER", "read"]

_STEP_MS = 100.0
_MOST_STEPS = 20
_MANY = 2_000_000


def read(data: bytes, name: str, options: ReadOptions) -> RateTrace:
    r"""Read an Oboe trace.

    Args:
        data: Two columns separated by blanks or tabs. The first time may be anything; the period
            is last - first.
        name: The file as the user named it.
        options: ``after``, ``backwards``, ``ceiling_bps``.

    Raises:
        InputError: With the line, for decreasing times, negative or absurd rates, no capacity.

    Example:
        >>> trace = read(b"100 8\n600 8\n700 24\n1100 24\n", "x", {})
        >>> trace.period_ns, trace.mean_bps  # 0.5 s of 8 kbit/s, 0.1 s from 8 to 24, 0.4 s of 24
        (1000000000, 15200.0)
    """
    rows = numbers(data, name, columns=(2,))
    taken = in_order(
        rows.values[:, 0], name, lambda k: int(rows.lines[k]), options.get("backwards", "refuse")
    )
    t_ms, kbps = rows.values[taken, 0], rows.values[taken, 1]
    lines = rows.lines[taken]
    negative = np.flatnonzero(kbps < 0)
    if len(t_ms) < 2 or negative.size or t_ms[-1] - t_ms[0] > LONGEST_S * 1e3:  # noqa: PLR2004
        k = int(negative[0]) if negative.size else len(t_ms) - 1
        raise refuse(
            name,
            int(lines[k]),
            "download",
            f"{t_ms[k]:g} ms, {kbps[k]:g} kbit/s",
            rule=f"must be two lines or more, of rates >= 0, within {LONGEST_S} s",
            remedy="give start and end of each download in ms, with its rate in kbit/s",
        )
    lengths_ms, rates, first = _slopes(np.diff(t_ms), kbps)
    return Intervals(
        lengths_s=lengths_ms / 1e3,
        rates_bps=rates * 1e3,
        line=lambda k: int(lines[first[k]]),
        unit_bps=1e3,
    ).trace(
        name,
        options,
        TraceAbout(
            name=PurePath(name).name,
            measures="flow-rate",
            direction="downlink",
            source="Oboe: what each chunk of a video session obtained",
        ),
    )


def _slopes(
    gaps_ms: NDArray[np.float64], kbps: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Return lengths and mean rates of steps along straight lines, and the line each begins at."""
    sloping = np.diff(kbps) != 0
    parts = np.where(sloping, np.clip(np.ceil(gaps_ms / _STEP_MS), 1, _MOST_STEPS), 1)
    parts = parts.astype(np.int64)
    if parts.sum() > _MANY:
        parts = np.ones_like(parts)  # coarser, and still the same bytes from line to line
    first = np.repeat(np.arange(len(gaps_ms)), parts)
    within = np.arange(len(first)) - np.repeat(np.cumsum(parts) - parts, parts)
    share = (within + 0.5) / parts[first]
    rates = kbps[first] + share * (kbps[first + 1] - kbps[first])
    return (gaps_ms / parts)[first], rates, first


READER = Reader(
    name="oboe",
    title="Oboe: ms and kbit/s, start and end of each download",
    options={
        "after": ("loop", "hold", "stop"),
        "backwards": ("refuse", "cut", "sort"),
        "ceiling_bps": (),
    },
    read=read,
)

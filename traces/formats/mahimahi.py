"""Reader for mahimahi packet-delivery traces: a line is the millisecond of one opportunity.

The semantics are those of mahimahi's link queue (Netravali et al., "Mahimahi: accurate
record-and-replay for HTTP", USENIX ATC 2015): k equal lines are k opportunities, the period is the
last stamp, and a file of the single line ``1`` is 12 Mbit/s.
"""

from __future__ import annotations

import io
import re
from itertools import islice
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np

from traces.about import TraceAbout
from traces.formats.interface import LONGEST_S, Reader, ReadOptions, refuse
from traces.opportunity import OPPORTUNITY_BYTES, OpportunityTrace

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from traces.about import Direction

__all__ = ["READER", "read"]

_CHUNK = 100_000
_STAMP = re.compile(rb"[0-9]{1,18}\r?\n?")
_DIRECTION = re.compile(r"(?<![a-z])(up|down)(?:link)?(?![a-z])", re.IGNORECASE)


def read(data: bytes, name: str, options: ReadOptions) -> OpportunityTrace:
    r"""Read a mahimahi trace.

    Args:
        data: One whole number of milliseconds a line, never decreasing, the last above 0.
        name: The file as the user named it; ``.up``, ``.down`` and the like, as published traces
            have them in their names, tell the direction: ``uplink-3g-no-cross-subway.pps``.
        options: ``after`` (``loop`` or ``stop``), ``opportunity_bytes`` (1504, as in mahimahi's
            source; its documentation says 1500).

    Raises:
        InputError: With the line, for whatever mahimahi itself refuses.

    Example:
        >>> trace = read(b"0\n0\n4\n", "tiny.up", {})
        >>> trace.period_ns, trace.about.direction, trace.capacity(4_000_000) // 1504
        (4000000, 'uplink', 3)
    """
    stamps = _stamps(data.removeprefix(b"\xef\xbb\xbf").rstrip(), name)
    falls = np.flatnonzero(np.diff(stamps) < 0)
    if falls.size:
        k = int(falls[0]) + 1
        raise refuse(
            name,
            k + 1,
            "stamp",
            f"{stamps[k]} after {stamps[k - 1]}",
            rule="must not decrease",
            remedy="sort the lines; a list of rates is no mahimahi trace",
        )
    if not 0 < stamps[-1] <= LONGEST_S * 1000:
        raise refuse(
            name,
            len(stamps),
            "last stamp",
            f"{stamps[-1]} ms",
            rule=f"is the period and must be above 0 and at most {LONGEST_S * 1000} ms",
            remedy="give stamps in milliseconds from the start of the trace",
        )
    return OpportunityTrace.from_stamps(
        stamps * 10**6,
        bytes_each=options.get("opportunity_bytes", OPPORTUNITY_BYTES),
        after=options.get("after", "loop"),
        about=TraceAbout(
            name=PurePath(name).name,
            measures="capacity",
            direction=_direction(PurePath(name).name),
            source="mahimahi packet-delivery trace",
        ),
    )


def _direction(file: str) -> Direction:
    """Return what the words of a file's name say, unless they contradict each other."""
    words = {word.lower() for word in _DIRECTION.findall(file)}
    if words == {"up"}:
        return "uplink"
    return "downlink" if words == {"down"} else "unknown"


def _stamps(data: bytes, name: str) -> NDArray[np.int64]:
    stream = io.BytesIO(data)
    parts: list[NDArray[np.int64]] = []
    while chunk := list(islice(stream, _CHUNK)):
        if not all(map(_STAMP.fullmatch, chunk)):
            k = next(k for k, line in enumerate(chunk) if not _STAMP.fullmatch(line))
            raise refuse(
                name,
                len(parts) * _CHUNK + k + 1,
                "stamp",
                chunk[k].decode("utf-8", "replace").strip() or "(blank)",
                rule="must be one whole number of milliseconds >= 0",
                remedy="correct or remove the line, or name the file's `format`",
            )
        parts.append(np.fromiter(map(int, chunk), dtype=np.int64, count=len(chunk)))
    if not parts:
        raise refuse(
            name,
            None,
            "content",
            "no stamps",
            rule="must have at least one line",
            remedy="give a trace that is not empty",
        )
    return np.concatenate(parts)


READER = Reader(
    name="mahimahi",
    title="mahimahi packet-delivery trace: a millisecond a line",
    options={"after": ("loop", "stop"), "opportunity_bytes": ()},
    read=read,
)

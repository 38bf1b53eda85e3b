"""Reader for a table of frames: when each was sent, on which flow, and how large it is.

A CSV whose header names, in any order, ``frame_id``, ``bytes``, either ``t_send_s`` or
``t_send_ms``, and ``flow`` unless there is only one. Rows are in the order of sending. A column
``weight`` says how large a share each flow has of a link that is shared by weight.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.replay.clock import as_seconds, nanoseconds
from simulator.replay.rows import read_rows, refuse_row

if TYPE_CHECKING:
    from pathlib import Path

    from simulator.links.queueing import Flow

__all__ = ["FrameTable", "read_frames"]

_CLOCKS = {"t_send_s": 10**9, "t_send_ms": 10**6}
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_SIZE = re.compile(r"[0-9]{1,12}", re.ASCII)
_WEIGHT = re.compile(r"[0-9]{1,4}", re.ASCII)
_LARGEST_WEIGHT = 1000
_ONLY_FLOW = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTable:
    """Frames in the order of sending; one entry each.

    Attributes:
        flow: Name of the flow.
        frame_id: Name of the frame, unique in its flow.
        sent_ns: When it was sent.
        payload_bytes: Its size without headers, above 0.
        weights: Of each flow, from 1 to 1000; empty where the table does not say.
    """

    flow: list[str]
    frame_id: list[str]
    sent_ns: list[int]
    payload_bytes: list[int]
    weights: dict[Flow, int] = field(default_factory=dict)


def read_frames(path: Path) -> FrameTable:
    r"""Read a table of frames of at most 128 MiB and 2 million rows.

    Raises:
        InputError: With the line, for a wrong header, a field that is no number or no name,
            frames without bytes, instants that decrease, names that come twice and weights that
            change within a flow.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "frames.csv"
        ...     _ = file.write_text("flow,frame_id,t_send_ms,bytes\n0,0,0,1500\n0,1,33.333,900\n")
        ...     read_frames(file).sent_ns
        [0, 33333000]
    """
    table = FrameTable(flow=[], frame_id=[], sent_ns=[], payload_bytes=[])
    seen: set[tuple[str, str]] = set()
    latest_ns = 0
    for line, cells in read_rows(
        path,
        "frames",
        needed=("frame_id", "bytes"),
        one_of=tuple(_CLOCKS),
        optional=("flow", "weight"),
    ):
        flow = _name(path, line, "flow", cells.get("flow", _ONLY_FLOW))
        frame = _name(path, line, "frame_id", cells["frame_id"])
        seen.add((flow, frame))
        if len(seen) == len(table.flow):
            rule = f"must come once in flow {flow}"
            raise refuse_row(path, line, "frame_id", frame, rule, "number the frames of a flow")
        latest_ns = _instant(path, line, cells, latest_ns)
        table.flow.append(flow)
        table.frame_id.append(frame)
        table.sent_ns.append(latest_ns)
        table.payload_bytes.append(_size(path, line, cells["bytes"]))
        if "weight" in cells:
            weight = _weight(path, line, cells["weight"])
            if table.weights.setdefault(flow, weight) != weight:
                rule = f"must be {table.weights[flow]}, as for the frames of flow {flow} before"
                remedy = "give each flow one weight"
                raise refuse_row(path, line, "weight", weight, rule, remedy)
    return table


def _name(path: Path, line: int, what: str, text: str) -> str:
    if not _NAME.fullmatch(text):
        rule = "must be 1 to 64 of the characters A-Z a-z 0-9 _ . : / -"
        raise refuse_row(path, line, what, text, rule, "give a number or a name")
    return text


def _instant(path: Path, line: int, cells: dict[str, str], latest_ns: int) -> int:
    clock = next(name for name in _CLOCKS if name in cells)
    text = cells[clock]
    try:
        sent_ns = nanoseconds(text, _CLOCKS[clock])
    except ValueError as error:
        remedy = "give instants from 0 in the unit the column names"
        raise refuse_row(path, line, clock, text, str(error), remedy) from error
    if sent_ns < latest_ns:
        rule = f"must not be before the row above, {as_seconds(latest_ns)} s"
        raise refuse_row(path, line, clock, text, rule, "sort the rows by instant")
    return sent_ns


def _size(path: Path, line: int, text: str) -> int:
    if not _SIZE.fullmatch(text) or not int(text):
        rule = f"must be a whole number from 1 to {10**12 - 1}"
        raise refuse_row(path, line, "bytes", text, rule, "leave empty frames out")
    return int(text)


def _weight(path: Path, line: int, text: str) -> int:
    if not _WEIGHT.fullmatch(text) or not 1 <= int(text) <= _LARGEST_WEIGHT:
        rule = f"must be a whole number from 1 to {_LARGEST_WEIGHT}"
        raise refuse_row(path, line, "weight", text, rule, "divide all by what they have in common")
    return int(text)

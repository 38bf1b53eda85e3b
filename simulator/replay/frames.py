"""Reader for a table of frames: when each was sent, on which flow, and how large it is.

A CSV whose header names, in any order, ``frame_id``, ``bytes``, either ``t_send_s`` or
``t_send_ms``, and ``flow`` unless there is only one. Rows are in the order of sending.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.files import read_bounded
from simulator.replay.clock import as_seconds, nanoseconds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator.links.queueing import Flow

__all__ = ["FrameTable", "read_frames"]

_LARGEST_BYTES = 128 * 2**20
_MOST_ROWS = 2_000_000
_CLOCKS = {"t_send_s": 10**9, "t_send_ms": 10**6}
_COLUMNS = ("flow", "frame_id", *_CLOCKS, "bytes")
_NAME = re.compile(r"[A-Za-z0-9_.:/-]{1,64}")
_SIZE = re.compile(r"[0-9]{1,12}", re.ASCII)
_ONLY_FLOW = "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class FrameTable:
    """Frames in the order of sending; one entry each.

    Attributes:
        flow: Name of the flow.
        frame_id: Name of the frame, unique in its flow.
        sent_ns: When it was sent.
        payload_bytes: Its size without headers, above 0.
        weights: Of each flow where links share by weight; empty where all weigh the same.
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
            frames without bytes, instants that decrease and names that come twice.

    Example:
        >>> from pathlib import Path
        >>> from tempfile import TemporaryDirectory
        >>> with TemporaryDirectory() as folder:
        ...     file = Path(folder) / "frames.csv"
        ...     _ = file.write_text("flow,frame_id,t_send_ms,bytes\n0,0,0,1500\n0,1,33.333,900\n")
        ...     read_frames(file).sent_ns
        [0, 33333000]
    """
    data = read_bounded(path, limit_bytes=_LARGEST_BYTES, what="frames")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _refuse(path, line, "text", "a byte", "must be UTF-8", "save it as UTF-8") from error
    rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        return _table(path, ((rows.line_num, row) for row in rows))
    except csv.Error as error:
        rule = f"is no CSV ({error})"
        raise _refuse(path, rows.line_num, "row", "a line", rule, "correct the line") from error


def _table(path: Path, rows: Iterator[tuple[int, list[str]]]) -> FrameTable:
    header = [name.strip() for name in next(rows, (1, []))[1]]
    _check_header(path, header)
    clock = next(name for name in _CLOCKS if name in header)
    table = FrameTable(flow=[], frame_id=[], sent_ns=[], payload_bytes=[])
    seen: set[tuple[str, str]] = set()
    latest_ns = 0
    for line, row in rows:
        if not row:
            continue
        if len(row) != len(header):
            rule = f"must be {len(header)}, as the header has"
            raise _refuse(path, line, "fields", len(row), rule, "correct the line")
        field = dict(zip(header, map(str.strip, row), strict=True))
        flow = _name(path, line, "flow", field.get("flow", _ONLY_FLOW))
        frame = _name(path, line, "frame_id", field["frame_id"])
        seen.add((flow, frame))
        if len(seen) == len(table.flow):
            rule = f"must come once in flow {flow}"
            raise _refuse(path, line, "frame_id", frame, rule, "number the frames of a flow")
        latest_ns = _instant(path, line, clock, field[clock], latest_ns)
        table.flow.append(flow)
        table.frame_id.append(frame)
        table.sent_ns.append(latest_ns)
        table.payload_bytes.append(_size(path, line, field["bytes"]))
        if len(seen) > _MOST_ROWS:
            rule = f"must be at most {_MOST_ROWS}"
            raise _refuse(path, line, "rows", len(seen), rule, "cut it into smaller files")
    if not seen:
        raise _refuse(path, 1, "rows", 0, "must be at least 1", "give frames to send")
    return table


def _name(path: Path, line: int, what: str, text: str) -> str:
    if not _NAME.fullmatch(text):
        rule = "must be 1 to 64 of the characters A-Z a-z 0-9 _ . : / -"
        raise _refuse(path, line, what, text or "(empty)", rule, "give a number or a name")
    return text


def _instant(path: Path, line: int, clock: str, text: str, latest_ns: int) -> int:
    try:
        sent_ns = nanoseconds(text, _CLOCKS[clock])
    except ValueError as error:
        remedy = "give instants from 0 in the unit the column names"
        raise _refuse(path, line, clock, text or "(empty)", str(error), remedy) from error
    if sent_ns < latest_ns:
        rule = f"must not be before the row above, {as_seconds(latest_ns)} s"
        raise _refuse(path, line, clock, text, rule, "sort the rows by instant")
    return sent_ns


def _size(path: Path, line: int, text: str) -> int:
    if not _SIZE.fullmatch(text) or not int(text):
        rule = f"must be a whole number from 1 to {10**12 - 1}"
        raise _refuse(path, line, "bytes", text or "(empty)", rule, "leave empty frames out")
    return int(text)


def _check_header(path: Path, header: list[str]) -> None:
    shown = ",".join(header) or "(blank)"
    for name in header:
        if name not in _COLUMNS:
            remedy = did_you_mean(name, _COLUMNS)
            raise _refuse(path, 1, "column", name or "(empty)", "means nothing here", remedy)
        if header.count(name) > 1:
            raise _refuse(path, 1, "column", name, "must come once", "remove one")
    clocks = sum(name in header for name in _CLOCKS)
    if clocks != 1 or not {"frame_id", "bytes"} <= set(header):
        rule = "must name frame_id, bytes and one of t_send_s and t_send_ms"
        remedy = "write flow,frame_id,t_send_s,bytes"
        raise _refuse(path, 1, "header", shown, rule, remedy)


def _refuse(path: Path, line: int, what: str, value: object, rule: str, remedy: str) -> InputError:
    where = f"{path}:{line}"
    return InputError(Problem(where=where, what=what, value=value, rule=rule, remedy=remedy))

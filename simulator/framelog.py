"""The frame log: one row per captured frame, held in columns."""

from __future__ import annotations

import hashlib
import json
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

__all__ = ["COLUMNS", "NEVER", "FrameLog", "Outcome", "Reason"]

NEVER = -1
"""What stands in a column of instants, units or sizes for what never happened."""


class Outcome(IntEnum):
    """The one end of each captured frame."""

    ON_TIME = 0
    """Answered within the deadline."""
    LATE = 1
    """Answered after it."""
    LOST = 2
    """Destroyed by the network, or of no use without a frame that is not there."""
    SKIPPED = 3
    """The policy's word."""
    DROPPED = 4
    """Discarded by splitcast: at the camera, by the sender or at the server."""


class Reason(IntEnum):
    """Why a frame was lost or dropped: the first thing that destroyed it.

    A queue does so when it drops a packet, loss when the packet leaves the link, a sender when it
    takes a packet back or gives it up, a server when it lets the frame go; at one instant links act
    before senders. A link that has ended destroys nothing: what waits for it is undelivered only if
    nothing else becomes of it. Of layers only the base counts.

    Attributes:
        outcome: What its frames end in; None where they were answered or skipped.
        meaning: In words.

    Example:
        >>> Reason.REFUSED.outcome.name, Reason.REFUSED.meaning
        ('DROPPED', 'refused by the server, where too many waited')
    """

    NONE = 0, None, "answered, or skipped by the policy"
    REPLACED = 1, Outcome.DROPPED, "replaced at the camera by a newer frame"
    CANCELLED = 2, Outcome.DROPPED, "cancelled by the sender before it was all on its way"
    EXPIRED = 3, Outcome.DROPPED, "left the server's queue when no answer could be on time any more"
    REFUSED = 4, Outcome.DROPPED, "refused by the server, where too many waited"
    CRASHED = 5, Outcome.DROPPED, "in service when its worker crashed"
    OVERFLOW = 6, Outcome.LOST, "a queue on the path was full"
    CORRUPTED = 7, Outcome.LOST, "a packet was destroyed behind a link"
    GIVEN_UP = 8, Outcome.LOST, "lost, and too late to be sent again"
    UNDELIVERED = 9, Outcome.LOST, "a link on the path delivers nothing any more"
    UNDECODABLE = 10, Outcome.LOST, "a frame that it is predicted from never arrived"

    outcome: Outcome | None
    meaning: str

    def __new__(cls, value: int, outcome: Outcome | None = None, meaning: str = "") -> Self:
        """Make a member from its code and what belongs to it."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.outcome = outcome
        member.meaning = meaning
        return member


COLUMNS: Mapping[str, str] = {
    "stream": "<i4",  # index into the plan's streams
    "frame": "<i4",  # 0, 1, ... within the stream
    "clip": "<i4",
    "clip_frame": "<i4",
    "unit": "<i2",  # chosen unit; NEVER where skipped or replaced at the camera
    "outcome": "i1",  # Outcome
    "reason": "i1",  # Reason
    "probe": "?",  # the policy would have skipped, the probe rule sent
    "switched": "?",  # another unit had to be loaded first
    "layers": "i1",  # of its payload that were decoded; 0 where no payload was
    "transmissions": "i1",  # most that one of its packets needed; 0 where nothing was sent
    "worker": "<i2",  # which one served it; NEVER where none did
    "batch_size": "<i2",  # frames served together with this one, itself included; 0 where none
    "bytes": "<i4",  # payload, all layers; 0 for on-device units and where nothing was encoded
    "wire_bytes": "<i4",  # payload and packet headers
    "captured_ns": "<i8",
    "chosen_ns": "<i8",  # the policy was asked
    "device_start_ns": "<i8",  # chosen + switching
    "device_end_ns": "<i8",  # payload, or on-device result, ready
    "sent_ns": "<i8",  # handed to the uplink, at device_end; NEVER for on-device units
    "uplink_start_ns": "<i8",  # its turn on the first link: what was before it had left; NEVER
    # where no byte of it was carried, because it was dropped, taken back, or the link had ended
    "uplink_end_ns": "<i8",  # its last byte left the last link; NEVER where lost
    "arrived_ns": "<i8",  # at the server, as much of it as was to come
    "service_start_ns": "<i8",  # loading what the worker lacked included
    "served_ns": "<i8",  # NEVER where its worker crashed
    "done_ns": "<i8",  # the result is at the device
    "forecast_bytes": "<f4",  # expected payload of the chosen unit when chosen; NaN where none
    "forecast_high_bytes": "<f4",  # its 90th percentile
    "score": "<f4",  # of the chosen unit on this frame, on time or not; NaN where none. With the
    # layers that were decoded, with all of them where nothing was
    "confidence": "<f4",
}
"""Names and little-endian dtypes of the columns, in order. Instants are ns from the start."""


class FrameLog:
    """Equally long columns, in (stream, frame) order, read-only once the run is over.

    Args:
        columns: Every name of `COLUMNS` with an array [frames] of its dtype.

    Raises:
        ValueError: If a column is missing, unknown, or of another dtype or length.
    """

    __slots__ = ("_columns",)

    def __init__(self, columns: Mapping[str, NDArray[Any]]) -> None:
        """Check the columns and make them read-only."""
        found = {name: column.dtype.str.lstrip("|") for name, column in columns.items()}
        wanted = {name: np.dtype(code).str.lstrip("|") for name, code in COLUMNS.items()}
        if found != wanted:
            odd = sorted(set(found.items()) ^ set(wanted.items()))
            raise ValueError(f"columns {odd} must be those of COLUMNS")
        if len({column.shape for column in columns.values()}) > 1:
            raise ValueError("columns must be equally long")
        self._columns = {name: columns[name].view() for name in COLUMNS}
        for column in self._columns.values():
            column.flags.writeable = False

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column."""
        return self._columns[name]

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the columns, as a mapping does."""
        return iter(self._columns)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._columns["stream"])

    def keys(self) -> list[str]:
        """Return the names of the columns, so that ``dict(log)`` and DataFrames can be made."""
        return list(self._columns)

    def counts(self) -> dict[Outcome, int]:
        """Return how many frames ended in each outcome; the counts add up to the rows."""
        found = np.bincount(self["outcome"], minlength=len(Outcome))
        return {outcome: int(found[outcome]) for outcome in Outcome}

    def structured(self) -> NDArray[np.void]:
        """Return the rows as one structured array."""
        table = np.empty(len(self), dtype=list(COLUMNS.items()))
        for name, column in self._columns.items():
            table[name] = column
        return table

    def to_bytes(self) -> bytes:
        """Return the log as bytes: a line of JSON with names and dtypes, then each column's data.

        Equal logs give equal bytes on every machine.
        """
        head = json.dumps({"rows": len(self), "columns": dict(COLUMNS)}).encode()
        return b"\n".join([head, b"".join(c.tobytes() for c in self._columns.values())])

    def digest(self) -> str:
        """Return the SHA-256 of the log's bytes, in hexadecimal."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

"""Writes the frame log: what must be noted while the world runs, and the rest in one sweep after.

The world notes into preallocated columns through memoryviews, which take a Python int three times
faster than a numpy array does. Whatever follows from a note by arithmetic is computed at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from simulator.framelog import COLUMNS, NEVER, FrameLog, Outcome, Reason
from simulator.world.plan import GAPS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.world.plan import LadderPlan, StreamPlan, WorldPlan

__all__ = ["Ledger"]

_NOTED = {
    "unit": NEVER,
    "probe": False,
    "switched": False,
    "reason": Reason.NONE,
    "layers": 0,
    "transmissions": 0,
    "worker": NEVER,
    "batch_size": 0,
    "chosen_ns": NEVER,
    "device_end_ns": NEVER,
    "uplink_start_ns": NEVER,
    "uplink_end_ns": NEVER,
    "arrived_ns": NEVER,
    "service_start_ns": NEVER,
    "served_ns": NEVER,
    "done_ns": NEVER,
}


class Ledger:
    """The columns that the world writes, one row per captured frame of all streams.

    What is the rule need not be noted: that a frame the device never took up was replaced, that one
    that was sent and of which nothing more was heard was not delivered, that a unit without layers
    was decoded whole, that one try was enough, and when a result made on the device was done.

    Args:
        plan: The world; stream k's rows follow those of stream k - 1.
    """

    def __init__(self, plan: WorldPlan) -> None:
        """Lay out the columns, filled with what stands for never."""
        sizes = [len(stream.captured_ns) for stream in plan.streams]
        self._plan = plan
        self.first_rows = np.cumsum([0, *sizes]).tolist()
        rows = sum(sizes)
        self._columns: dict[str, NDArray[Any]] = {
            name: np.full(rows, empty, dtype=COLUMNS[name]) for name, empty in _NOTED.items()
        }
        noted = {name: column.data for name, column in self._columns.items()}
        self.unit = noted["unit"]
        self.probe = noted["probe"]
        self.switched = noted["switched"]
        self.reason = noted["reason"]
        self.layers = noted["layers"]
        self.transmissions = noted["transmissions"]
        self.worker = noted["worker"]
        self.batch_size = noted["batch_size"]
        self.chosen_ns = noted["chosen_ns"]
        self.device_end_ns = noted["device_end_ns"]
        self.uplink_start_ns = noted["uplink_start_ns"]
        self.uplink_end_ns = noted["uplink_end_ns"]
        self.arrived_ns = noted["arrived_ns"]
        self.service_start_ns = noted["service_start_ns"]
        self.served_ns = noted["served_ns"]
        self.done_ns = noted["done_ns"]
        self._destroyed_ns = memoryview(bytearray(8 * rows)).cast("q")
        self.ratio = memoryview(bytearray(8 * rows)).cast("d")
        """Actual over calibrated sizes as estimated when the frame was decided; see `Sizes`."""
        self.payload_bytes = [_encoded_bytes(stream) for stream in plan.streams]
        """By stream [units, frames]; encoders of chains put in what frames really take."""

    def destroyed(self, row: int, reason: Reason, at_ns: int) -> None:
        """Note what destroyed a frame; of several causes, heard of in any order, the first counts.

        At one instant links act before senders, so what a link destroys then was not taken back.
        """
        known = self.reason[row]
        before = at_ns - self._destroyed_ns[row]
        if known == Reason.NONE or before < 0 or (before == 0 and known == Reason.CANCELLED):
            self.reason[row] = reason
            self._destroyed_ns[row] = at_ns

    def close(self) -> FrameLog:
        """Return the complete log."""
        per_stream = [self._derived(k) for k in range(len(self._plan.streams))]
        log = dict(self._columns)
        for name in per_stream[0]:
            whole = np.concatenate([part[name] for part in per_stream])
            log[name] = whole.astype(COLUMNS[name])
        return FrameLog(log)

    def _derived(self, k: int) -> dict[str, NDArray[Any]]:
        """Return the columns of stream ``k`` that follow from what was noted and from its plan."""
        stream = self._plan.streams[k]
        rows = slice(self.first_rows[k], self.first_rows[k + 1])
        noted = {name: column[rows] for name, column in self._columns.items()}
        unit, frame = noted["unit"], np.arange(len(stream.captured_ns))
        coded = unit != NEVER
        chosen = np.where(coded, unit, 0)
        ladder = stream.ladder
        size = np.where(coded, self.payload_bytes[k][chosen, frame], 0)
        here = coded & np.array(ladder.on_device)[chosen]
        sent = coded & ~here
        ratio = np.where(coded, np.asarray(self.ratio)[rows], np.nan)
        switch_ns = np.where(noted["switched"], np.array(ladder.switch_ns)[chosen], 0)
        packets = -(-size // self._plan.packets.mtu_payload_bytes)
        layers = np.where(
            (noted["served_ns"] != NEVER) & (noted["layers"] == 0), 1, noted["layers"]
        )
        done_ns = np.where(here, noted["device_end_ns"], noted["done_ns"])
        open_end = sent & (done_ns == NEVER) & (noted["reason"] == Reason.NONE)
        reason = np.where(open_end, Reason.UNDELIVERED, noted["reason"])
        reason = np.where(noted["chosen_ns"] == NEVER, Reason.REPLACED, reason)
        return {
            "stream": np.full(len(frame), k),
            "frame": frame,
            "clip": stream.clip,
            "clip_frame": stream.clip_frame,
            "outcome": _outcomes(coded, reason, done_ns - stream.captured_ns <= stream.deadline_ns),
            "reason": reason,
            "layers": layers,
            "transmissions": np.where(
                sent & (noted["transmissions"] == 0), 1, noted["transmissions"]
            ),
            "bytes": size,
            "wire_bytes": size + packets * self._plan.packets.header_bytes,
            "captured_ns": stream.captured_ns,
            "device_start_ns": np.where(coded, noted["chosen_ns"] + switch_ns, NEVER),
            "sent_ns": np.where(sent, noted["device_end_ns"], NEVER),
            "done_ns": done_ns,
            "forecast_bytes": np.array(ladder.mean_bytes)[chosen] * ratio,
            "forecast_high_bytes": _highs(ladder, chosen, sent) * ratio,
            "score": _decoded(stream, "score", coded, chosen, layers),
            "confidence": _decoded(stream, "confidence", coded, chosen, layers),
        }


def _encoded_bytes(stream: StreamPlan) -> NDArray[np.integer]:
    return stream.payload_bytes.copy() if any(stream.chains) else stream.payload_bytes


def _outcomes(
    coded: NDArray[np.bool_], reason: NDArray[np.integer], in_time: NDArray[np.bool_]
) -> NDArray[np.integer]:
    """Return the end of each frame: that of its reason, if it has one."""
    answered = np.where(in_time, Outcome.ON_TIME, Outcome.LATE)
    ends = np.array([r.outcome or Outcome.ON_TIME for r in Reason])[reason]
    return np.select([reason != Reason.NONE, ~coded], [ends, np.int64(Outcome.SKIPPED)], answered)


def _decoded(
    stream: StreamPlan,
    what: Literal["score", "confidence"],
    coded: NDArray[np.bool_],
    chosen: NDArray[np.integer],
    layers: NDArray[np.integer],
) -> NDArray[np.floating]:
    """Return what the chosen unit gave, with the layers that were decoded."""
    frame = np.arange(len(chosen))
    found = np.where(coded, getattr(stream, what)[chosen, frame], np.nan)
    for unit, plan in enumerate(stream.layers):
        if plan is not None:
            rows = np.flatnonzero(coded & (chosen == unit) & (layers > 0))
            found[rows] = getattr(plan, what)[layers[rows] - 1, rows]
    return found


def _highs(
    ladder: LadderPlan, chosen: NDArray[np.integer], sent: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return for each frame what `LadderPlan.highs` says of the unit that was chosen."""
    first = np.asarray(ladder.high_bytes, np.float64)[chosen]
    if not ladder.high_after:
        return np.asarray(first)
    frame = np.arange(len(chosen))
    before = np.maximum.accumulate(np.concatenate([[NEVER], np.where(sent, frame, NEVER)]))[:-1]
    gap = np.searchsorted(GAPS, frame - before, side="right") - 1
    after = np.asarray(ladder.high_after, np.float64)[chosen[before], gap, chosen]
    return np.asarray(np.where(before == NEVER, first, after), np.float64)

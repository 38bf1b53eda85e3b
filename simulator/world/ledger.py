"""Writes the frame log: what must be noted while the world runs, and the rest in one sweep after.

The world notes into preallocated columns through memoryviews, which take a Python int three times
faster than a numpy array does. Whatever follows from a note by arithmetic is computed at the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.framelog import COLUMNS, NEVER, FrameLog, Outcome

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.world.plan import WorldPlan

__all__ = ["Ledger"]

_NOTED = {
    "unit": NEVER,
    "probe": False,
    "switched": False,
    "batch_size": 0,
    "chosen_ns": NEVER,
    "device_end_ns": NEVER,
    "uplink_start_ns": NEVER,
    "uplink_end_ns": NEVER,
    "service_start_ns": NEVER,
    "served_ns": NEVER,
}


class Ledger:
    """The columns that the world writes, one row per captured frame of all streams.

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
        self.batch_size = noted["batch_size"]
        self.chosen_ns = noted["chosen_ns"]
        self.device_end_ns = noted["device_end_ns"]
        self.uplink_start_ns = noted["uplink_start_ns"]
        self.uplink_end_ns = noted["uplink_end_ns"]
        self.service_start_ns = noted["service_start_ns"]
        self.served_ns = noted["served_ns"]
        self.ratio = memoryview(bytearray(8 * rows)).cast("d")
        """Actual over calibrated sizes as estimated when the frame was decided; see `Sizes`."""

    def close(self) -> FrameLog:
        """Return the complete log."""
        log = dict(self._columns)
        per_stream = [self._derived(k) for k in range(len(self._plan.streams))]
        for name in per_stream[0]:
            whole = np.concatenate([part[name] for part in per_stream])
            log[name] = whole.astype(COLUMNS.get(name, whole.dtype))
        return FrameLog(self._timed(log))

    def _derived(self, k: int) -> dict[str, NDArray[Any]]:
        """Return the columns of stream ``k`` that are looked up in its plan."""
        stream = self._plan.streams[k]
        rows = slice(self.first_rows[k], self.first_rows[k + 1])
        noted = {name: column[rows] for name, column in self._columns.items()}
        unit, frame = noted["unit"], np.arange(len(stream.captured_ns))
        coded = unit != NEVER
        chosen = np.where(coded, unit, 0)
        ladder = stream.ladder
        size = np.where(coded, stream.payload_bytes[chosen, frame], 0)
        sent = coded & ~np.array(ladder.on_device)[chosen]
        ratio = np.where(coded, np.asarray(self.ratio)[rows], np.nan)
        switch_ns = np.where(noted["switched"], np.array(ladder.switch_ns)[chosen], 0)
        packets = -(-size // self._plan.packets.mtu_payload_bytes)
        return {
            "stream": np.full(len(frame), k),
            "frame": frame,
            "clip": stream.clip,
            "clip_frame": stream.clip_frame,
            "bytes": size,
            "wire_bytes": size + packets * self._plan.packets.header_bytes,
            "captured_ns": stream.captured_ns,
            "device_start_ns": np.where(coded, noted["chosen_ns"] + switch_ns, NEVER),
            "sent_ns": np.where(sent, noted["device_end_ns"], NEVER),
            "forecast_bytes": np.array(ladder.mean_bytes)[chosen] * ratio,
            "forecast_high_bytes": np.array(ladder.high_bytes)[chosen] * ratio,
            "score": np.where(coded, stream.score[chosen, frame], np.nan),
            "confidence": np.where(coded, stream.confidence[chosen, frame], np.nan),
            "_deadline_ns": np.full(len(frame), stream.deadline_ns),
        }

    def _timed(self, log: dict[str, NDArray[Any]]) -> dict[str, NDArray[Any]]:
        """Add the last instants and the outcomes, which follow from all the others."""
        sent = log["sent_ns"] != NEVER
        coded = log["unit"] != NEVER
        served = log["served_ns"] != NEVER
        delay_ns = self._plan.up_delay_ns(0)
        crossed = log["uplink_end_ns"] != NEVER
        log["arrived_ns"] = np.where(crossed, log["uplink_end_ns"] + delay_ns, NEVER)
        done = np.where(served, log["served_ns"] + self._plan.downlink_delay_ns, NEVER)
        log["done_ns"] = np.where(coded & ~sent, log["device_end_ns"], done)
        on_time = log["done_ns"] - log["captured_ns"] <= log.pop("_deadline_ns")
        log["outcome"] = np.select(
            [log["chosen_ns"] == NEVER, ~coded, log["done_ns"] == NEVER, on_time],
            [Outcome.DROPPED, Outcome.SKIPPED, Outcome.LOST, Outcome.ON_TIME],
            Outcome.LATE,
        ).astype(COLUMNS["outcome"])
        return log

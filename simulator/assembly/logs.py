"""Streams whose frames come from a log: a workload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.cast import built_policy
from simulator.assembly.logged_ladder import check_fit, ladder_order, logged_ladder
from simulator.assembly.sources import workload as workload_of
from simulator.foundation import keyed
from simulator.world.plan import LayerPlan, ServedModel, StreamPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.assembly.cast import Run
    from simulator.scenario.network import Packets
    from simulator.scenario.streams import WorkloadGroup
    from simulator.scenario.texts import BatchTime
    from simulator.workload import StreamLog, UnitLog, Workload
    from simulator.world.plan import LadderPlan

__all__ = ["Logs", "logged_frames", "logged_model"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Logs:
    """A group of logged streams; a `Cast`.

    Attributes:
        name: The group's.
        group: As the scenario has it.
        workload: What was logged.
        calibration: What devices know beforehand; the workload itself, or another one.
        units: The ladder, as numbers of the workload's units, by rising mean payload.
        ladder: What devices know of the units.
        model: Index among the server's models.
    """

    name: str
    group: WorkloadGroup
    workload: Workload
    calibration: Workload
    units: tuple[int, ...]
    ladder: LadderPlan
    model: int

    @classmethod
    def of(
        cls,
        name: str,
        group: WorkloadGroup,
        folder: Path,
        server_speed: float,
        models: Mapping[object, int],
    ) -> Logs:
        """Load what a group needs.

        Args:
            name: The group's.
            group: As the scenario has it.
            folder: What relative paths in it are relative to.
            server_speed: Of the fastest worker.
            models: Digest of each workload, with the time of a batch, to its model's index.

        Raises:
            InputError: If a file cannot be used, or does not fit the group.
        """
        workload = workload_of(group.workload, folder)
        known = workload_of(group.calibration or group.workload, folder)
        where = f"streams.{name}"
        check_fit(group, workload, known, where)
        units = ladder_order(group, workload, known, where)
        return cls(
            name=name,
            group=group,
            workload=workload,
            calibration=known,
            units=units,
            ladder=logged_ladder(group, workload, known, units, server_speed),
            model=models[workload.sha256, group.batch_time],
        )

    @property
    def streams(self) -> int:
        """How many streams: the file's, or the group's count."""
        return len(self.workload.streams) if self.workload.named else self.group.count or 1

    @property
    def fixed_streams(self) -> bool:
        """Whether the file has streams, by name."""
        return self.workload.named

    @property
    def layered(self) -> bool:
        """Whether some unit of the ladder has layers."""
        return any(self.workload.layers(unit) > 1 for unit in self.units)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say so where what devices know is what then happens."""
        if self.calibration.sha256 != self.workload.sha256:
            return ()
        said = f"{self.workload.name} is its own calibration: devices know its means beforehand"
        return (f"{said}; give another log as `calibration`",)

    def frames_per_s(self, index: int | None) -> float:
        """Return how often a stream captures, or all of them together."""
        if index is None and self.workload.named:
            return sum(log.rate for log in self.workload.streams)
        return self._log(index or 0).rate * (self.streams if index is None else 1)

    def offered_bps(self, index: int | None, packets: Packets) -> float:
        """Return what a stream, or all of them, offer on the wire with the top unit."""
        top = self.calibration.units.index(self.workload.units[self.units[-1]])
        size = self.calibration.column(top, "payload_bytes")
        wire = size + np.ceil(size / packets.payload_bytes) * packets.header_bytes
        return 8 * self.frames_per_s(index) * float(wire.mean())

    def stream(self, index: int, run: Run) -> StreamPlan:
        """Return the plan of a stream."""
        group, name, log = self.group, f"{self.name}/{index}", self._log(index)
        row, captured_ns = self._captures(log, name, run)
        units = [log.units[unit] for unit in self.units]
        none = np.zeros((len(units), len(row)), np.int64)

        def each(what: str) -> NDArray[np.int64]:
            return np.stack([getattr(unit, what)[row] for unit in units])

        device_ns = np.rint(each("device_ns") / group.device.speed).astype(np.int64)
        layers = tuple(_layers(unit, row, group.batch_time) for unit in units)
        return StreamPlan(
            name=name,
            group=self.name,
            ladder=self.ladder,
            model=self.model,
            decoders=self.units,
            policy=built_policy(self, index, run),
            deadline_ns=group.deadline_ns,
            interval_ns=log.interval_ns,
            probe_ns=group.probe_ns,
            waiting=group.waiting,
            captured_ns=captured_ns,
            clip=np.full(len(row), self.workload.streams.index(log), np.int32),
            clip_frame=row.astype(np.int32),
            payload_bytes=each("payload_bytes"),
            device_ns=device_ns,
            entropy_decode_ns=none if group.batch_time else each("server_ns"),
            batch_draw=np.zeros(len(row), np.int64),
            score=each("score").astype(np.float32),
            confidence=each("confidence").astype(np.float32),
            layers=layers if any(layers) else (),
        )

    def _log(self, index: int) -> StreamLog:
        return self.workload.streams[index if self.workload.named else 0]

    def _captures(
        self, log: StreamLog, name: str, run: Run
    ) -> tuple[NDArray[np.intp], NDArray[np.int64]]:
        """Return the rows that a stream replays, and when.

        Named streams are replayed as logged. Others start at a drawn row, after a drawn part of
        an interval, and wrap.
        """
        start_ns = self.group.start_ns
        length_ns = self.group.end_ns(run.duration_ns) - start_ns
        rows = len(log.captured_ns)
        if self.workload.named:
            kept = np.flatnonzero(log.captured_ns < length_ns)
            return kept, log.captured_ns[kept] + start_ns
        first, phase = keyed.uniforms(run.content_seed, name, "row", n=2)
        begin = int(first * rows)
        rounds = length_ns // log.period_ns + 2
        at = begin + np.arange(rounds * rows, dtype=np.int64)
        since_ns = log.captured_ns[at % rows] + at // rows * log.period_ns
        since_ns += int(phase * log.interval_ns) - log.captured_ns[begin]
        kept = np.flatnonzero(since_ns < length_ns)
        return at[kept] % rows, since_ns[kept] + start_ns


def logged_frames(group: WorkloadGroup, workload: Workload, duration_ns: int) -> int:
    """Return how many frames a group captures in a run, within one a stream that wraps."""
    length_ns = group.end_ns(duration_ns) - group.start_ns
    if workload.named:
        return sum(int((log.captured_ns < length_ns).sum()) for log in workload.streams)
    return round((group.count or 1) * workload.streams[0].rate * length_ns / 1e9)


def logged_model(workload: Workload, batch_time: BatchTime | None, max_batch: int) -> ServedModel:
    """Return how a workload's frames are served.

    A batch takes the sum of its frames' logged times: no gain of batching is invented. Where the
    scenario gives the time of a batch, it takes that, whatever is in it.
    """
    sizes = np.arange(1, max_batch + 1, dtype=np.int64)
    tail_ns = np.zeros_like(sizes)
    if batch_time is not None:
        tail_ns = batch_time.base_ns + batch_time.frame_ns * sizes
    units = len(workload.units)
    return ServedModel(
        name=workload.name,
        tail_ns=tail_ns[np.newaxis],
        decode_ns=np.zeros((1, units, max_batch), np.int64),
        tails=(0,) * units,
    )


def _layers(unit: UnitLog, row: NDArray[np.intp], batch_time: BatchTime | None) -> LayerPlan | None:
    if unit.layers is None:
        return None
    size = unit.layers.payload_bytes[:, row]
    return LayerPlan(
        payload_bytes=size,
        entropy_decode_ns=np.zeros_like(size) if batch_time else unit.layers.server_ns[:, row],
        score=unit.layers.score[:, row],
        confidence=unit.layers.confidence[:, row],
    )

"""Streams whose frames come from a log: a workload."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.cast import built_policy
from simulator.assembly.sources import workload as workload_of
from simulator.foundation import keyed
from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.world import LadderPlan, LayerPlan, ServedModel, StreamPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from simulator.assembly.cast import Run
    from simulator.scenario.network import Packets
    from simulator.scenario.streams import WorkloadGroup
    from simulator.scenario.texts import BatchTime
    from simulator.workload import StreamLog, UnitLog, Workload

__all__ = ["Logs", "logged_frames", "logged_model"]

_HIGH = 0.9


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
        _check_fit(group, workload, known, where)
        units = _ladder(group, workload, known, where)
        return cls(
            name=name,
            group=group,
            workload=workload,
            calibration=known,
            units=units,
            ladder=_ladder_plan(group, workload, known, units, server_speed),
            model=models[workload.sha256, group.batch_time],
        )

    @property
    def streams(self) -> int:
        """How many streams: the file's, or the group's count."""
        return len(self.workload.streams) if self.workload.named else self.group.count or 1

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
        first, phase = keyed.uniforms(run.seed, name, "row", n=2)
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


def _check_fit(group: WorkloadGroup, workload: Workload, known: Workload, where: str) -> None:
    """Refuse options that the file contradicts."""
    problems: list[Problem] = []

    def wrong(what: str, value: object, rule: str, remedy: str) -> None:
        what = f"{where}.{what}"
        problems.append(
            Problem(
                where=f"workload {workload.name}", what=what, value=value, rule=rule, remedy=remedy
            )
        )

    if workload.named and group.count is not None:
        rule = f"must be left out: the file names its {len(workload.streams)} streams"
        wrong("count", group.count, rule, "remove it")
    if workload.serves and group.batch_time is not None:
        rule = "must be left out: the file has server times"
        wrong("batch_time", "this one", rule, "remove it, or the file's column")
    sends = any(not workload.on_device(unit) for unit in range(len(workload.units)))
    if sends and not workload.serves and group.batch_time is None:
        rule = "must be given: the file has no server times"
        wrong("batch_time", "(missing)", rule, "add it, like '10 ms + 4 ms', or the column")

    def kinds(of: Workload) -> dict[str, tuple[bool, int]]:
        units = enumerate(of.units)
        return {name: (of.on_device(unit), of.layers(unit)) for unit, name in units}

    if kinds(known) != kinds(workload):
        rule = "must have the workload's units, sent or not, with as many layers"
        wrong("calibration", known.name, rule, "log the same units")
    elif known.serves != workload.serves:
        rule = "must have server times where the workload has them"
        wrong("calibration", known.name, rule, "log the same columns")
    if problems:
        raise InputError(*problems)


def _ladder(
    group: WorkloadGroup, workload: Workload, known: Workload, where: str
) -> tuple[int, ...]:
    """Return the units of the ladder by rising mean payload of the calibration."""
    names = workload.units if group.units is None else group.units
    problems = [
        Problem(
            where=f"workload {workload.name}",
            what=f"{where}.units",
            value=name,
            rule="must be a unit of the workload",
            remedy=did_you_mean(name, workload.units),
        )
        for name in names
        if name not in workload.units
    ]
    if problems:
        raise InputError(*problems)

    def mean(unit: int) -> float:
        of = known.units.index(workload.units[unit])
        return float(known.column(of, "payload_bytes").mean())

    chosen = (unit for unit, name in enumerate(workload.units) if name in names)
    return tuple(sorted(chosen, key=mean))


def _ladder_plan(
    group: WorkloadGroup,
    workload: Workload,
    known: Workload,
    units: tuple[int, ...],
    server_speed: float,
) -> LadderPlan:
    """Return what devices know: the calibration's means, scaled by the speeds."""
    of = [known.units.index(workload.units[unit]) for unit in units]
    on_device = tuple(known.on_device(unit) for unit in of)
    sizes = [known.column(unit, "payload_bytes") for unit in of]

    def serving_ns(unit: int) -> float:
        if known.on_device(unit):
            return 0.0
        if group.batch_time is not None:
            return group.batch_time.base_ns + group.batch_time.frame_ns
        return float(known.column(unit, "server_ns").mean())

    return LadderPlan(
        names=tuple(known.units[unit] for unit in of),
        on_device=on_device,
        utility=tuple(float(known.column(unit, "score").mean()) for unit in of),
        mean_bytes=tuple(float(size.mean()) for size in sizes),
        high_bytes=tuple(float(np.quantile(size, _HIGH)) for size in sizes),
        device_mean_ns=tuple(
            round(float(known.column(unit, "device_ns").mean()) / group.device.speed) for unit in of
        ),
        server_mean_ns=tuple(round(serving_ns(unit) / server_speed) for unit in of),
        switch_ns=(0,) * len(of),
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

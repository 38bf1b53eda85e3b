"""A whole world's plan from one point of a scenario and a seed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from simulator.assembly.cameras import Cameras
from simulator.assembly.cast import Run, decode_by_ns, with_traits
from simulator.assembly.content import content_seed
from simulator.assembly.logs import Logs, logged_frames
from simulator.assembly.models import models_of
from simulator.assembly.offers import Crowd
from simulator.assembly.paths import path_plan
from simulator.assembly.pool import server_plan
from simulator.assembly.problems import every
from simulator.assembly.sources import workload
from simulator.foundation import keyed
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.records import MOST_FRAMES, MOST_STREAMS
from simulator.scenario.streams import WorkloadGroup
from simulator.world.plan import PacketPlan, WorldPlan

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from simulator.assembly.cast import Cast
    from simulator.assembly.models import Model
    from simulator.scenario.records import ScenarioRecord
    from simulator.scenario.streams import Group
    from simulator.world.plan import StreamPlan

__all__ = ["Assembly", "assemble", "frames_of", "run_seed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A plan, and what its parts are called in results.

    Attributes:
        plan: The world.
        trace: The traces as the unit of statistics: ``us-lte-up/3``.
        link: The same traces as scaled for this run.
        warnings: What is doubtful about the input, in words.
        offered: By path what each link of a hop is scaled for, bit/s, where that is the offer of
            this run's own streams.
    """

    plan: WorldPlan
    trace: str
    link: str
    warnings: tuple[str, ...]
    offered: Mapping[str, float]


def run_seed(seed: int, replication: int) -> int:
    """Return the seed of one replication of a scenario.

    Example:
        >>> run_seed(7, 0) == run_seed(7, 0), run_seed(7, 0) == run_seed(7, 1)
        (True, False)
    """
    return int(keyed.generator(seed, "replication", replication).integers(2**53))


def assemble(record: ScenarioRecord, seed: int, folder: Path) -> Assembly:
    """Return the plan of one run, every draw of chance made.

    Args:
        record: A point of a scenario.
        seed: The run's, see `run_seed`.
        folder: What relative paths in the scenario are relative to.

    Raises:
        InputError: If a profile, trace or policy cannot be used, or does not fit the scenario.
    """
    run = Run(
        duration_ns=record.duration_ns,
        seed=seed,
        content_seed=content_seed(record, seed, folder),
        folder=folder,
    )
    models = models_of(record.streams.values(), folder)
    server = server_plan(record.server, models, run)
    speed = max(worker.speed for worker in server.workers)
    casts = _casts(record, models, folder, speed)
    _check_size(record, casts, run)
    path = path_plan(record.network, _crowd(record, casts, folder, speed), run)
    streams = every(partial(_streams, cast, path.back_ns, run) for cast in casts)
    return Assembly(
        plan=WorldPlan(
            streams=tuple(stream for group in streams for stream in group),
            uplink=path.uplink,
            downlink=path.downlink,
            downlink_delay_ns=path.downlink_delay_ns,
            packets=PacketPlan(
                header_bytes=record.network.packets.header_bytes,
                mtu_payload_bytes=record.network.packets.payload_bytes,
            ),
            server=server,
            duration_ns=record.duration_ns,
        ),
        trace=path.trace,
        link=path.link,
        warnings=tuple(dict.fromkeys([*path.warnings, *(w for c in casts for w in c.warnings)])),
        offered=path.offered,
    )


def frames_of(record: ScenarioRecord, folder: Path) -> int:
    """Return how many frames a run captures, within one a stream.

    Args:
        record: A point of a scenario.
        folder: What relative paths in it are relative to.

    Raises:
        InputError: If a workload cannot be used.
    """
    logged = [group for group in record.streams.values() if isinstance(group, WorkloadGroup)]
    return record.frames + sum(
        logged_frames(group, workload(group.workload, folder), record.duration_ns)
        for group in logged
    )


def _casts(
    record: ScenarioRecord, models: Sequence[Model], folder: Path, speed: float
) -> list[Cast]:
    index: dict[object, int] = {model.key: number for number, model in enumerate(models)}
    return every(
        partial(_cast, name, group, folder, speed, index) for name, group in record.streams.items()
    )


def _crowd(record: ScenarioRecord, casts: Sequence[Cast], folder: Path, speed: float) -> Crowd:
    unswept, groups = record.unswept, casts
    if record.scales_for_counts and unswept is not record:
        models = models_of(unswept.streams.values(), folder)
        groups = _casts(unswept, models, folder, speed)
    return Crowd(
        casts=casts,
        packets=record.network.packets,
        unswept={cast.name: cast for cast in groups},
        unswept_packets=unswept.network.packets,
    )


def _cast(
    name: str, group: Group, folder: Path, speed: float, models: Mapping[object, int]
) -> Cast:
    if isinstance(group, WorkloadGroup):
        return Logs.of(name, group, folder, speed, models)
    return Cameras.of(name, group, folder, speed, models)


def _check_size(record: ScenarioRecord, casts: Sequence[Cast], run: Run) -> None:
    """Refuse more than fits into the memory; only files tell how much is in workloads.

    Raises:
        InputError: If there are too many streams or frames.
    """
    streams = sum(cast.streams for cast in casts)
    frames = frames_of(record, run.folder)
    for what, found, most in (("streams", streams, MOST_STREAMS), ("frames", frames, MOST_FRAMES)):
        if found > most:
            rule = f"must be at most {most:,} {what} a run"
            value, remedy = f"{found:,} {what}", "shorten the run, or replay less"
            raise InputError(
                Problem(where="scenario", what="streams", value=value, rule=rule, remedy=remedy)
            )


def _streams(cast: Cast, back_ns: int, run: Run) -> list[StreamPlan]:
    decode_by = decode_by_ns(cast, back_ns)
    return [
        with_traits(cast.stream(index, run), cast.group, decode_by) for index in range(cast.streams)
    ]

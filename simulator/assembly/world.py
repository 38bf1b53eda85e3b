"""A whole world's plan from one point of a scenario and a seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from policies.table import resolve
from simulator.assembly.content import capture_instants, clip_pool, replayed_frames
from simulator.assembly.ladder import ladder_plan, ladder_units, wire_bytes_mean
from simulator.assembly.sources import profile as profile_of
from simulator.assembly.times import DRAWS, device_times, entropy_decode_times, served_model
from simulator.assembly.uplink import link_plan
from simulator.foundation import keyed
from simulator.world import PacketPlan, ServerPlan, StreamPlan, WorkerPlan, WorldPlan

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.profile import Profile, Unit
    from policies.interface import Policy
    from simulator.scenario.records import ScenarioRecord
    from simulator.scenario.streams import StreamGroup
    from simulator.world import LadderPlan, LinkPlan, ServedModel

__all__ = ["Assembly", "assemble", "run_seed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assembly:
    """A plan, and what its parts are called in results.

    Attributes:
        plan: The world.
        trace: The trace as the unit of statistics: ``us-lte-up/3``.
        link: The trace as scaled for this run.
        warnings: What is doubtful about the input, in words.
    """

    plan: WorldPlan
    trace: str
    link: str
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cast:
    """What the streams of a group share."""

    name: str
    group: StreamGroup
    profile: Profile
    units: tuple[Unit, ...]
    pool: NDArray[np.intp]
    ladder: LadderPlan
    model: int


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
        InputError: If a profile, trace or policy cannot be used.
    """
    link = record.network.uplink[0]
    models: dict[str, ServedModel] = {}
    casts = [_cast(name, record, folder, models) for name in record.streams]
    offered_bps = sum(
        8
        * cast.group.count
        * cast.group.fps
        * wire_bytes_mean(
            cast.profile, cast.units, link.packets.header_bytes, link.packets.payload_bytes
        )
        for cast in casts
    )
    uplink, link_name = link_plan(link, folder, record.duration_ns, offered_bps)
    streams = tuple(
        _stream(cast, index, record.duration_ns, seed, folder)
        for cast in casts
        for index in range(cast.group.count)
    )
    return Assembly(
        plan=WorldPlan(
            streams=streams,
            uplink=((uplink,),),
            packets=PacketPlan(
                header_bytes=link.packets.header_bytes,
                mtu_payload_bytes=link.packets.payload_bytes,
            ),
            server=ServerPlan(
                workers=(WorkerPlan(speed=record.server.speed),) * record.server.workers,
                max_batch=record.server.batching.max,
                models=tuple(models.values()),
            ),
            downlink_delay_ns=record.network.downlink.delay_ns,
            duration_ns=record.duration_ns,
        ),
        trace=link.trace.label,
        link=link_name,
        warnings=tuple(dict.fromkeys(_warnings(uplink, casts))),
    )


def _warnings(uplink: LinkPlan, casts: Sequence[_Cast]) -> Iterator[str]:
    if warning := uplink.trace.about.warning():
        yield warning
    for cast in casts:
        if cast.profile.means_only:
            yield (
                f"profile {cast.profile.name} holds published means only: every frame has the "
                "same size, score and times, and nothing varies but the network"
            )


def _cast(
    name: str,
    record: ScenarioRecord,
    folder: Path,
    models: dict[str, ServedModel],
) -> _Cast:
    group = record.streams[name]
    profile = profile_of(group.profile, folder)
    units = ladder_units(profile, group.units, f"streams.{name}.units")
    key = profile.sha256
    if key not in models:
        models[key] = served_model(profile, record.server.batching.max)
    return _Cast(
        name=name,
        group=group,
        profile=profile,
        units=units,
        pool=clip_pool(profile, group.clips, f"streams.{name}.clips"),
        ladder=ladder_plan(profile, units, group, record.server.speed),
        model=list(models).index(key),
    )


def _stream(cast: _Cast, index: int, duration_ns: int, seed: int, folder: Path) -> StreamPlan:
    group, units = cast.group, cast.units
    name = f"{cast.name}/{index}"
    captured_ns = capture_instants(group, duration_ns, seed, name)
    frames = len(captured_ns)
    clip, clip_frame = replayed_frames(
        group,
        cast.pool,
        cast.profile,
        frames=frames,
        seed=seed,
        stream=name,
        family=cast.name,
    )
    task = cast.profile.primary_task
    luck = {
        purpose: keyed.uniforms(seed, name, purpose, n=frames)
        for purpose in ("device", "entropy decoding", "batch")
    }
    return StreamPlan(
        name=name,
        group=cast.name,
        ladder=cast.ladder,
        model=cast.model,
        decoders=tuple(cast.profile.unit_names.index(unit.name) for unit in units),
        policy=_policy(cast, folder, lambda: keyed.generator(seed, name, "policy")),
        deadline_ns=group.deadline_ns,
        interval_ns=group.interval_ns,
        probe_ns=group.probe_ns,
        waiting=group.waiting,
        captured_ns=captured_ns,
        clip=clip,
        clip_frame=clip_frame,
        payload_bytes=np.stack([unit.payload_bytes[clip, clip_frame] for unit in units]),
        device_ns=device_times(units, luck["device"], group.device.speed),
        entropy_decode_ns=entropy_decode_times(units, luck["entropy decoding"]),
        batch_draw=(luck["batch"] * DRAWS).astype(np.int64),
        score=np.stack([unit.scores[task][clip, clip_frame] for unit in units]),
        confidence=np.stack([unit.confidence[clip, clip_frame] for unit in units]),
    )


def _policy(cast: _Cast, folder: Path, rng: Callable[[], np.random.Generator]) -> Policy:
    """Build a stream's policy; a file's path is relative to the scenario."""
    spec = cast.group.policy
    file, colon, name = spec.name.rpartition(":")
    whole = f"{folder / file}:{name}" if colon else spec.name
    return resolve(whole, spec.params, rng, where=f"streams.{cast.name}")

"""Streams whose frames are the clips of a measured profile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.cast import built_policy
from simulator.assembly.content import capture_instants, clip_pool, replayed_frames
from simulator.assembly.ladder import chain_plan, ladder_plan, ladder_units, wire_bytes_mean
from simulator.assembly.layers import layer_plan
from simulator.assembly.sources import profile as profile_of
from simulator.assembly.tasks import check_tasks, scores_of, task_plans
from simulator.assembly.times import DRAWS, device_times, entropy_decode_times
from simulator.foundation import keyed
from simulator.world.plan import StreamPlan

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from models.profile import Profile, Unit
    from simulator.assembly.cast import Run
    from simulator.scenario.network import Packets
    from simulator.scenario.streams import ProfileGroup
    from simulator.world.plan import LadderPlan

__all__ = ["Cameras"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """A group of cameras; a `Cast`.

    Attributes:
        name: The group's.
        group: As the scenario has it.
        profile: What was measured.
        units: The ladder.
        pool: The clips they may see.
        ladder: What devices know of the units.
        model: Index of the backbone among the server's models.
    """

    name: str
    group: ProfileGroup
    profile: Profile
    units: tuple[Unit, ...]
    pool: NDArray[np.intp]
    ladder: LadderPlan
    model: int

    @classmethod
    def of(
        cls,
        name: str,
        group: ProfileGroup,
        folder: Path,
        server_speed: float,
        models: Mapping[object, int],
    ) -> Cameras:
        """Load what a group needs.

        Args:
            name: The group's.
            group: As the scenario has it.
            folder: What relative paths in it are relative to.
            server_speed: Of the fastest worker.
            models: Digest of each profile, with None, to its model's index.

        Raises:
            InputError: If the profile cannot be used, or lacks units, clips or tasks.
        """
        profile = profile_of(group.profile, folder)
        units = ladder_units(profile, group.units, f"streams.{name}.units")
        check_tasks(profile, group.tasks, f"streams.{name}.tasks")
        return cls(
            name=name,
            group=group,
            profile=profile,
            units=units,
            pool=clip_pool(profile, group.clips, f"streams.{name}.clips"),
            ladder=ladder_plan(profile, units, group, server_speed),
            model=models[profile.sha256, None],
        )

    @property
    def streams(self) -> int:
        """How many cameras."""
        return self.group.count

    @property
    def fixed_streams(self) -> bool:
        """No: the scenario says how many."""
        return False

    @property
    def layered(self) -> bool:
        """Whether some unit of the ladder has layers."""
        return any(unit.layers is not None for unit in self.units)

    @property
    def warnings(self) -> tuple[str, ...]:
        """Say so where the profile holds published means; measured clips leave no doubt."""
        if not self.profile.means_only:
            return ()
        said = f"profile {self.profile.name} holds published means only: every frame has the same"
        return (f"{said} size, score and times, and nothing varies but the network",)

    def frames_per_s(self, index: int | None) -> float:
        """Return how often a camera captures, or all of them together."""
        return self.group.fps * (self.group.count if index is None else 1)

    def offered_bps(self, index: int | None, packets: Packets) -> float:
        """Return what a camera, or all of them, offer on the wire with the top unit."""
        count = self.group.count if index is None else 1
        size = wire_bytes_mean(
            self.profile, self.units, packets.header_bytes, packets.payload_bytes
        )
        return 8 * count * self.group.fps * size

    def stream(self, index: int, run: Run) -> StreamPlan:
        """Return the plan of a camera."""
        group, units, name = self.group, self.units, f"{self.name}/{index}"
        captured_ns = capture_instants(group, run.duration_ns, run.content_seed, name)
        frames = len(captured_ns)
        clip, clip_frame = replayed_frames(
            group,
            self.pool,
            self.profile,
            frames=frames,
            seed=run.content_seed,
            stream=name,
            family=self.name,
        )
        luck = {
            purpose: keyed.uniforms(run.content_seed, name, purpose, n=frames)
            for purpose in ("device", "entropy decoding", "batch")
        }

        layers = tuple(
            layer_plan(self.profile, unit, clip, clip_frame, luck["entropy decoding"])
            for unit in units
        )
        chains = tuple(chain_plan(self.profile, unit, clip, clip_frame) for unit in units)

        return StreamPlan(
            name=name,
            group=self.name,
            ladder=self.ladder,
            model=self.model,
            decoders=tuple(self.profile.unit_names.index(unit.name) for unit in units),
            policy=built_policy(self, index, run),
            deadline_ns=group.deadline_ns,
            interval_ns=group.interval_ns,
            probe_ns=group.probe_ns,
            waiting=group.waiting,
            captured_ns=captured_ns,
            clip=clip,
            clip_frame=clip_frame,
            payload_bytes=np.stack([unit.payload_bytes[clip, clip_frame] for unit in units]),
            device_ns=device_times(units, luck["device"], group.device.speed),
            entropy_decode_ns=entropy_decode_times(
                (unit.entropy_decode_ns for unit in units), luck["entropy decoding"]
            ),
            batch_draw=(luck["batch"] * DRAWS).astype(np.int64),
            score=scores_of(units, self.profile.primary_task, clip, clip_frame),
            confidence=np.stack([unit.confidence[clip, clip_frame] for unit in units]),
            tasks=task_plans(units, group.tasks, clip, clip_frame),
            layers=layers if self.layered else (),
            chains=chains if any(chains) else (),
        )

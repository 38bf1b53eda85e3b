"""What is doubtful about a scenario's settings: they can be simulated, and say next to nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.sources import profile, workload
from simulator.foundation.quantities import format_ns
from simulator.scenario.streams import ProfileGroup, WorkloadGroup

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.profile import Profile
    from simulator.scenario.records import ScenarioRecord
    from simulator.scenario.streams import Group
    from simulator.world.plan import StreamPlan, WorldPlan

__all__ = ["Doubt", "setting_doubts"]

_MOST_NAMED = 3
_SURE = 1.96


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A setting that is doubtful.

    Attributes:
        path: Of the setting.
        value: What stands there.
        meaning: What that means, as a predicate of the value.
        remedy: What to do. Doubts of one path and remedy are of one kind.
    """

    path: str
    value: str
    meaning: str
    remedy: str


def setting_doubts(record: ScenarioRecord, plan: WorldPlan, folder: Path) -> Iterator[Doubt]:
    """Yield what is doubtful about the groups of a point.

    Args:
        record: The point.
        plan: Its world, or that of its first frames.
        folder: What relative paths in the record are relative to.
    """
    up_ns = sum(min(link.delay_ns for link in hop) for hop in plan.uplink)
    down_ns = sum(min(link.delay_ns for link in hop) for hop in plan.downlink)
    travel_ns = up_ns + down_ns + plan.downlink_delay_ns
    first = {stream.group: stream for stream in reversed(plan.streams)}
    for name, group in record.streams.items():
        where = f"streams.{name}"
        yield from _deadlines(where, group, first[name], travel_ns)
        yield from _slow_units(where, group, first[name])
        yield from _no_capture(where, group, record.duration_ns, folder)
        if isinstance(group, ProfileGroup):
            yield from _chance(where, profile(group.profile, folder))


def _deadlines(where: str, group: Group, stream: StreamPlan, travel_ns: int) -> Iterator[Doubt]:
    """Yield deadlines that no unit keeps on average, even if sending took no time."""
    ladder = stream.ladder
    needed = {
        unit: device_ns + (0 if alone else travel_ns + server_ns)
        for unit, alone, device_ns, server_ns in zip(
            ladder.names,
            ladder.on_device,
            ladder.device_mean_ns,
            ladder.server_mean_ns,
            strict=True,
        )
    }
    local = dict(zip(ladder.names, ladder.on_device, strict=True))
    sent = {unit: time_ns for unit, time_ns in needed.items() if not local[unit]}
    deadlines = {f"{where}.deadline": group.deadline_ns} | {
        f"{where}.tasks.{task}": deadline_ns
        for task, deadline_ns in (group.tasks if isinstance(group, ProfileGroup) else {}).items()
    }
    for path, deadline_ns in deadlines.items():
        for units, whose in ((needed, "a frame"), (sent, "a frame that is sent")):
            if units and min(units.values()) > deadline_ns:
                best = min(units, key=lambda unit: units[unit])
                yield Doubt(
                    path=path,
                    value=format_ns(deadline_ns),
                    meaning=f"is too short for {whose}: device, propagation and service alone take "
                    f"{format_ns(units[best])} on average with {best}, the quickest unit",
                    remedy="allow more time, or make device, path or server quicker",
                )
                break


def _slow_units(where: str, group: Group, stream: StreamPlan) -> Iterator[Doubt]:
    """Yield units for which the device takes longer, on average, than frames lie apart."""
    slow = {
        unit: device_ns
        for unit, device_ns in zip(stream.ladder.names, stream.ladder.device_mean_ns, strict=True)
        if device_ns > stream.interval_ns
    }
    if not slow:
        return
    named = ", ".join(f"{unit} ({format_ns(time)})" for unit, time in [*slow.items()][:_MOST_NAMED])
    more = f" and {len(slow) - _MOST_NAMED} more" if len(slow) > _MOST_NAMED else ""
    fate = "are replaced at the camera" if group.waiting == "newest" else "wait longer and longer"
    logged = isinstance(group, WorkloadGroup)
    yield Doubt(
        path=f"{where}.workload" if logged else f"{where}.fps",
        value=group.workload if isinstance(group, WorkloadGroup) else f"{group.fps:g}",
        meaning=f"captures every {format_ns(stream.interval_ns)}, and the device takes longer with "
        f"{named}{more}: frames {fate} where it is used",
        remedy=f"{'' if logged else 'lower fps, '}raise device.speed, or leave it out of `units`",
    )


def _no_capture(where: str, group: Group, duration_ns: int, folder: Path) -> Iterator[Doubt]:
    """Yield times that are too short for each stream to capture a frame."""
    length_ns = group.end_ns(duration_ns) - group.start_ns
    if isinstance(group, ProfileGroup):
        expected = group.fps * length_ns / 1e9
    else:
        log = workload(group.workload, folder)
        expected = min(
            float((stream.captured_ns < length_ns).sum())
            if log.named
            else stream.rate * length_ns / 1e9
            for stream in log.streams
        )
    if expected >= 1:
        return
    often = f"captures {expected:.2g} frames on average" if expected else "captures no frame"
    path, value = "duration", duration_ns
    if group.stop_ns is not None and group.stop_ns < duration_ns:
        path, value = f"{where}.stop", group.stop_ns
    elif group.start_ns:
        path, value = f"{where}.start", group.start_ns
    yield Doubt(
        path=path,
        value=format_ns(value),
        meaning=f"leaves {where} {format_ns(length_ns)}, in which a stream {often}",
        remedy="let captures last for several frames",
    )


def _chance(where: str, found: Profile) -> Iterator[Doubt]:
    """Yield a profile whose uncompressed network cannot be told from a constant answer."""
    task = found.primary_task
    by_clip = found.clean_scores[task].mean(axis=1, dtype=np.float64)
    mean = float(by_clip.mean())
    spread = 0.0 if len(by_clip) == 1 else float(by_clip.std(ddof=1)) / len(by_clip) ** 0.5
    chance = found.chance(task)
    if mean - _SURE * spread > chance:
        return
    yield Doubt(
        path=f"{where}.profile",
        value=found.name,
        meaning=f"holds a network that scores {mean:.1%} of {task} uncompressed, on {len(by_clip)} "
        f"clips: no better than a constant answer, {chance:.1%}, so that no score says anything",
        remedy="check weights, scaling and the order of classes, and measure again",
    )

"""What a run's streams meet: when they capture, which clips they see, and what all that goes with.

Clips, phases, compute times, drawn outages and the dice of policies go with the trace, as the luck
of links does (see `simulator.assembly.hops`): results are compared over traces, and content that
all of them shared would not show in how far they lie apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.assembly.sources import trace
from simulator.foundation import keyed
from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from models.profile import Profile
    from simulator.scenario.records import ScenarioRecord
    from simulator.scenario.streams import ProfileGroup

__all__ = ["capture_instants", "clip_pool", "content_seed", "replayed_frames"]


def content_seed(record: ScenarioRecord, seed: int, folder: Path) -> int:
    """Return the seed of everything random in a run but its links.

    By default it goes with the trace of the first uplink hop: its name (a file's, without the
    folders, or ``family/seed``) and where in it the run starts. Neither load nor policy, neither
    other hops nor how many links a hop has, changes it.

    Args:
        record: A point of a scenario.
        seed: The run's.
        folder: What relative paths in the scenario are relative to.

    Raises:
        InputError: If the trace cannot be used.
    """
    if record.content_by == "same":
        return seed
    source = record.network.uplink[0].trace
    name = trace(source, folder, record.duration_ns).about.name
    return int.from_bytes(keyed.key_of(seed, "content", name, source.offset_ns), "little")


def capture_instants(
    group: ProfileGroup, duration_ns: int, seed: int, stream: str
) -> NDArray[np.int64]:
    """Return when a stream captures: a drawn phase, then every interval, each with its jitter.

    Args:
        group: With frame rate, jitter, and when captures begin and end.
        duration_ns: No frame is captured at or after this.
        seed: What streams draw by.
        stream: The stream's name.

    Returns:
        int64 [frames], strictly ascending.
    """
    interval = 1e9 / group.fps
    phase = keyed.uniforms(seed, stream, "phase", n=1)[0] * interval
    length_ns = group.end_ns(duration_ns) - group.start_ns
    most = int(length_ns / interval) + 1
    instants = phase + np.arange(most) * interval
    if group.jitter_ns:
        instants += keyed.uniforms(seed, stream, "jitter", n=most) * group.jitter_ns
    order = np.arange(most)
    whole = np.floor(instants).astype(np.int64)
    strict: NDArray[np.int64] = np.maximum.accumulate(whole - order) + order
    return strict[strict < length_ns] + group.start_ns


def clip_pool(profile: Profile, sets: tuple[str, ...] | None, what: str) -> NDArray[np.intp]:
    """Return the replay clips a group of streams may see.

    Args:
        profile: With halves and sets of its clips.
        sets: Names of sets; by default those that calibration has seen.
        what: The path of the setting, for messages.

    Raises:
        InputError: If a set has no clip to replay.
    """
    replay = profile.clips_of("replay")
    there = set(profile.clip_set[replay].tolist())
    seen = set(profile.clip_set[profile.clips_of("calibration")].tolist())
    wanted = (seen & there or there) if sets is None else set(sets)
    if unknown := sorted(wanted - there):
        raise InputError(
            *(
                Problem(
                    where=f"profile {profile.name}",
                    what=what,
                    value=name,
                    rule="must be a set of clips to replay",
                    remedy=did_you_mean(name, there),
                )
                for name in unknown
            )
        )
    return replay[np.isin(profile.clip_set[replay], sorted(wanted))]


def replayed_frames(
    group: ProfileGroup,
    pool: NDArray[np.intp],
    profile: Profile,
    *,
    frames: int,
    seed: int,
    stream: str,
    family: str,
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return which clip, and which frame of it, a stream sees at each of its captures.

    A stream starts at a drawn clip of the pool and plays clips whole and in order; frame k of a
    stream at f fps shows frame floor(k F / f) of clips filmed at F.

    Args:
        group: With frame rate and how its cameras' contents go together.
        pool: The clips.
        profile: With their length and frame rate.
        frames: How many captures.
        seed: What streams draw by.
        stream: The stream's name.
        family: The name of its group.

    Returns:
        Clips and frames within them, int32 [frames] each.
    """
    length = profile.frames_per_clip
    whose = stream if group.content == "independent" else family
    first = int(keyed.uniforms(seed, whose, "first clip", n=1)[0] * len(pool)) * length
    if group.content == "correlated":
        first -= int(keyed.uniforms(seed, stream, "lag", n=1)[0] * length)
    # The nudge keeps k F / f from falling below a whole number that it equals.
    played = np.floor(np.arange(frames) * (profile.clip_fps / group.fps) + 1e-6).astype(np.int64)
    at = (first + played) % (len(pool) * length)
    return pool[at // length].astype(np.int32), (at % length).astype(np.int32)

"""Small made-up profiles for tests: few units, four clips, times that are easy to add up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from models.profile import Chain, LayerTable, Profile, Tail, Unit, sealed
from simulator.foundation import keyed

if TYPE_CHECKING:
    from models.profile.records import UnitKind

MS = 1_000_000
"""Nanoseconds in a millisecond."""

BATCH_SIZES = (1, 2, 4)
MEAN_BYTES = {"device": 0, "unit-1": 200, "unit-2": 800, "jpeg444-q50": 3200}
MEAN_TOP1 = {"device": 0.9, "unit-1": 0.6, "unit-2": 0.85, "jpeg444-q50": 0.9}
KINDS: dict[str, UnitKind] = {
    "device": "on-device",
    "unit-1": "bottleneck",
    "unit-2": "bottleneck",
    "jpeg444-q50": "image-codec",
}


def tiny_profile(*, clips: int = 4, frames: int = 30, seed: int = 0) -> Profile:
    """Return a sealed profile in which half of the clips, at least one, are for calibration.

    A device row takes 1 + 2 + 1 + 1 ms (and 4 ms of tail on the device) up to a jitter of 20 %,
    the server 0.5 ms to decode a payload, 1 ms a frame of decoder and 2 + 1 ms a frame of tail.
    """
    units = tuple(_unit(name, clips, frames, seed) for name in MEAN_BYTES)
    halves = ["calibration"] * (clips // 2) + ["replay"] * (clips - clips // 2)
    sets = ["standard" if clip % 2 == 0 else "busy" for clip in range(clips)]
    profile = Profile(
        name="tiny",
        clip_fps=15.0,
        units=units,
        primary_task="top1",
        batch_sizes=BATCH_SIZES,
        tail_ns=np.stack([jittered((2 + size) * MS) for size in BATCH_SIZES]),
        clip_half=np.array(halves),
        clip_set=np.array(sets),
        clean_scores={task: np.full((clips, frames), 1.0, np.float32) for task in TASKS},
        info={"machine": "made up", "threads": 1},
    )
    return sealed(profile)


TASKS = ("top1", "box_iou", "mask_iou")


def jittered(mean_ns: int, samples: int = 11) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return sorted samples spread evenly from 0.9 to 1.1 of a mean."""
    return np.rint(mean_ns * np.linspace(0.9, 1.1, samples)).astype(np.int64)


def rich_profile(*, clips: int = 4, frames: int = 30, seed: int = 0) -> Profile:
    """Return a sealed profile with units that share weights, have tails, layers or a chain.

    To ``tiny_profile`` are added, with its times: any-1 and any-2, settings of one network, "any";
    student-1 with a tail of its own that takes three times as long as the shared one, and 250 kB of
    its 330 kB; early-1 and early-2 with the tail "early", which takes 5 + 2 ms a frame; layered, of
    layers of 300, 300 and 600 B, decoded in 0.5, 0.6 and 0.7 ms; and a video codec that takes 400 B
    a frame, but 4 kB for each tenth.
    """
    tiny = tiny_profile(clips=clips, frames=frames, seed=seed)
    own = Tail(
        name="student-1",
        times_ns=np.stack([jittered(3 * (2 + size) * MS) for size in BATCH_SIZES]),
        memory_bytes=250_000,
    )
    early = Tail(
        name="early",
        times_ns=np.stack([jittered((5 + 2 * size) * MS) for size in BATCH_SIZES]),
        memory_bytes=500_000,
    )
    units = [
        *tiny.units,
        _like(tiny.units[1], 220, name="any-1", kind="continuous", module="any"),
        _like(tiny.units[2], 780, name="any-2", kind="continuous", module="any"),
        _like(tiny.units[1], 150, name="student-1", kind="student", tail=own, memory_bytes=330_000),
        _like(
            tiny.units[1], 260, name="early-1", kind="other-split", tail=early, memory_bytes=580_000
        ),
        _like(
            tiny.units[2], 900, name="early-2", kind="other-split", tail=early, memory_bytes=580_000
        ),
        _layered(tiny.units[2]),
        _like(
            tiny.units[3],
            400,
            name="h264-qp30",
            kind="video-codec",
            chain=Chain(refresh=10, intra_bytes=np.full((clips, frames), 4000, np.int32)),
        ),
    ]
    ladder = sorted(units, key=lambda unit: float(unit.payload_bytes.mean()))
    return sealed(replace(tiny, name="rich", units=tuple(ladder), sha256=""))


def unit_of(profile: Profile, name: str) -> Unit:
    """Return a unit by its name."""
    return profile.units[profile.index(name)]


def _like(unit: Unit, mean_bytes: int, **changes: Any) -> Unit:  # noqa: ANN401 - any field
    sizes = np.rint(unit.payload_bytes * (mean_bytes / unit.payload_bytes.mean()))
    return replace(unit, **{"module": ""} | changes, payload_bytes=sizes.astype(np.int32))


def _layered(unit: Unit) -> Unit:
    """Return a unit of three layers: each one that comes is worth a third of the score."""
    shares = np.array([1, 2, 3], np.float32)[:, None, None] / 3
    table = LayerTable(
        payload_bytes=np.stack([np.full(unit.payload_bytes.shape, n) for n in (300, 300, 600)]),
        scores={task: (values * shares).astype(np.float32) for task, values in unit.scores.items()},
        confidence=(unit.confidence * shares).astype(np.float32),
        entropy_decode_ns=np.stack([jittered(MS * tenths // 10) for tenths in (5, 6, 7)]),
    )
    return replace(
        unit,
        name="layered",
        kind="layered",
        module="",
        payload_bytes=table.payload_bytes.sum(axis=0),
        entropy_decode_ns=table.entropy_decode_ns[-1],
        layers=table,
    )


def _unit(name: str, clips: int, frames: int, seed: int) -> Unit:
    rng = keyed.generator(seed, "tiny profile", name)
    kind, on_device = KINDS[name], KINDS[name] == "on-device"
    runs = (True, kind != "image-codec", kind == "bottleneck", not on_device, on_device)
    steps_ns = [step * MS for step in np.multiply((1, 2, 1, 1, 4), runs).tolist()]
    level = rng.uniform(0.7, 1.3, (clips, 1)) * rng.uniform(0.9, 1.1, (clips, frames))
    top1 = rng.random((clips, frames)) < MEAN_TOP1[name]
    decode_ms = 0 if on_device else 1
    return Unit(
        name=name,
        kind=kind,
        payload_bytes=np.rint(MEAN_BYTES[name] * level).astype(np.int32),
        scores={
            "top1": top1.astype(np.float32),
            "box_iou": (0.8 * top1).astype(np.float32),
            "mask_iou": (0.6 * top1).astype(np.float32),
        },
        confidence=rng.uniform(0.3, 1.0, (clips, frames)).astype(np.float32),
        device_rows_ns=np.stack([jittered(step) for step in steps_ns], axis=1),
        entropy_decode_ns=jittered(0 if on_device else MS // 2),
        decode_ns=np.stack([jittered(decode_ms * size * MS) for size in BATCH_SIZES]),
        switch_ns=0 if on_device else 3 * MS,
        memory_bytes=80_000 if kind == "bottleneck" else 0,
        storage_bytes=0 if on_device else 80_000,
        parameters=0 if on_device else 40_000,
    )


def with_video(profile: Profile, *, refresh: int = 5) -> Profile:
    """Add a video codec: predicted frames half of unit-2's payload, intra frames as JPEG's."""
    unit, jpeg = (profile.units[profile.index(name)] for name in ("unit-2", "jpeg444-q50"))
    video = replace(
        jpeg,
        name="h264_444-qp36",
        module="h264_444-qp36",
        kind="video-codec",
        payload_bytes=unit.payload_bytes // 2,
        chain=Chain(refresh=refresh, intra_bytes=jpeg.payload_bytes),
    )
    units = sorted((*profile.units, video), key=lambda unit: unit.mean_bytes)
    return sealed(replace(profile, units=tuple(units)))

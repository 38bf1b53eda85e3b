"""A small made-up profile for tests: four units, four clips, times that are easy to add up."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.profile import Profile, Unit, sealed
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
        memory_bytes=0 if on_device else 80_000,
        storage_bytes=0 if on_device else 80_000,
        parameters=0 if on_device else 40_000,
    )

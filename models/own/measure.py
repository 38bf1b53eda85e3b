"""Measuring a user's own network into a profile: ``splitcast profile measure --model``.

    weights, split --> head, tail --> both ends exported
    calibration clips --> feature codecs --+
                                           +-> all clips: real bytes, decoded, scored --> profile
    image codecs, on the device -----------+-> a few frames: times, stage by stage ----'

Every second clip is for calibration, the others are replayed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import torch
from safetensors.torch import load_file

from models.backbone import prepare
from models.baselines.jpeg import LADDER, Jpeg
from models.measure import TimingPlan
from models.measuring.facts import clocks, facts
from models.measuring.profile_units import ladder_of
from models.measuring.stopwatch import Stopwatch
from models.measuring.timing import time_stages
from models.own.calibrate import calibration_frames, codecs, stored_codecs
from models.own.content import Cut, answers_of
from models.own.ends import export
from models.own.feature_unit import FeatureUnit
from models.own.finite import refuse_nan, refuse_non_finite
from models.own.halves import Scaling
from models.own.halving import halve
from models.own.opening import open_model
from models.own.pictures import read_frames
from models.own.tasks import TASKS, Task
from models.profile import HALVES, Profile, refuse_foreign, save, sealed
from models.subjects.answerer import plain_answerer
from models.subjects.image_unit import ImageUnit, Once
from models.subjects.network import Network
from models.subjects.on_device import OnDevice
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import open_plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.own.clips import Clip
    from models.own.feature_codec import FeatureCodec
    from models.subjects.subject import Subject

__all__ = ["OwnPlan", "measure_own"]

_BATCH = 16
_TIMED_FRAMES = 32
_FLOAT_BYTES = 4
_SMALLEST, _LARGEST = 16, 255


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnPlan:
    """What to measure.

    Attributes:
        model: ``package.module:factory``.
        weights: State dict, safetensors or loadable with ``weights_only=True``.
        split: Name of the submodule behind which the network is cut.
        data: Folder, laid out as the task wants it.
        task: A name in ``models.own.tasks.TASKS``.
        side: Height and width of the frames, at most 255.
        scaling: Of the network's images.
        fps: At which clips of more than one frame were filmed.
        processor: ``cpu``, or an accelerator such as ``cuda``.
        like: Folder of an earlier profile of the network, whose codecs are used instead of
            calibrating new ones: another machine's features differ in their last digits, and only
            profiles with the same codecs can be combined.
        qualities: Of JPEG, 4:4:4.
        timing: How often times are taken.
    """

    model: str
    weights: Path
    split: str
    data: Path
    task: str = "classification"
    side: int = 224
    scaling: Scaling = field(default_factory=Scaling)
    fps: float = 15.0
    processor: str = "cpu"
    like: Path | None = None
    qualities: Sequence[int] = tuple(jpeg.quality for jpeg in LADDER if jpeg.sampling == "444")
    timing: TimingPlan = field(default_factory=TimingPlan)


def measure_own(
    plan: OwnPlan, out: Path, *, tell: Callable[[str], None] = lambda _line: None
) -> Profile:
    """Measure a network, export both of its ends, and write its profile.

    Args:
        plan: What to measure.
        out: Folder of the profile, and of ``export/device`` and ``export/server`` in it.
        tell: Called with a line of progress.

    Returns:
        The profile as it was written.

    Raises:
        InputError: Network, weights, split or data cannot be used, or ``out`` holds files of
            others in the profile's place; no profile is written.
    """
    torch.set_num_threads(1)
    _check(plan)
    refuse_foreign(out)
    task = TASKS[plan.task]
    clips = task.clips(plan.data)
    tell(f"{len(clips)} clips of {len(clips[0].frames)} frames; opening, cutting and calibrating")
    halves = [HALVES[k % len(HALVES)] for k in range(len(clips))]
    cut = _opened(plan, task)
    ladder = _codecs(plan, cut, clips[:: len(HALVES)])
    with TemporaryDirectory() as staging:  # so that nothing is left behind if measuring fails
        export(Path(staging), cut.head, cut.tail, ladder)
        subjects = _subjects(plan, cut, ladder, Path(staging))
        tell(f"split into {cut.head.shape} features; calibrated {len(subjects)} units")
        answers = answers_of(cut, subjects, clips, task, tell=tell)
        network = Network(head=cut.head, tail=cut.tail, subjects=subjects)
        watch = Stopwatch.of(plan.processor)
        images = _timed_images(plan, clips)
        timings = time_stages(network, images, plan.timing, stopwatch=watch, tell=tell)
    profile = Profile(
        name=out.name,
        clip_fps=plan.fps,
        units=ladder_of(network, answers, timings, plan.timing.batch_sizes, tails={}),
        primary_task=task.scores[0],
        batch_sizes=plan.timing.batch_sizes,
        tail_ns=np.sort(np.array([timings.tail[size] for size in plan.timing.batch_sizes]), axis=1),
        clip_half=np.array(halves),
        clip_set=np.array(["standard"] * len(clips)),
        clean_scores=answers[subjects[0].name].scores,  # on the device, nothing is coded
        info=facts(subjects, network.kin) | clocks(timings, network.kin) | _about(plan, cut, clips),
    )
    kept = sealed(profile, where=str(out))
    export(out / "export", cut.head, cut.tail, ladder)
    return save(kept, out)


def _check(plan: OwnPlan) -> None:
    problems = []
    if not _SMALLEST <= plan.side <= _LARGEST:
        rule = f"must be {_SMALLEST} to {_LARGEST} pixels, as a wire header has room for"
        problems.append(_problem("side", plan.side, rule, "write --side 224"))
    found = torch.accelerator.current_accelerator(check_available=True)
    known = ["cpu", *([found.type] if found else [])]
    if plan.processor not in known:
        rule = f"must be one that is here: {', '.join(known)}"
        problems.append(_problem("processor", plan.processor, rule, "write --processor cpu"))
    if problems:
        raise InputError(*problems)


def _problem(what: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where="own network", what=what, value=value, rule=rule, remedy=remedy)


def _opened(plan: OwnPlan, task: Task) -> Cut:
    model = open_model(plan.model, plan.weights)
    head, tail = halve(
        model,
        plan.split,
        side=plan.side,
        outputs=task.outputs,
        scaling=plan.scaling,
        processor=plan.processor,
    )
    with open_plain(plan.weights, what="weights") as stream:
        sha = hashlib.file_digest(stream, "sha256")
    sha.update(f"{plan.model} {plan.split} {plan.side} {plan.scaling}".encode())
    return Cut(head, tail, plan.split, sha.hexdigest())


def _codecs(plan: OwnPlan, cut: Cut, clips: Sequence[Clip]) -> list[FeatureCodec]:
    """Return the ladder: calibrated on some clips, or another machine's."""
    features = _features(plan, cut, _spread(clips, calibration_frames(cut.head.shape)))
    if plan.like is None:
        return codecs(features)
    return stored_codecs(plan.like / "export" / "device", cut.head.shape)


def _subjects(
    plan: OwnPlan, cut: Cut, ladder: Sequence[FeatureCodec], folder: Path
) -> list[Subject]:
    """Return all that is measured; ``folder`` holds both exported ends."""
    stored = folder / "server" / "tail.safetensors"
    values = sum(part.numel() for part in cut.tail.graph.state_dict().values())
    costs = {
        "parameters": values,
        "storage_bytes": stored.stat().st_size,
        "memory_bytes": _FLOAT_BYTES * values,
    }
    digest = hashlib.sha256(f"{cut.digest} device".encode()).hexdigest()
    load, plain = partial(load_file, stored), plain_answerer(cut.head, cut.digest)
    return [
        OnDevice(head=cut.head, tail=cut.tail, digest=digest, costs=costs, load=load),
        *(FeatureUnit(codec, cut.head, cut.digest, folder / "device") for codec in ladder),
        *(ImageUnit(Once(Jpeg("444", q, plan.side)), plain) for q in plan.qualities),
    ]


@torch.inference_mode()
def _features(plan: OwnPlan, cut: Cut, pictures: Sequence[Path]) -> torch.Tensor:
    """Return the features of pictures; what is no number is refused before anything is measured."""
    parts = []
    for start in range(0, len(pictures), _BATCH):
        some = pictures[start : start + _BATCH]
        parts.append(cut.head(prepare(read_frames(some, plan.side))))
        refuse_non_finite(parts[-1], some, plan.split)
        refuse_nan(cut.tail(parts[-1]), some)
    return torch.cat(parts)


def _spread(clips: Sequence[Clip], most: int) -> list[Path]:
    """Return pictures spread evenly over clips."""
    paths = [path for clip in clips for path in clip.frames]
    step = max(1, len(paths) // most)
    return paths[::step][:most]


def _timed_images(plan: OwnPlan, clips: Sequence[Clip]) -> NDArray[np.uint8]:
    """Return the frames to take times with; a batch of few frames repeats them."""
    largest = plan.timing.batch_sizes[-1]
    images = read_frames(_spread(clips, max(_TIMED_FRAMES, largest)), plan.side)
    repeats = -(-largest // len(images))
    return np.tile(images, (repeats, 1, 1, 1)) if repeats > 1 else images


def _about(plan: OwnPlan, cut: Cut, clips: Sequence[Clip]) -> dict[str, object]:
    frames = [frame for clip in clips for frame in clip.frames]
    return {
        "network": {
            "factory": plan.model,
            "digest": cut.digest,
            "split": plan.split,
            "features": "x".join(map(str, cut.head.shape)),
            "processor": plan.processor,
        },
        "data": {
            "task": plan.task,
            "clips": len(clips),
            "frames": len(frames),
            "chance": TASKS[plan.task].chance([truth for clip in clips for truth in clip.truths]),
        },
    }

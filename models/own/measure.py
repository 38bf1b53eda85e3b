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
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch
from safetensors.torch import load_file

from models.backbone import prepare
from models.baselines.jpeg import LADDER, Jpeg
from models.measure import TimingPlan
from models.measuring.answers import Answers
from models.measuring.facts import clocks, facts
from models.measuring.profile_units import ladder_of
from models.measuring.stopwatch import Stopwatch
from models.measuring.timing import time_stages
from models.own.calibrate import calibration_frames, codecs, stored_codecs
from models.own.ends import export
from models.own.feature_unit import FeatureUnit
from models.own.halves import Head, Scaling, Tail
from models.own.halving import halve
from models.own.opening import open_model
from models.own.pictures import read_frame
from models.own.tasks import TASKS, Scored, Task
from models.profile import HALVES, Profile, save, sealed
from models.subjects.answerer import plain_answerer
from models.subjects.image_unit import ImageUnit, Once
from models.subjects.network import Network
from models.subjects.on_device import OnDevice
from models.subjects.subject import Shown
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.own.clips import Clip
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


class _Cut(NamedTuple):
    """A network in two, and its digest."""

    head: Head
    tail: Tail
    digest: str


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
        InputError: Network, weights, split or data cannot be used; no profile is written.
    """
    torch.set_num_threads(1)
    _check(plan)
    task = TASKS[plan.task]
    clips = task.clips(plan.data)
    tell(f"{len(clips)} clips of {len(clips[0].frames)} frames")
    halves = [HALVES[k % len(HALVES)] for k in range(len(clips))]
    cut = _opened(plan, task)
    subjects = _subjects(plan, cut, clips[:: len(HALVES)], out / "export")
    tell(f"split into {cut.head.shape} features; calibrated {len(subjects)} units")
    answers, clean = _content(plan, task, cut, subjects, clips, tell)
    network = Network(head=cut.head, tail=cut.tail, subjects=subjects)
    watch = Stopwatch.of(plan.processor)
    images = _spread(plan, clips, max(_TIMED_FRAMES, plan.timing.batch_sizes[-1]))
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
        clean_scores=clean,
        info=facts(subjects, network.kin) | clocks(timings, network.kin) | _about(plan, cut, clips),
    )
    return save(sealed(profile, where=str(out)), out)


def _check(plan: OwnPlan) -> None:
    problems = []
    if not _SMALLEST <= plan.side <= _LARGEST:
        rule = f"must be {_SMALLEST} to {_LARGEST} pixels, as a wire header has room for"
        problems.append(Problem(where="own network", what="side", value=plan.side, rule=rule))
    found = torch.accelerator.current_accelerator(check_available=True)
    known = ["cpu", *([found.type] if found else [])]
    if plan.processor not in known:
        rule = f"must be one that is here: {', '.join(known)}"
        what = "processor"
        problems.append(Problem(where="own network", what=what, value=plan.processor, rule=rule))
    if problems:
        raise InputError(*problems)


def _opened(plan: OwnPlan, task: Task) -> _Cut:
    model = open_model(plan.model, plan.weights)
    head, tail = halve(
        model,
        plan.split,
        side=plan.side,
        outputs=task.outputs,
        scaling=plan.scaling,
        processor=plan.processor,
    )
    sha = hashlib.sha256(plan.weights.read_bytes())
    sha.update(f"{plan.model} {plan.split} {plan.side} {plan.scaling}".encode())
    return _Cut(head, tail, sha.hexdigest())


def _subjects(plan: OwnPlan, cut: _Cut, clips: Sequence[Clip], folder: Path) -> list[Subject]:
    if plan.like is None:
        images = _spread(plan, clips, calibration_frames(cut.head.shape))
        ladder = codecs(_features(cut.head, images))
    else:
        ladder = stored_codecs(plan.like / "export" / "device", cut.head.shape)
    export(folder, cut.head, cut.tail, ladder)
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
def _features(head: Head, images: NDArray[np.uint8]) -> torch.Tensor:
    parts = [head(prepare(images[k : k + _BATCH])) for k in range(0, len(images), _BATCH)]
    return torch.cat(parts)


def _spread(plan: OwnPlan, clips: Sequence[Clip], most: int) -> NDArray[np.uint8]:
    """Return frames spread evenly over clips; a batch of few frames repeats them."""
    paths = [path for clip in clips for path in clip.frames]
    step = max(1, len(paths) // most)
    images = np.stack([read_frame(path, plan.side) for path in paths[::step][:most]])
    repeats = -(-plan.timing.batch_sizes[-1] // len(images))
    return np.tile(images, (repeats, 1, 1, 1)) if repeats > 1 else images


@torch.inference_mode()
def _content(
    plan: OwnPlan,
    task: Task,
    cut: _Cut,
    subjects: Sequence[Subject],
    clips: Sequence[Clip],
    tell: Callable[[str], None],
) -> tuple[dict[str, Answers], dict[str, NDArray[np.float32]]]:
    """Return what each subject made of all clips, and the scores of the network itself."""
    shape = (len(clips), len(clips[0].frames))
    found = {subject.name: _blank(task, shape) for subject in subjects}
    for number, clip in enumerate(clips):
        for start in range(0, shape[1], _BATCH):
            rows = slice(start, start + _BATCH)
            images = np.stack([read_frame(path, plan.side) for path in clip.frames[rows]])
            shown = Shown(images=images, features=cut.head(prepare(images)))
            for subject in subjects:
                coded = subject.code(shown)
                scored = task.score(cut.tail(coded.features), clip.truths[rows], plan.side)
                _keep(found[subject.name], (number, rows), coded.payload_bytes, scored)
        if (number + 1) % 20 == 0 or number + 1 == len(clips):
            tell(f"measured {number + 1} of {len(clips)} clips")
    clean = found[subjects[0].name].scores  # on the device, nothing is coded
    return found, clean


def _blank(task: Task, shape: tuple[int, int]) -> Answers:
    return Answers(
        payload_bytes=np.zeros(shape, np.int64),
        ideal_bytes=np.zeros(shape),
        scores={name: np.zeros(shape, np.float32) for name in task.scores},
        confidence=np.zeros(shape, np.float32),
    )


def _keep(
    into: Answers, place: tuple[int, slice], sizes: NDArray[np.int64], scored: Scored
) -> None:
    into.payload_bytes[place] = sizes
    into.confidence[place] = scored.confidence
    for name, values in scored.scores.items():
        into.scores[name][place] = values


def _about(plan: OwnPlan, cut: _Cut, clips: Sequence[Clip]) -> dict[str, object]:
    frames = [frame for clip in clips for frame in clip.frames]
    return {
        "network": {
            "factory": plan.model,
            "digest": cut.digest,
            "split": plan.split,
            "features": "x".join(map(str, cut.head.shape)),
            "processor": plan.processor,
        },
        "data": {"task": plan.task, "clips": len(clips), "frames": len(frames)},
    }

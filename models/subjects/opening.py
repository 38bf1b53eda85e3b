"""Opens a trained ladder for measuring: the backbone cut in two, and every subject on it."""

from __future__ import annotations

from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import torch

from models import ladder
from models.backbone import SPLIT_AFTER
from models.baselines import reduced_file
from models.baselines.jpeg import LADDER
from models.runs import load_seeds
from models.split import SPLITS, cut
from models.subjects import images
from models.subjects.any_rate import at_levels
from models.subjects.bottleneck import Bottleneck
from models.subjects.feature_zlib import FeatureZlib
from models.subjects.kin import Kin
from models.subjects.network import Network
from models.subjects.on_device import OnDevice
from models.subjects.prefix import prefixes
from models.subjects.reduced_unit import Reduced, Together
from models.subjects.sent_answer import TAIL, sent_answers
from models.subjects.student import Taught
from models.units import other_splits, student_file
from models.units.continuous import ContinuousUnit
from models.units.layered import LayeredUnit
from models.weightfile import resident

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from torch import nn

    from models.baselines.reduced import ReducedUnit
    from models.ladder import TrainedLadder
    from models.subjects.image_unit import ImageCodec
    from models.subjects.subject import Subject
    from models.units.bottleneck import BottleneckUnit

__all__ = ["open_ladder", "open_network", "open_seeds", "seed_prefix"]

_FLOAT_BYTES = 4
_WHOLE = ("on-device", "image-codec")  # kinds that run the whole backbone on frames


def open_network(
    weights: str | Path,
    codecs: Sequence[ImageCodec] = LADDER,
    *,
    baselines: bool = False,
    aware: Collection[str] = (),
    answers: bool = False,
) -> Network:
    """Return a trained ladder with its baselines, ready to be measured in this process.

    Args:
        weights: Folder of weights, or the name of a shipped one.
        codecs: Settings of still-image codecs to measure beside the trained units.
        baselines: Whether to measure the other baselines, too: 8-bit features through zlib, the
            CR+BQ units and the learned image codec that lie beside the weights, frames without
            loss, and every image codec once more with the codec-aware backbone, if there is one.
        aware: Names of codecs that this backbone answers without the other baselines, too.
        answers: Whether to measure finished answers that are sent from the device, too.

    Raises:
        InputError: The weights are missing, damaged, or do not belong together.
    """
    return _on(open_ladder(weights), codecs, baselines=baselines, aware=aware, answers=answers)


def open_seeds(weights: str | Path, codecs: Sequence[ImageCodec] = LADDER) -> Network:
    """Return a trained backbone with the units that each training seed gave on it.

    A seed's units are called as in the ladder, behind `seed_prefix`.

    Args:
        weights: Folder of weights, or the name of a shipped one; the seeds' lie beside it.
        codecs: Settings of still-image codecs to measure beside them.

    Raises:
        InputError: Some weights are missing, damaged, or do not belong together.
    """
    trained = open_ladder(weights)
    network = _on(trained, codecs, baselines=False)
    head = cut(trained.backbone, after=SPLIT_AFTER).head
    subjects = [subject for subject in network.subjects if subject.kind in _WHOLE]
    for seed, found in load_seeds(trained).items():
        own = [_bottleneck(found, unit, head) for unit in found.units]
        own += [_elsewhere(found, unit, split) for split, unit in other_splits.load_all(found)]
        for subject in own:
            subject.name = seed_prefix(seed) + subject.name
        subjects += own
    return network._replace(subjects=subjects)


def seed_prefix(seed: int) -> str:
    """Return what stands before the names of a seed's units.

    Example:
        >>> seed_prefix(2) + "unit-3"
        'seed-2-unit-3'
    """
    return f"seed-{seed}-"


def open_ladder(weights: str | Path) -> TrainedLadder:
    """Return the ladder in a folder or, where there is no such folder, the shipped one so named."""
    folder = Path(weights)
    return ladder.load(folder if folder.is_dir() else str(weights))


def _on(
    trained: TrainedLadder,
    codecs: Sequence[ImageCodec],
    *,
    baselines: bool,
    aware: Collection[str] = (),
    answers: bool = False,
) -> Network:
    # The memory order that convolutions on processors like best, as prepare() gives it.
    trained.backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    halves = cut(trained.backbone, after=SPLIT_AFTER)
    local = _on_device(trained, halves.head, halves.tail)
    said = sent_answers(local) if answers else []
    subjects: list[Subject] = [local, *said]
    subjects += [_bottleneck(trained, unit, halves.head) for unit in trained.units]
    elsewhere = other_splits.load_all(trained)
    subjects += [_elsewhere(trained, unit, split) for split, unit in elsewhere]
    students = [Taught(served, trained.digest) for served in student_file.load_all(trained)]
    subjects += students
    levels, layers = at_levels(trained, halves.head), prefixes(trained, halves.head)
    subjects += [*levels, *layers]
    if baselines:
        at_split = SPLITS["middle"].features_at(trained.backbone.width)
        subjects.append(FeatureZlib(halves.head, at_split, trained.digest))
        for reduced in reduced_file.load_all(trained.folder, trained.digest):
            subjects += _reduced(trained, reduced, halves.head)
    if baselines:
        sent = images.opened(trained, halves.head, codecs)
    else:
        sent = images.answered(trained, halves.head, codecs, aware)
    subjects += sent.subjects
    kin = Kin(
        modules={level.name: ContinuousUnit.name for level in levels}
        | {student.name: student.module for student in students}
        | {answer.name: local.name for answer in said}
        | sent.modules,
        tails={unit.name: split for split, unit in elsewhere}
        | {answer.name: TAIL for answer in said}
        | sent.tails,
        layered={LayeredUnit.name: tuple(layer.name for layer in layers)} if layers else {},
    )
    return Network(head=halves.head, tail=halves.tail, subjects=subjects, kin=kin, aware=sent.aware)


def _on_device(trained: TrainedLadder, head: nn.Module, tail: nn.Module) -> OnDevice:
    file = trained.folder / "backbone.safetensors"
    share = _size(tail) / _size(trained.backbone)
    costs = {
        "parameters": _size(tail),
        "storage_bytes": round(share * trained.storage_bytes()),
        "memory_bytes": _FLOAT_BYTES * _size(tail),
    }
    load = partial(resident, file, "tail.")
    digest = sha256(f"{trained.digest} device".encode()).hexdigest()
    return OnDevice(head=head, tail=tail, digest=digest, costs=costs, load=load)


def _elsewhere(trained: TrainedLadder, unit: BottleneckUnit, split: str) -> Bottleneck:
    subject = _bottleneck(trained, unit, *cut(trained.backbone, after=SPLITS[split].after))
    subject.kind = "other-split"
    return subject


def _bottleneck(
    trained: TrainedLadder, unit: BottleneckUnit, head: nn.Module, tail: nn.Module | None = None
) -> Bottleneck:
    file = trained.folder / f"{unit.name}.safetensors"
    if unit.tables is None:
        raise AssertionError(unit.name)  # pragma: no cover - loaded units are sealed
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    tail_bytes = 0 if tail is None else _FLOAT_BYTES * _size(tail)
    costs = {
        "parameters": _size(unit),
        "storage_bytes": trained.storage_bytes(unit),
        "memory_bytes": _FLOAT_BYTES * (_size(unit) + unit.tables.frequencies.size) + tail_bytes,
        "tail_bytes": tail_bytes,
    }
    return Bottleneck(
        unit=unit,
        tables=unit.tables,
        head=head,
        feature_shape=unit.shape.features,
        digest=sha256(trained.digest.encode() + file.read_bytes()).hexdigest(),
        costs=costs,
        load=partial(resident, file),
        tail=tail,
    )


def _reduced(trained: TrainedLadder, unit: ReducedUnit, head: nn.Module) -> list[Subject]:
    file = trained.folder / f"{unit.name}.safetensors"
    unit.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    digest, together = trained.digest.encode() + file.read_bytes(), Together()
    costs = {
        "parameters": _size(unit),
        "storage_bytes": file.stat().st_size,
        "memory_bytes": _FLOAT_BYTES * (_size(unit) + unit.channels * unit.levels),
    }
    return [
        Reduced(
            unit=unit,
            together=together,
            packed=packed,
            head=head,
            digest=sha256(digest + b" packed" * packed).hexdigest(),
            costs=costs,
            load=partial(resident, file),
        )
        for packed in (True, False)
    ]


def _size(module: nn.Module) -> int:
    return sum(value.numel() for value in module.parameters())

"""The whole training of the Entropic Students of a backbone: encoders, then tails.

Frames and cached features are those of the ladder's own training, taken up where they are there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from models.ladder import load_unit
from models.training import workshop
from models.training.lessons import Lessons
from models.training.selection import evaluate_coded, told
from models.training.student import Pupil, StudentRecipe, train_student
from models.training.tails import TailRecipe, train_tail
from models.training.team import Member, together
from models.training.workshop import Footage, Workshop
from models.units.own_tail import TASKS, OwnTail
from models.units.student_file import save_student, save_tail
from models.weightfile import refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Outputs
    from models.units.bottleneck import BottleneckUnit

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained.

    Attributes:
        footage: On which frames.
        students: The first stage, in this order: each starts from one before it, or from a unit.
        tails: The second stage.
    """

    footage: Footage
    students: tuple[StudentRecipe, ...]
    tails: tuple[TailRecipe, ...]


FULL = Settings(
    footage=workshop.FULL,
    students=(
        StudentRecipe(rank=3, worth=40.0, start="unit-5", warm_images=150_000, images=80_000),
        StudentRecipe(rank=2, worth=10.0, start="student-3", images=60_000),
        StudentRecipe(rank=1, worth=2.0, start="student-2", images=60_000),
    ),
    tails=(
        *(TailRecipe(rank=rank, images=30_000) for rank in (3, 2, 1)),
        *(TailRecipe(rank=2, images=24_000, tasks=(task,)) for task in TASKS),
    ),
)
"""The schedule of the shipped students: three rates, and three tails for the middle one's tasks."""

QUICK = Settings(
    footage=workshop.QUICK,
    students=(
        StudentRecipe(
            rank=2,
            worth=30.0,
            start="unit-2",
            channels=6,
            warm_images=160,
            images=32,
            batch=16,
            keep_every=5,
        ),
        StudentRecipe(
            rank=1, worth=1.0, start="student-2", channels=6, images=32, batch=16, keep_every=2
        ),
    ),
    tails=(
        *(TailRecipe(rank=rank, images=48, batch=16, keep_every=1) for rank in (2, 1)),
        *(TailRecipe(rank=1, images=16, tasks=(task,), batch=8, keep_every=1) for task in TASKS),
    ),
)
"""A look at the machinery in seconds; the weights are good for nothing."""


def train(
    weights: Path,
    *,
    seed: int = 1,
    settings: Settings = FULL,
    work: Path | None = None,
    workers: int = 2,
    tell: Tell = lambda _line: None,
) -> list[Path]:
    """Train the students of a backbone, and write each beside it when it is done.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order, the noise and the first weights.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The files written: students, then tails.

    Raises:
        InputError: There is no backbone in the folder, or no unit to start from, or it is damaged.
    """
    footage = settings.footage.seeded(seed)
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    seeded = replace(
        settings,
        footage=footage,
        students=tuple(replace(recipe, seed=seed) for recipe in settings.students),
        tails=tuple(replace(recipe, seed=seed) for recipe in settings.tails),
    )
    _refuse_others(seeded, shop)
    task = partial(_learn, shop=shop, settings=seeded)
    together(task, workers, tell=tell)
    names = [student.name for student in settings.students]
    names += [tail.name for tail in settings.tails]
    return [weights / f"{name}.safetensors" for name in names]


def _learn(member: Member, *, shop: Workshop, settings: Settings, tell: Tell) -> None:
    """Train everything, then write everything: a student without its tail opens nothing."""
    lessons = Lessons(frames=shop.training, features=shop.features)
    pupils: dict[str, Pupil] = {}
    for recipe in settings.students:
        pupils[recipe.name] = train_student(
            shop.work,
            recipe,
            shop.backbone,
            lessons,
            start=_start(recipe, shop, pupils),
            member=member,
            tell=tell,
        )
    tails = [
        train_tail(
            shop.work,
            recipe,
            shop.backbone,
            lessons,
            pupils[f"student-{recipe.rank}"],
            member=member,
            tell=tell,
        )
        for recipe in settings.tails
    ]
    if member.rank == 0:
        _write(shop, settings, pupils, tails, tell)


def _write(
    shop: Workshop,
    settings: Settings,
    pupils: dict[str, Pupil],
    tails: list[OwnTail],
    tell: Tell,
) -> None:
    digests: dict[str, str] = {}
    for student in settings.students:
        pupil = pupils[student.name]
        about = _about(shop, student, pupil, _through_frozen(shop, pupil), tell)
        digests[student.name] = save_student(
            shop.weights, pupil.student, about, backbone=shop.digest
        )
    for tail, own in zip(settings.tails, tails, strict=True):
        name = f"student-{tail.rank}"
        about = _about(shop, tail, pupils[name], own, tell)
        path = shop.weights / f"{tail.name}.safetensors"
        save_tail(path, own, about, student=digests[name], like=shop.backbone.tail)


def _start(
    recipe: StudentRecipe, shop: Workshop, pupils: dict[str, Pupil]
) -> Pupil | BottleneckUnit | None:
    if recipe.start is None or recipe.start in pupils:
        return pupils.get(recipe.start or "")
    return load_unit(shop.weights / f"{recipe.start}.safetensors", shop.digest)


def _refuse_others(settings: Settings, shop: Workshop) -> None:
    """Refuse units to start from that have other channels, before anything is trained."""
    students = {recipe.name for recipe in settings.students}
    for recipe in settings.students:
        if recipe.start is None or recipe.start in students:
            continue
        path = shop.weights / f"{recipe.start}.safetensors"
        channels = load_unit(path, shop.digest).channels
        if channels != recipe.channels:
            rule = f"must have as many channels as {recipe.name}, {recipe.channels}"
            raise refused(path, channels, rule)


def _through_frozen(shop: Workshop, pupil: Pupil) -> Callable[[Tensor], Outputs]:
    """Return what answers by a pupil's own decoder and the frozen tail."""
    return lambda symbols: shop.backbone.tail(pupil.decoder.decode(symbols))


def _about(
    shop: Workshop,
    recipe: StudentRecipe | TailRecipe,
    pupil: Pupil,
    answer: Callable[[Tensor], Outputs],
    tell: Tell,
) -> dict[str, Any]:
    """Return what a file says of its training; the scores are those of the selection split."""
    student = pupil.student
    if student.tables is None:
        raise AssertionError(student.name)  # pragma: no cover - trained students are sealed
    selection = evaluate_coded(
        student.encode,
        lambda symbols: answer(symbols.float()),
        student.tables,
        shop.selection,
    )
    tell(told(recipe.name, selection))
    return {"seed": recipe.seed, "images": recipe.images, "selection": selection} | (
        {"warm_images": recipe.warm_images, "worth": recipe.worth, "start": recipe.start}
        if isinstance(recipe, StudentRecipe)
        else {"tasks": list(recipe.tasks)}
    )

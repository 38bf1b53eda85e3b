"""Training of tails of a student's own: the second of the two stages of arXiv 2108.11898.

Encoder and prior are frozen, and a decoder with a tail of its own learns by distillation from the
uncompressed network what can be made of the rounded symbols.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.ladder import halved
from models.training.course import Course
from models.training.loop import go
from models.training.tasks import distances
from models.training.team import ALONE, Member
from models.units.difference import settle
from models.units.own_tail import TASKS, OwnTail

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Backbone
    from models.training.lessons import Lesson, Lessons
    from models.training.student import Pupil
    from models.units.student import Student

__all__ = ["TailRecipe", "train_tail"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TailRecipe:
    """How one tail is trained in the second stage.

    Attributes:
        rank: Of the student whose symbols it answers from.
        tasks: What it is trained for.
        images: Showings.
        truth: Weight of the cross-entropy with the label beside the distance in class.
        seed: Of the order.
        batch: Frames a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
    """

    rank: int
    images: int
    tasks: tuple[str, ...] = TASKS
    truth: float = 0.2
    seed: int = 1
    batch: int = 48
    peak_rate: float = 6e-4
    keep_every: int = 100

    @property
    def name(self) -> str:
        """Name of the tail and of its file.

        Example:
            >>> TailRecipe(rank=2, images=0, tasks=("detection",)).name
            'student-2-tail-detection'
        """
        only = "" if self.tasks == TASKS else "-" + "-".join(self.tasks)
        return f"student-{self.rank}-tail{only}"

    @property
    def steps(self) -> int:
        """Number of optimiser steps."""
        return self.images // self.batch


def train_tail(
    folder: Path,
    recipe: TailRecipe,
    backbone: Backbone,
    lessons: Lessons,
    pupil: Pupil,
    *,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> OwnTail:
    """Train one tail with its decoder, going on from a checkpoint if there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: Folded; the tail starts as a copy of its.
        lessons: What to learn from.
        pupil: The student, sealed, whose symbols are answered from, and the decoder to start with.
        member: This process's place in the team that trains the tail.
        tell: Called with a line of progress.

    Returns:
        The tail, rounded to what its file holds, in evaluation mode.
    """
    own = OwnTail(pupil.student.shape, backbone.tail)
    own.decoder.load_state_dict(pupil.decoder.state_dict())
    own.requires_grad_(requires_grad=True)
    own.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loss = partial(_tune, own, pupil.student, recipe)
    tables = pupil.student.tables
    course = Course.of(
        recipe,
        folder / f"{recipe.name}.safetensors",
        name=recipe.name,
        figure="apart {:.4f}",
        also=[tables.digest.hex() if tables else None],
    )
    go(course, own, {1.0: [*own.parameters()]}, lessons, loss, member=member, tell=tell)
    halved(own)
    settle(own.tail, backbone.tail)
    own.eval().requires_grad_(requires_grad=False)
    return own


def _tune(
    own: OwnTail, student: Student, recipe: TailRecipe, lesson: Lesson, _step: int
) -> tuple[Tensor, float]:
    symbols = student.encode(lesson.frames).float()
    with torch.autocast("cpu", torch.bfloat16):
        out = own(symbols)
    apart = distances(out, lesson.cached.teacher)
    loss = torch.stack([apart[task] for task in recipe.tasks]).sum()
    if "classification" in recipe.tasks:
        loss = loss + recipe.truth * functional.cross_entropy(out.logits, lesson.cached.labels)
    return loss, loss.item()

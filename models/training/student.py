"""Training of the Entropic Student: the first of the two stages of arXiv 2108.11898.

The encoder, its prior and a decoder learn together to give the frozen network's inner features for
few bits. The second stage is in `models.training.tails`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import nn

from models.ladder import halved
from models.split import SPLITS
from models.training.course import Course
from models.training.loop import go
from models.training.tasks import likeness_loss
from models.training.team import ALONE, Member
from models.units.shape import UnitShape
from models.units.student import Student
from models.units.transform import Decoder
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import Tensor

    from models.backbone import Backbone, Tail
    from models.training.lessons import Lesson, Lessons
    from models.units.bottleneck import BottleneckUnit

__all__ = ["Pupil", "StudentRecipe", "begun", "train_student"]

_POINT = SPLITS["middle"]
_BITS_IN_RATE = 1000.0  # as with the units, the rate term counts kilobits a frame
_WARM_WORTH = 4.0  # one distance in the warm-up weighs as much as the four after it
_SEALING_ROWS = 3000


@dataclass(frozen=True, slots=True, kw_only=True)
class StudentRecipe:
    """How one student is trained in the first stage.

    Attributes:
        rank: 1 for the lowest rate.
        worth: The lambda of L = rate (kbit) + lambda * distance.
        start: Name of what it starts from: a student, or a bottleneck unit, which gives decoder
            and prior; None for nothing.
        images: Showings with the distances of features along the frozen tail.
        warm_images: Showings before that with the cheap distance at the split point alone.
        channels: Its C_r.
        seed: Of the order, the noise and the first weights.
        batch: Frames a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
    """

    rank: int
    worth: float
    start: str | None
    images: int
    warm_images: int = 0
    channels: int = 24
    seed: int = 1
    batch: int = 48
    peak_rate: float = 1.5e-3
    keep_every: int = 100

    @property
    def name(self) -> str:
        """The student's name."""
        return f"student-{self.rank}"

    @property
    def steps(self) -> int:
        """Number of optimiser steps, warm-up included."""
        return (self.images + self.warm_images) // self.batch


class Pupil(nn.Module):
    """A student in its first stage, with the decoder that it learns beside.

    Attributes:
        student: Encoder and prior.
        decoder: From symbols to the features at the split point.
    """

    def __init__(self, rank: int, shape: UnitShape) -> None:
        """Make an untrained one."""
        super().__init__()
        self.student = Student(rank, shape)
        self.decoder = Decoder(self.student.shape)

    def forward(self, frames: Tensor, noise: Tensor) -> tuple[Tensor, Tensor]:
        """Pass frames through the stochastic bottleneck, where noise stands for rounding.

        Args:
            frames: float (n, 3, 224, 224).
            noise: uniform in -0.5..0.5, float (n, C_r, 14, 14).

        Returns:
            The decoder's features, and the ideal code length of each frame in bits, (n,).
        """
        y = self.student.analyse(frames).float() + noise
        return self.decoder.synthesise(y), self.student.density.bits(y)


@torch.no_grad()
def begun(pupil: Pupil, start: Pupil | BottleneckUnit | None, backbone: Backbone) -> None:
    """Give a pupil its first weights.

    Args:
        pupil: The one to start.
        start: A pupil of another rate, or a unit, which has a decoder and a prior to give.
        backbone: Whose first filters the encoder starts with, unless another pupil has some.
    """
    if isinstance(start, Pupil):
        pupil.load_state_dict(start.state_dict())
        return
    stem = backbone.stem.conv.weight
    pupil.student.look.weight[: len(stem)] = stem
    if start is not None:
        own = pupil.decoder.state_dict()
        given = start.state_dict()
        pupil.decoder.load_state_dict({name: given[name] for name in own})
        pupil.student.density.load_state_dict(start.density.state_dict())


def _along(tail: Tail, features: Tensor) -> list[Tensor]:
    """Return features and what a tail makes of them further and further on."""
    wide = tail.wide(features)
    middle = tail.middle(wide)
    return [features, wide, middle, tail.deep(middle)]


def _learn(
    pupil: Pupil, tail: Tail, recipe: StudentRecipe, member: Member, lesson: Lesson, step: int
) -> tuple[Tensor, float]:
    rng = generator(recipe.seed, "noise", pupil.student.number, step)
    shape = (recipe.batch, *pupil.student.shape.grid)
    flat = rng.random((shape[0], recipe.channels, *shape[1:]), dtype=np.float32) - np.float32(0.5)
    wanted = lesson.cached.features
    with torch.autocast("cpu", torch.bfloat16):
        after, bits = pupil(lesson.frames, torch.from_numpy(member.share(flat)))
        if step * recipe.batch < recipe.warm_images:
            apart = _WARM_WORTH * likeness_loss(after, wanted)
        else:
            with torch.no_grad():
                teacher = _along(tail, wanted)
            pairs = zip(_along(tail, after), teacher, strict=True)
            apart = torch.stack([likeness_loss(a, b.float()) for a, b in pairs]).sum()
    rate = bits.mean() / _BITS_IN_RATE
    return rate + recipe.worth * apart, rate.item() * _BITS_IN_RATE / 8


def train_student(
    folder: Path,
    recipe: StudentRecipe,
    backbone: Backbone,
    lessons: Lessons,
    *,
    start: Pupil | BottleneckUnit | None = None,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> Pupil:
    """Train one student and a decoder, going on from a checkpoint of the same run if there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: Folded, frozen.
        lessons: What to learn from.
        start: What it starts from.
        member: This process's place in the team that trains the student.
        tell: Called with a line of progress.

    Returns:
        Student and decoder, halved, the student sealed, in evaluation mode.
    """
    torch.manual_seed(recipe.seed * 1000 + 40 + recipe.rank)
    shape = UnitShape(features=_POINT.features_at(backbone.width), channels=recipe.channels)
    pupil = Pupil(recipe.rank, shape)
    pupil.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    begun(pupil, start, backbone)
    prior: list[Tensor] = [*pupil.student.density.parameters()]
    rest: list[Tensor] = [
        value for name, value in pupil.named_parameters() if "density" not in name
    ]
    behind = start.student if isinstance(start, Pupil) else start
    course = Course.of(
        recipe,
        folder / f"{recipe.name}.safetensors",
        name=recipe.name,
        figure="rate {:.0f} B",
        also=[behind.tables.digest.hex() if behind and behind.tables else None],
    )
    tail = backbone.tail.requires_grad_(requires_grad=False)
    tail.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    loss = partial(_learn, pupil, tail, recipe, member)
    go(course, pupil, {1.0: rest, 4.0: prior}, lessons, loss, member=member, tell=tell)
    halved(pupil).eval()
    pupil.student.fix()
    rows = np.array_split(np.arange(min(_SEALING_ROWS, len(lessons))), 30)
    symbols = [pupil.student.encode(lessons.take(part).frames).numpy() for part in rows]
    pupil.student.seal(np.concatenate(symbols))
    return pupil

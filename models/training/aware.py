"""Training of a codec-aware backbone: the plain one goes on learning, on frames out of codecs.

It is asked to say of a coded frame what the plain network says of the clean one, and what is true.
All its numbers learn, and it starts folded: at the low rate of going on, normalisation is not
missed, statistics of a batch in which codecs mix stand for none of them, and what is measured is
what was trained.
"""

from __future__ import annotations

import copy
from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch.nn import functional

from models.backbone import prepare
from models.ladder import halved
from models.training.batches import take, turned
from models.training.course import Course
from models.training.loop import Rows, go
from models.training.spoiling import spoiled
from models.training.tasks import distillation_loss
from models.training.team import ALONE, Member
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Backbone
    from models.training.frames import FrameSet

__all__ = ["AwareRecipe", "train_aware"]

_NAME = "backbone-aware"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwareRecipe:
    """How the codec-aware backbone is trained.

    Attributes:
        images: Showings of a frame.
        truth: Weight of the cross-entropy with the label beside the plain network's answers.
        seed: Of the order, the turns and the codecs.
        batch: Frames a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
    """

    images: int
    truth: float = 0.2
    seed: int = 1
    batch: int = 48
    peak_rate: float = 5e-4
    keep_every: int = 100

    @property
    def steps(self) -> int:
        """Number of optimiser steps."""
        return self.images // self.batch


def _loss(
    network: Backbone,
    teacher: Backbone,
    frames: FrameSet,
    recipe: AwareRecipe,
    rows: NDArray[np.int64],
    step: int,
) -> tuple[Tensor, float]:
    way = int(generator(recipe.seed, "turn", step).integers(8))
    clean = take(frames, rows, way=way)
    coded = spoiled(turned(frames.images[rows], way), seed=recipe.seed, step=step)
    with torch.autocast("cpu", torch.bfloat16):
        with torch.inference_mode():
            wanted = teacher(clean.x)
        out = network(prepare(coded))
    hit = (out.logits.argmax(1) == clean.labels).float().mean()
    truth = functional.cross_entropy(out.logits, clean.labels)
    return distillation_loss(out, wanted) + recipe.truth * truth, hit.item()


def train_aware(
    folder: Path,
    recipe: AwareRecipe,
    backbone: Backbone,
    frames: FrameSet,
    *,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> Backbone:
    """Train the backbone, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        backbone: The plain one, folded, in evaluation mode; it is left as it is.
        frames: The training frames.
        member: This process's place in the team that trains the network.
        tell: Called with a line of progress.

    Returns:
        The aware backbone, folded and halved, in evaluation mode.
    """
    backbone.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    network = copy.deepcopy(backbone).requires_grad_(requires_grad=True)
    path, also = folder / f"{_NAME}.safetensors", [asdict(frames.recipe)]
    course = Course.of(recipe, path, name=_NAME, figure="top1 {:.3f}", also=also)
    loss = partial(_loss, network, backbone, frames, recipe)
    go(
        course,
        network,
        {1.0: [*network.parameters()]},
        Rows(len(frames)),
        loss,
        member=member,
        tell=tell,
    )
    halved(network)
    return network.eval().requires_grad_(requires_grad=False)

"""Training of the learned image codec: rate against squared error, on crops of training frames.

The lowest rate learns from nothing, on small crops; each higher one goes on from the one below it.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import prepare
from models.baselines.learned import STRIDE, LearnedPicture, PictureShape
from models.ladder import halved
from models.training.batches import turned
from models.training.course import Course
from models.training.loop import Rows, go
from models.training.team import ALONE, Member
from simulator.foundation.keyed import generator

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray
    from torch import Tensor

    from models.training.frames import FrameSet

__all__ = ["LearnedRecipe", "encoded", "train_learned"]

_HALF_RANGE = 127.5  # grey levels that 1 stands for
_SEALING_ROWS = 1000
_AT_ONCE = 50
_PRIOR_PACE = 4.0  # the prior follows this much faster, as with the units


@dataclass(frozen=True, slots=True, kw_only=True)
class LearnedRecipe:
    """How one rate of the codec is trained.

    Attributes:
        rank: 1 for the lowest rate.
        worth: The lambda of L = rate (bit a pixel) + lambda * mean squared error (grey levels^2).
        start: Rank of the trained codec it starts from; None for nothing.
        images: Crops shown.
        channels: Of its symbols.
        width: Hidden channels.
        crop: Side of a crop, pixels.
        seed: Of the order, the crops, the noise and the first weights.
        batch: Crops a step.
        peak_rate: Highest learning rate.
        keep_every: Steps between checkpoints.
    """

    rank: int
    worth: float
    start: int | None
    images: int
    channels: int = 48
    width: int = 32
    crop: int = 96
    seed: int = 1
    batch: int = 16
    peak_rate: float = 1e-3
    keep_every: int = 500

    @property
    def steps(self) -> int:
        """Number of optimiser steps."""
        return self.images // self.batch


def _crops(
    frames: FrameSet, rows: NDArray[np.int64], side: int, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return one crop of each frame, uint8 (n, side, side, 3), all turned in one of eight ways."""
    corners = rng.integers(frames.images.shape[1] - side, size=(len(rows), 2), endpoint=True)
    cut = [
        frames.images[row, top : top + side, left : left + side]
        for row, (top, left) in zip(rows, corners, strict=True)
    ]
    return turned(np.stack(cut), int(rng.integers(8)))


def _loss(
    codec: LearnedPicture,
    frames: FrameSet,
    recipe: LearnedRecipe,
    member: Member,
    rows: NDArray[np.int64],
    step: int,
) -> tuple[Tensor, float]:
    rng = generator(recipe.seed, "crops", recipe.rank, step, member.rank)
    x = prepare(_crops(frames, rows, recipe.crop, rng))
    cells = recipe.crop // STRIDE
    size = (len(rows), recipe.channels, cells, cells)
    noise = torch.from_numpy(rng.random(size, dtype=np.float32) - np.float32(0.5))
    with torch.autocast("cpu", torch.bfloat16):
        after, bits = codec(x, noise)
    rate = bits.mean() / recipe.crop**2
    error = _HALF_RANGE**2 * (after - x).square().mean()
    return rate + recipe.worth * error, rate.item()


def train_learned(
    folder: Path,
    recipe: LearnedRecipe,
    frames: FrameSet,
    *,
    start: LearnedPicture | None = None,
    member: Member = ALONE,
    tell: Callable[[str], None] = lambda _line: None,
) -> LearnedPicture:
    """Train one rate, going on from a checkpoint of the same run where there is one.

    Args:
        folder: Where the checkpoint lies.
        recipe: How to train.
        frames: The training frames.
        start: The trained codec to start from, of the same shape.
        member: This process's place in the team that trains the codec.
        tell: Called with a line of progress.

    Returns:
        The codec, halved and sealed, in evaluation mode.
    """
    torch.manual_seed(recipe.seed * 1000 + recipe.rank)
    shape = PictureShape(channels=recipe.channels, width=recipe.width)
    codec = LearnedPicture(recipe.rank, shape)
    codec.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    if start is not None:
        codec.load_state_dict(start.state_dict())
    prior: list[Tensor] = [*codec.density.parameters()]
    rest: list[Tensor] = [
        value for name, value in codec.named_parameters() if not name.startswith("density")
    ]
    course = Course.of(
        recipe,
        folder / f"{codec.name}-from-{recipe.start}.safetensors",
        name=codec.name,
        figure="rate {:.3f} bit a pixel",
        also=[asdict(frames.recipe)],
    )
    loss = partial(_loss, codec, frames, recipe, member)
    rows, parameters = Rows(len(frames)), {1.0: rest, _PRIOR_PACE: prior}
    go(course, codec, parameters, rows, loss, member=member, tell=tell)
    halved(codec)
    codec.eval().requires_grad_(requires_grad=False).seal(encoded(codec, frames))
    return codec


def encoded(codec: LearnedPicture, frames: FrameSet) -> NDArray[np.int32]:
    """Return the symbols of the whole training frames that tables are counted on."""
    rows = np.arange(min(_SEALING_ROWS, len(frames)))
    parts = np.array_split(rows, max(1, len(rows) // _AT_ONCE))
    return np.concatenate(
        [codec.encode(prepare(np.asarray(frames.images[part]))).numpy() for part in parts]
    )

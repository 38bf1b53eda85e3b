"""The whole training of the learned image codec, beside the backbone that answers from it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from models.backbone import prepare
from models.baselines import learned_file
from models.training import workshop
from models.training.learned import LearnedRecipe, train_learned
from models.training.selection import evaluate, told
from models.training.team import Member, together
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.backbone import Backbone
    from models.baselines.learned import LearnedPicture
    from models.training.frames import FrameSet

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]

_AT_ONCE = 50
_PEAK = 255.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained: on which frames, and how each rate, in this order."""

    footage: Footage
    codecs: tuple[LearnedRecipe, ...]


FULL = Settings(
    footage=workshop.FULL,
    codecs=(
        LearnedRecipe(rank=1, worth=0.01, start=None, images=240_000, crop=64),
        LearnedRecipe(rank=2, worth=0.04, start=1, images=32_000),
        LearnedRecipe(rank=3, worth=0.15, start=2, images=32_000),
    ),
)
"""The schedule of the codecs, from the lowest rate up.

Lower ones are left out: a network that knows no codec is right about 42 % of what the first leaves.
The shipped picture-1 drew its crops under another key; a rebuild comes close, not to the same bits.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    codecs=(
        LearnedRecipe(rank=1, worth=0.01, start=None, images=160, crop=64, keep_every=5),
        LearnedRecipe(rank=2, worth=0.04, start=1, images=80, keep_every=5),
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
    """Train the rates of the codec, and write each into a folder of weights when it is done.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order, the crops, the noise and the first weights.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The files written.

    Raises:
        InputError: There is no backbone in the folder, or it is damaged.
    """
    footage = settings.footage.seeded(seed)
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    for recipe in settings.codecs:
        task = partial(_learn, shop=shop, recipe=replace(recipe, seed=seed))
        together(task, workers, tell=tell)
    ranks = sorted({recipe.rank for recipe in settings.codecs})
    return [weights / f"picture-{rank}.safetensors" for rank in ranks]


def _learn(member: Member, *, shop: Workshop, recipe: LearnedRecipe, tell: Tell) -> None:
    start = None
    if recipe.start is not None:
        start = learned_file.load(shop.weights / f"picture-{recipe.start}.safetensors")
    codec = train_learned(shop.work, recipe, shop.training, start=start, member=member, tell=tell)
    if member.rank:
        return
    selection = _evaluated(codec, shop.backbone, shop.selection)
    tell(told(codec.name, selection))
    about = {
        "seed": recipe.seed,
        "images": recipe.images,
        "crop": recipe.crop,
        "worth": recipe.worth,
        "start": recipe.start or "nothing",
        "selection": selection,
    }
    learned_file.save(shop.weights, codec, about)


def _evaluated(codec: LearnedPicture, backbone: Backbone, frames: FrameSet) -> dict[str, float]:
    """Return the plain backbone's scores on decoded frames, ideal bytes, and PSNR in decibels."""
    if codec.tables is None:
        raise AssertionError(codec.name)  # pragma: no cover - sealed by its training
    images = np.empty(frames.images.shape, np.uint8)
    bits, errors = [], []
    for start in range(0, len(frames), _AT_ONCE):
        shown = np.asarray(frames.images[start : start + _AT_ONCE])
        symbols = codec.encode(prepare(shown))
        decoded = codec.decode(symbols)
        images[start : start + _AT_ONCE] = decoded
        bits += [codec.tables.ideal_bits(frame) for frame in symbols.numpy()]
        errors.append(np.square(decoded.astype(np.float32) - shown).mean((1, 2, 3)))
    said = {
        "ideal_bytes": float(np.mean(bits)) / 8,
        "psnr": float(10 * np.log10(_PEAK**2 / np.concatenate(errors).mean())),
    }
    return evaluate(backbone, replace(frames, images=images)) | said

"""The whole training of the codec-aware backbone, beside the plain one it goes on from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from models.baselines import aware_file
from models.baselines.jpeg import Jpeg
from models.training import workshop
from models.training.aware import AwareRecipe, train_aware
from models.training.selection import evaluate, told
from models.training.team import Member, together
from models.training.workshop import Footage, Workshop

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.training.frames import FrameSet

    Tell = Callable[[str], None]

__all__ = ["FULL", "QUICK", "Settings", "train"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How much is trained: on which frames, how, and at which JPEG qualities it is then told of."""

    footage: Footage
    backbone: AwareRecipe
    qualities: tuple[int, ...]


FULL = Settings(
    footage=workshop.FULL,
    backbone=AwareRecipe(images=57_600),
    qualities=(20, 35, 50),
)
"""The schedule of the shipped aware backbone.

It starts from all that the plain one learned. A showing costs more than twice what one of a unit
does: 57,600 take the computing time of 120,000 through the frozen tail, a unit's budget.
"""

QUICK = Settings(
    footage=workshop.QUICK,
    backbone=AwareRecipe(images=64, batch=16, keep_every=2),
    qualities=(50,),
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
    """Train the aware backbone of a folder of weights, and write it there when it is done.

    Args:
        weights: A folder of weights as ``runs.ladder.train`` wrote it.
        seed: Of the data, the order and the codecs.
        settings: How much is trained: ``FULL`` or ``QUICK``.
        work: Where frames, features and checkpoints are kept; default: beside ``weights``, where
            the training of the ladder kept its own.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Returns:
        The file written.

    Raises:
        InputError: There is no backbone in the folder, or it is damaged.
    """
    footage = settings.footage.seeded(seed)
    shop = Workshop.furnished(weights, footage, work=work, workers=workers, tell=tell)
    recipe = replace(settings.backbone, seed=seed)
    together(
        partial(_learn, shop=shop, recipe=recipe, qualities=settings.qualities), workers, tell=tell
    )
    return [weights / aware_file.NAME]


def _learn(
    member: Member, *, shop: Workshop, recipe: AwareRecipe, qualities: tuple[int, ...], tell: Tell
) -> None:
    network = train_aware(shop.work, recipe, shop.backbone, shop.training, member=member, tell=tell)
    if member.rank:
        return
    selection = {"clean": evaluate(network, shop.selection)}
    for quality in qualities:
        coded = _coded(shop.selection, Jpeg("444", quality))
        selection[f"jpeg444-q{quality}"] = evaluate(network, coded)
    for name, scores in selection.items():
        tell(told(f"backbone-aware, {name},", scores))
    about = {"seed": recipe.seed, "images": recipe.images, "selection": selection}
    aware_file.save(shop.weights, network, about, backbone=shop.digest)


def _coded(frames: FrameSet, jpeg: Jpeg) -> FrameSet:
    images = np.stack([jpeg.decode(jpeg.encode(np.ascontiguousarray(i))) for i in frames.images])
    return replace(frames, images=images)

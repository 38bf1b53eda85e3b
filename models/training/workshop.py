"""What every training on a trained backbone starts from: frames, the backbone, its features.

All of it is taken up from the folder where the training of the ladder left it, or made anew.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from models.ladder import load_backbone
from models.training.cache import FeatureSet, cached
from models.training.frames import FrameSet, Recipe, rendered

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from models.backbone import Backbone

__all__ = ["FULL", "QUICK", "Footage", "Workshop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Footage:
    """Which frames a training sees.

    Attributes:
        training: What is learned from.
        selection: What the scores in the files come from; nothing is learned from them.
    """

    training: Recipe
    selection: Recipe

    def seeded(self, seed: int) -> Footage:
        """Return the same frames' recipes with another seed."""
        return Footage(
            training=replace(self.training, seed=seed), selection=replace(self.selection, seed=seed)
        )


FULL = Footage(
    training=Recipe(seed=1, split="training", clips=12_000, per_clip=4),
    selection=Recipe(seed=1, split="selection", clips=1000, per_clip=3),
)

QUICK = Footage(
    training=Recipe(seed=1, split="training", clips=32, per_clip=4),
    selection=Recipe(seed=1, split="selection", clips=24, per_clip=2),
)
"""Enough to see that the machinery works; what it trains is good for nothing."""


@dataclass(frozen=True, kw_only=True)
class Workshop:
    """A trained backbone with the frames it was trained on.

    Picklable, so that each process of a team opens what it needs for itself.

    Attributes:
        weights: Folder of weights with the backbone.
        work: Where frames and features lie, and checkpoints go.
        footage: Which frames.
        shelf: Folder in ``work`` where the features of the middle split point lie; those of others
            lie beside it.
        split: The split point where features are taken, one of ``models.split.SPLITS``.
        rows: How many training frames features are made of, from the first; None for all.
    """

    weights: Path
    work: Path
    footage: Footage
    shelf: str = "features"
    split: str = "middle"
    rows: int | None = None

    @classmethod
    def furnished(
        cls,
        weights: Path,
        footage: Footage,
        *,
        work: Path | None = None,
        shelf: str = "features",
        rows: int | None = None,
        workers: int = 1,
        tell: Callable[[str], None] = lambda _line: None,
    ) -> Workshop:
        """Return a workshop in which all frames and features are there.

        Args:
            weights: A folder of weights as ``runs.ladder.train`` wrote it.
            footage: Which frames.
            work: By default beside ``weights``, where the ladder's training kept its own.
            shelf: Folder in ``work`` where features lie.
            rows: How many training frames features are made of, from the first; by default all.
            workers: Processes that render.
            tell: Called with a line of progress.

        Raises:
            InputError: There is no backbone in the folder, or it is damaged.
        """
        shop = cls(
            weights=weights,
            work=work or weights.with_name(f".{weights.name}.work"),
            footage=footage,
            shelf=shelf,
            rows=rows,
        )
        shop.backbone  # noqa: B018 - a damaged one is to be refused before frames are drawn
        for recipe in (footage.selection, footage.training):
            rendered(shop.work / recipe.split, recipe, workers=workers, tell=tell)
        shop.furnish(tell)
        return shop

    @cached_property
    def _loaded(self) -> tuple[Backbone, str]:
        backbone, digest, _ = load_backbone(self.weights)
        return backbone, digest

    @property
    def backbone(self) -> Backbone:
        """The backbone, folded, in evaluation mode."""
        return self._loaded[0]

    @property
    def digest(self) -> str:
        """The backbone's, which the files of units name."""
        return self._loaded[1]

    @property
    def training(self) -> FrameSet:
        """The frames that are learned from."""
        recipe = self.footage.training
        return rendered(self.work / recipe.split, recipe)

    @property
    def selection(self) -> FrameSet:
        """The frames that scores in files come from."""
        recipe = self.footage.selection
        return rendered(self.work / recipe.split, recipe)

    @property
    def features(self) -> FeatureSet:
        """What the head makes of the training frames."""
        return self.furnish(lambda _line: None)

    def at(
        self, split: str, rows: int, tell: Callable[[str], None] = lambda _line: None
    ) -> Workshop:
        """Return the same workshop at another split point, with features of the first frames."""
        shop = replace(self, split=split, rows=rows)
        shop.furnish(tell)
        return shop

    def furnish(self, tell: Callable[[str], None]) -> FeatureSet:
        """Return the features, made unless they are there."""
        elsewhere = "" if self.split == "middle" else f"-{self.split}-{self.rows}"
        return cached(
            self.work / f"{self.shelf}{elsewhere}",
            self.backbone,
            self.training,
            digest=self.digest,
            split=self.split,
            rows=self.rows,
            tell=tell,
        )

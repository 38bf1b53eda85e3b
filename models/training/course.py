"""A course: the way of one training through its frames, as its recipe has it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

__all__ = ["Course", "Recipe"]


class Recipe(Protocol):
    """What all recipes say, whatever is trained: a frozen record with at least these."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seed(self) -> int:
        """Seed of the order, and of all else that is drawn."""

    @property
    def batch(self) -> int:
        """Frames a step."""

    @property
    def steps(self) -> int:
        """Number of optimiser steps, warm-up included."""

    @property
    def peak_rate(self) -> float:
        """Highest learning rate."""

    @property
    def keep_every(self) -> int:
        """Steps between checkpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The way through the frames.

    Attributes:
        name: What progress calls what is trained; the order of the frames is keyed by it.
        recipe: How it is trained.
        run: Names the run with all its settings; only the same run resumes from a checkpoint.
        path: The checkpoint.
        figure: How progress shows what the loss gives beside itself.
    """

    name: str
    recipe: Recipe
    run: str
    path: Path
    figure: str

    @classmethod
    def of(
        cls,
        recipe: Recipe,
        path: Path,
        *,
        name: str,
        figure: str,
        also: Sequence[object] = (),
    ) -> Course:
        """Return the course of a recipe.

        Args:
            recipe: How to train.
            path: The checkpoint.
            name: What is trained.
            figure: How progress shows what the loss gives beside itself.
            also: What tells runs of one recipe apart, as JSON has it.
        """
        settings = asdict(recipe)
        run = json.dumps([settings, *also] if also else settings)
        return cls(name=name, recipe=recipe, run=run, path=path, figure=figure)

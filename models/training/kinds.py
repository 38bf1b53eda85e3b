"""Every kind of trained weights, in the order in which they are made: ``splitcast units train``.

Each kind has a run module with settings ``FULL`` and ``QUICK`` and a function ``train``. A later
kind may start from what an earlier one left.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from simulator.foundation.errors import InputError, Problem, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

__all__ = ["KINDS", "Kind", "chosen", "train"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of weights.

    Attributes:
        name: What ``--only`` calls it.
        about: What it is.
        module: Where its settings and its training are.
    """

    name: str
    about: str
    module: str


KINDS = (
    Kind("ladder", "the backbone and its bottleneck units", "models.training.runs.ladder"),
    Kind("search", "the search for units at three split points", "models.search.run"),
    Kind("splits", "units at the early and the late split point", "models.training.runs.splits"),
    Kind("continuous", "one unit of any rate", "models.training.runs.continuous"),
    Kind("layered", "one unit in layers", "models.training.runs.layered"),
    Kind("students", "Entropic Students with tails of their own", "models.training.runs.students"),
    Kind("crbq", "CR+BQ at 8 to 1 bits", "models.training.runs.reduced"),
    Kind("aware", "the backbone that knows codecs", "models.training.runs.aware"),
    Kind("pictures", "the learned image codec", "models.training.runs.pictures"),
    Kind("crafted", "a pattern that inflates payloads", "models.training.runs.crafted"),
    Kind("seeds", "bottleneck units from three seeds", "models.training.runs.seeds"),
    Kind("wide", "a wider backbone and its units", "models.training.runs.wide"),
)


def chosen(names: Sequence[str]) -> tuple[Kind, ...]:
    """Return the kinds so named, in the order of training; all of them for no names.

    Raises:
        InputError: If there is no such kind.

    Example:
        >>> [kind.name for kind in chosen(["crbq", "ladder"])]
        ['ladder', 'crbq']
    """
    known = [kind.name for kind in KINDS]
    problems = [
        Problem(
            where="command line",
            what="--only",
            value=name,
            rule="must be a kind of weights",
            remedy=did_you_mean(name, known),
        )
        for name in names
        if name not in known
    ]
    if problems:
        raise InputError(*problems)
    return tuple(kind for kind in KINDS if not names or kind.name in names)


def train(
    weights: Path,
    kinds: Sequence[Kind] = KINDS,
    *,
    seed: int = 1,
    quick: bool = False,
    workers: int = 2,
    tell: Callable[[str], None] = lambda _line: None,
) -> None:
    """Train some kinds of weights into a folder, going on where an earlier run was cut off.

    Args:
        weights: The folder; frames, features and checkpoints are kept beside it.
        kinds: What is trained. All but the ladder need the ladder there.
        seed: Of everything.
        quick: Whether to train for seconds, to see it work.
        workers: One-thread processes that render and train together.
        tell: Called with a line of progress.

    Raises:
        InputError: The ladder that a kind starts from is missing or damaged.
    """
    for kind in kinds:
        began = time.monotonic()
        run = import_module(kind.module)
        run.train(
            weights,
            seed=seed,
            settings=run.QUICK if quick else run.FULL,
            workers=workers,
            tell=tell,
        )
        tell(f"{kind.name}: {kind.about}, {(time.monotonic() - began) / 60:.1f} min")

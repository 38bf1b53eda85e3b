"""Further runs beside a folder of weights: other training seeds on its backbone, a wider backbone.

::

    shapes-224/                  backbone, unit-1 ..
    shapes-224-seeds/seed-1/     unit-3 .., late-2 ..             on the backbone of shapes-224
    shapes-224-wide/             backbone, unit-3 .., late-2 ..   on a backbone of its own
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from models.ladder import load_unit

if TYPE_CHECKING:
    from pathlib import Path

    from models.ladder import TrainedLadder

__all__ = ["load_seeds", "seed_folder", "wide_folder"]


def seed_folder(weights: Path, seed: int) -> Path:
    """Return where the units of a seed lie, which share the backbone of some weights.

    Example:
        >>> from pathlib import PurePosixPath
        >>> str(seed_folder(PurePosixPath("weights/shapes-224"), 2))
        'weights/shapes-224-seeds/seed-2'
    """
    return weights.with_name(f"{weights.name}-seeds") / f"seed-{seed}"


def wide_folder(weights: Path) -> Path:
    """Return where the wide backbone of some weights lies, with its units.

    Example:
        >>> from pathlib import PurePosixPath
        >>> str(wide_folder(PurePosixPath("weights/shapes-224")))
        'weights/shapes-224-wide'
    """
    return weights.with_name(f"{weights.name}-wide")


def load_seeds(trained: TrainedLadder) -> dict[int, TrainedLadder]:
    """Return what each seed made of a ladder, by seed: its backbone with the units of the seed.

    Raises:
        InputError: A unit is damaged, foreign, or of another backbone.
    """
    parts = seed_folder(trained.folder, 0).parent.glob("seed-*")
    seeds = sorted(int(name) for path in parts if (name := path.name[5:]).isdecimal())
    found = {}
    for seed in seeds:
        folder = seed_folder(trained.folder, seed)
        units = [load_unit(path, trained.digest) for path in sorted(folder.glob("unit-*"))]
        found[seed] = replace(trained, folder=folder, units=tuple(units))
    return found

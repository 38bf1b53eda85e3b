"""Bottleneck units at split points other than the ladder's, as they lie beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.backbone import SPLIT_AFTER
from models.ladder import load_unit
from models.split import SPLITS

if TYPE_CHECKING:
    from models.ladder import TrainedLadder
    from models.units.bottleneck import BottleneckUnit

__all__ = ["OTHERS", "load_all"]

OTHERS = tuple(name for name, point in SPLITS.items() if point.after != SPLIT_AFTER)
"""The split points at which the ladder does not stand; units there are named by them."""


def load_all(trained: TrainedLadder) -> list[tuple[str, BottleneckUnit]]:
    """Return the units ``early-1``, ``late-1`` and so on beside a ladder, with their split points.

    Raises:
        InputError: A file is damaged or foreign, or of another backbone or split point.
    """
    width = trained.backbone.width
    return [
        (split, load_unit(path, trained.digest, split=split, width=width))
        for split in OTHERS
        for path in sorted(trained.folder.glob(f"{split}-*.safetensors"))
    ]

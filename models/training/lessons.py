"""Training frames beside what the uncompressed network makes of them, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.training.batches import take
from models.training.cache import CachedBatch, FeatureSet, turns

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from torch import Tensor

    from models.training.frames import FrameSet

__all__ = ["Lesson", "Lessons"]

_WAYS = 8


class Lesson(NamedTuple):
    """A batch to learn from.

    Attributes:
        frames: float32 (n, 3, 224, 224) in -1..1.
        cached: What the network makes of them.
    """

    frames: Tensor
    cached: CachedBatch


@dataclass(frozen=True, slots=True, kw_only=True)
class Lessons:
    """Frames, each turned as it was when its features were cached.

    Attributes:
        frames: The frames.
        features: What the frozen head and tail make of them.
    """

    frames: FrameSet
    features: FeatureSet

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.features)

    def take(self, rows: NDArray[np.int64]) -> Lesson:
        """Read rows as tensors, those that are turned alike next to each other."""
        ways = turns(self.frames)[rows]
        alike = [(way, rows[ways == way]) for way in range(_WAYS) if (ways == way).any()]
        frames = torch.cat([take(self.frames, some, way=way).x for way, some in alike])
        return Lesson(frames, self.features.take(np.concatenate([some for _, some in alike])))

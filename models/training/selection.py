"""Operating points of one unit on the selection split: scores and ideal bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from models.backbone import SPLIT_AFTER, prepare
from models.scoring import Truth, score
from models.split import cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from torch import Tensor

    from models.backbone import Backbone
    from models.training.frames import FrameSet

    Point = Callable[[Tensor], tuple[Tensor, list[float]]]

__all__ = ["evaluate_points"]


@torch.inference_mode()
def evaluate_points(
    points: Mapping[str, Point], backbone: Backbone, frames: FrameSet
) -> dict[str, dict[str, float]]:
    """Return mean scores and ideal bytes of each point over a set of frames.

    Args:
        points: By name, what makes of features those after the unit, and each frame's ideal bits.
        backbone: Folded, frozen.
        frames: What is looked at.
    """
    head, tail = cut(backbone, after=SPLIT_AFTER)
    found: dict[str, dict[str, list[NDArray[np.float32]]]] = {name: {} for name in points}
    for start in range(0, len(frames), 100):
        here = slice(start, min(start + 100, len(frames)))
        features = head(prepare(frames.images[here]))
        truth = Truth(
            labels=frames.labels[here], boxes=frames.boxes[here], masks=frames.masks[here]
        )
        for name, point in points.items():
            after, bits = point(features)
            ideal = np.array(bits, dtype=np.float32) / np.float32(8)
            for task, value in (score(tail(after), truth).by_task | {"ideal_bytes": ideal}).items():
                found[name].setdefault(task, []).append(value)
    return {
        name: {task: float(np.concatenate(values).mean()) for task, values in parts.items()}
        for name, parts in found.items()
    }

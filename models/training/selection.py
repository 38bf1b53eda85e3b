"""Scores on the selection split: what files say of themselves; nothing is learned from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import torch

from models.backbone import SPLIT_AFTER, Outputs, prepare
from models.scoring import Truth, score
from models.split import SPLITS, cut

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from torch import Tensor, nn

    from models.backbone import Backbone
    from models.baselines.reduced import ReducedUnit
    from models.coding.prior import FrequencyTables
    from models.training.frames import FrameSet
    from models.units.bottleneck import BottleneckUnit

    Point = Callable[[Tensor], tuple[Tensor, list[float]]]

__all__ = [
    "Answer",
    "evaluate",
    "evaluate_coded",
    "evaluate_points",
    "evaluate_unit",
    "means",
    "told",
]

_AT_ONCE = 100


class Answer(NamedTuple):
    """What a network says of some frames.

    Attributes:
        out: Its outputs.
        sizes: What each frame took, by the name of the measure.
    """

    out: Outputs
    sizes: Mapping[str, NDArray[Any]]


def told(name: str, scores: Mapping[str, float]) -> str:
    """Return a line of progress.

    Example:
        >>> told("unit-2", {"top1": 0.87654, "ideal_bytes": 112.25})
        'unit-2 on the selection split: top1 0.8765, ideal_bytes 112.2'
    """
    said = ", ".join(f"{task} {value:.4g}" for task, value in scores.items())
    return f"{name} on the selection split: {said}"


@torch.inference_mode()
def means(
    answer: Callable[[NDArray[np.uint8]], Mapping[str, Answer]],
    frames: FrameSet,
    *,
    rows: int | None = None,
) -> dict[str, dict[str, float]]:
    """Return mean scores and sizes over the first frames of a set, for each name that answers.

    Args:
        answer: Of images, uint8 (n, 224, 224, 3), the answers by name.
        frames: The set.
        rows: How many of its frames; by default all.
    """
    found: dict[str, dict[str, list[NDArray[Any]]]] = {}
    upto = min(rows or len(frames), len(frames))
    for start in range(0, upto, _AT_ONCE):
        here = slice(start, min(start + _AT_ONCE, upto))
        truth = Truth(
            labels=frames.labels[here], boxes=frames.boxes[here], masks=frames.masks[here]
        )
        for name, (out, sizes) in answer(frames.images[here]).items():
            for measure, values in (score(out, truth).by_task | dict(sizes)).items():
                found.setdefault(name, {}).setdefault(measure, []).append(values)
    return {
        name: {measure: float(np.concatenate(parts).mean()) for measure, parts in by.items()}
        for name, by in found.items()
    }


def evaluate(network: nn.Module, frames: FrameSet) -> dict[str, float]:
    """Return the mean score of each task over a set of frames, in float32."""
    network.eval()
    return means(lambda images: {"": Answer(network(prepare(images)), {})}, frames)[""]


def evaluate_unit(
    unit: BottleneckUnit | ReducedUnit,
    backbone: Backbone,
    frames: FrameSet,
    *,
    split: str = "middle",
) -> dict[str, float]:
    """Return a sealed unit's mean scores and ideal bytes over a set of frames."""
    head, tail = cut(backbone, after=SPLITS[split].after)
    if unit.tables is None:
        raise ValueError("a unit must be sealed before it is evaluated")
    return evaluate_coded(
        lambda x: unit.encode(head(x)),
        lambda symbols: tail(unit.decode(symbols)),
        unit.tables,
        frames,
    )


def evaluate_coded(
    encode: Callable[[Tensor], Tensor],
    answer: Callable[[Tensor], Outputs],
    tables: FrequencyTables,
    frames: FrameSet,
) -> dict[str, float]:
    """Return mean scores and ideal bytes over a set of frames.

    Args:
        encode: Turns prepared frames into symbols.
        answer: Answers from symbols.
        tables: The symbols' prior.
        frames: The set.
    """

    def coded(images: NDArray[np.uint8]) -> dict[str, Answer]:
        symbols = encode(prepare(images))
        bits = [tables.ideal_bits(frame) for frame in symbols.numpy()]
        return {"": Answer(answer(symbols), _ideal(bits))}

    return means(coded, frames)[""]


def evaluate_points(
    points: Mapping[str, Point], backbone: Backbone, frames: FrameSet
) -> dict[str, dict[str, float]]:
    """Return mean scores and ideal bytes of each point of one unit over a set of frames.

    Args:
        points: By name, what makes of features those after the unit, and each frame's ideal bits.
        backbone: Folded, frozen.
        frames: What is looked at.
    """
    head, tail = cut(backbone, after=SPLIT_AFTER)

    def coded(images: NDArray[np.uint8]) -> dict[str, Answer]:
        features = head(prepare(images))
        found = {name: point(features) for name, point in points.items()}
        return {name: Answer(tail(after), _ideal(bits)) for name, (after, bits) in found.items()}

    return means(coded, frames)


def _ideal(bits: list[float]) -> dict[str, NDArray[np.float32]]:
    return {"ideal_bytes": np.array(bits, dtype=np.float32) / np.float32(8)}

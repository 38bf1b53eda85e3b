"""The measures that an evaluation reports, in every draw of the bootstrap over clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from models.comparing.set_scores import AP_50_95, average_precisions, mean_iou
from models.intervals import spread
from models.scoring import TASKS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.measuring.answers import Answers

__all__ = ["CURVED", "MEASURES", "Drawn", "against_clean", "drawn", "scores_json"]

MEASURES = (*TASKS, "map50", "map", "miou")
"""Means over frames; then of whole sets detection's mean average precision at an overlap of 0.5 and
averaged over 0.5, 0.55 .. 0.95, and the masks' mean IoU over classes."""

CURVED = ("top1", "map", "miou")
"""The measure of each task that curves are drawn and differences taken of."""

_POINTS = 100


class Drawn(NamedTuple):
    """What a subject takes and scores in every draw.

    Attributes:
        sizes: ``[draw]`` mean bytes; draw 0 is all clips alike.
        scores: The same of each of ``MEASURES``.
    """

    sizes: NDArray[np.float64]
    scores: dict[str, NDArray[np.float64]]


def drawn(answers: Answers, weights: NDArray[np.float64]) -> Drawn:
    """Return the means of answers with evidence in every draw.

    Args:
        answers: Of one subject; the sizes may be of more frames than the scores.
        weights: From ``intervals.draws``, ``[draw, clip]``.
    """
    means = {task: weights @ answers.scores[task].mean(axis=1, dtype="f8") for task in TASKS}
    precisions = average_precisions(answers, weights, AP_50_95)
    whole = {"map50": precisions[:, 0], "map": precisions.mean(axis=1)}
    whole["miou"] = mean_iou(answers, weights)
    return Drawn(weights @ answers.payload_bytes.mean(axis=1), means | whole)


def against_clean(own: Drawn, clean: Drawn) -> dict[str, Any]:
    """Return bytes, scores and points over the uncompressed network, with intervals, for JSON.

    Args:
        own: Of one unit.
        clean: Of the network without it, on the same draws.
    """
    return {
        "bytes": spread(own.sizes).as_json(),
        "scores": scores_json(own),
        "points_over_clean": {
            name: spread(_POINTS * (values - clean.scores[name])).as_json()
            for name, values in own.scores.items()
        },
    }


def scores_json(own: Drawn) -> dict[str, dict[str, float]]:
    """Return each measure with its interval, for JSON."""
    return {name: spread(values).as_json() for name, values in own.scores.items()}

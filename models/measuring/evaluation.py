"""Accuracy of a ladder on short test clips, apart from the clips of any profile.

Thousands of clips with two frames each say more about accuracy than hundreds of long ones: frames
of one clip resemble each other. Every difference to the uncompressed network is a paired one, on
the same frames, with a 95 % interval by bootstrap over clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.intervals import Estimate, estimate, resamplings
from models.measuring.answers import Answers, collect
from models.measuring.bottleneck import over_ideal
from models.measuring.content import Block, short_clips
from models.measuring.curves import bytes_needed
from models.scoring import TASKS
from models.wire import HEADER_BYTES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.measuring.subject import Subject

__all__ = ["EvaluationPlan", "against_clean", "evaluate_group", "group_blocks"]

_POINTS = 100
_LOSS = 0.02  # JPEG is asked for the bytes at which it stays this close to the uncompressed network


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationPlan:
    """Which test clips are looked at: two frames each of so many clips of each set."""

    seed: int = 1
    standard: int = 2000
    busy: int = 1000
    shifted: int = 600

    def blocks(self) -> dict[str, list[Block]]:
        """Return the blocks of each set."""
        counts = {"standard": self.standard, "busy": self.busy, "shifted": self.shifted}
        return {
            kind: short_clips(seed=self.seed, kind=kind, clips=clips)
            for kind, clips in counts.items()
        }


def group_blocks(plan: EvaluationPlan) -> dict[str, list[Block]]:
    """Return blocks of the groups that are reported: ``test`` is standard and busy together."""
    blocks = plan.blocks()
    return {"test": [*blocks["standard"], *blocks["busy"]], **blocks}


def evaluate_group(
    subjects: Sequence[Subject], blocks: Sequence[Block], cache: Path
) -> dict[str, Any]:
    """Return the scores, differences and sizes of every subject on one group of clips.

    Args:
        subjects: What was measured; the first answers as the uncompressed network.
        blocks: The group's clips, measured into the cache before.
        cache: Folder of results.
    """
    found = {s.name: collect(s, blocks, cache, evidence=True) for s in subjects}
    clean = found[subjects[0].name]
    clips = len(clean.confidence)
    weights = resamplings(clips)
    return {
        "clips": clips,
        "frames": int(clean.confidence.size),
        "clean": {task: estimate(clean.scores[task], weights).as_json() for task in TASKS},
        "units": {
            subject.name: {"kind": subject.kind} | _unit(found[subject.name], clean, weights)
            for subject in subjects[1:]
        },
        "jpeg444_bytes_for_clean_minus_2_points": {
            task: needed.as_json() if needed else None
            for task, needed in _jpeg_bytes(found, clean, weights).items()
        },
    }


def against_clean(answers: Answers, clean: Answers, weights: NDArray[np.float64]) -> dict[str, Any]:
    """Return bytes, scores and points over the uncompressed network, with intervals, for JSON.

    Args:
        answers: Of one unit.
        clean: Of the network without it, on the same frames.
        weights: From `resamplings`, [draws, clips].
    """
    return {
        "bytes": estimate(answers.payload_bytes, weights).as_json(),
        "scores": {task: estimate(answers.scores[task], weights).as_json() for task in TASKS},
        "points_over_clean": {
            task: estimate(answers.scores[task] - clean.scores[task], weights)
            .scaled(_POINTS)
            .as_json()
            for task in TASKS
        },
    }


def _unit(answers: Answers, clean: Answers, weights: NDArray[np.float64]) -> dict[str, Any]:
    result = against_clean(answers, clean, weights)
    if not np.isnan(answers.ideal_bytes).any():
        bound = over_ideal(answers.payload_bytes, answers.ideal_bytes)
        result["coding"] = {
            "ideal_bytes": round(float(answers.ideal_bytes.mean()), 3),
            "real_bytes": round(float(answers.payload_bytes.mean()) - HEADER_BYTES, 3),
            "payloads": int(bound.size),
            "worst_bytes_over_bound": round(float(bound.max()), 3),
            "frames_over_bound": int((bound > 0).sum()),
        }
    return result


def _jpeg_bytes(
    found: Mapping[str, Answers], clean: Answers, weights: NDArray[np.float64]
) -> dict[str, Estimate | None]:
    """Return, by task, the bytes JPEG 4:4:4 needs to stay within 2 points of the clean network."""
    settings = [answers for name, answers in found.items() if name.startswith("jpeg444")]
    if not settings:
        return dict.fromkeys(TASKS, None)
    sizes = np.stack([answers.payload_bytes.mean(axis=1) for answers in settings], axis=1)
    needed: dict[str, Estimate | None] = {}
    for task in TASKS:
        scores = np.stack([answers.scores[task].mean(axis=1) for answers in settings], axis=1)
        wanted = clean.scores[task].mean(axis=1) - _LOSS
        mean = bytes_needed(sizes.mean(axis=0), scores.mean(axis=0), float(wanted.mean()))
        drawn = [
            bytes_needed(*row)
            for row in zip(weights @ sizes, weights @ scores, weights @ wanted, strict=True)
        ]
        reached = [size for size in drawn if size is not None]
        if mean is None or len(reached) < len(drawn):
            needed[task] = None
        else:
            low, high = np.quantile(reached, (0.025, 0.975))
            needed[task] = Estimate(mean=mean, low=float(low), high=float(high))
    return needed

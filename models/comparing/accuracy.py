"""Accuracy of a ladder on short test clips, apart from the clips of any profile.

Thousands of clips with two frames each say more about accuracy than hundreds of long ones: frames
of one clip resemble each other. Every difference to the uncompressed network is a paired one, on
the same frames, with a 95 % interval by bootstrap over clips.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from models.coding.wire import HEADER_BYTES
from models.comparing.comparison import bytes_for_clean
from models.comparing.measures import CURVED, Drawn, against_clean, drawn, scores_json
from models.intervals import draws
from models.measuring.answers import Answers, collect
from models.measuring.content import Block, short_clips
from models.subjects.families import family

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from models.subjects.subject import Subject

__all__ = ["EvaluationPlan", "evaluate_group", "group_blocks"]

_JPEG = "jpeg444"


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
    answers = {s.name: collect(s, blocks, cache, evidence=True) for s in subjects}
    shape = answers[subjects[0].name].confidence.shape
    weights = draws(shape[0])
    found = {name: drawn(own, weights) for name, own in answers.items()}
    clean = found[subjects[0].name]
    return {
        "clips": shape[0],
        "frames": shape[0] * shape[1],
        "clean": scores_json(clean),
        "units": {
            s.name: {"kind": s.kind} | against_clean(found[s.name], clean) | _code(answers[s.name])
            for s in subjects[1:]
        },
        "jpeg444_bytes_for_clean_minus_2_points": _jpeg_bytes(found, clean),
    }


def _code(answers: Answers) -> dict[str, Any]:
    """Return how real bytes compare with the ideal code length, where there is one."""
    if np.isnan(answers.ideal_bytes).any():
        return {}
    bound = _over_ideal(answers.payload_bytes, answers.ideal_bytes)
    return {
        "coding": {
            "ideal_bytes": round(float(answers.ideal_bytes.mean()), 3),
            "real_bytes": round(float(answers.payload_bytes.mean()) - HEADER_BYTES, 3),
            "payloads": int(bound.size),
            "worst_bytes_over_bound": round(float(bound.max()), 3),
            "frames_over_bound": int((bound > 0).sum()),
        }
    }


def _over_ideal(
    payload_bytes: NDArray[np.int64], ideal_bytes: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return how far coded bytes, without the wire header, exceed 1.01 x ideal + 4 B.

    Example:
        >>> _over_ideal(np.array([20 + 104]), np.array([100.0])).tolist()
        [-1.0]
    """
    return (payload_bytes - HEADER_BYTES) - (1.01 * ideal_bytes + 4)


def _jpeg_bytes(found: Mapping[str, Drawn], clean: Drawn) -> dict[str, Any]:
    """Return what JPEG 4:4:4 needs for the clean score less 2 points, by measure."""
    settings = [own for name, own in found.items() if family(name) == _JPEG]
    return bytes_for_clean(settings, clean) if settings else dict.fromkeys(CURVED, None)

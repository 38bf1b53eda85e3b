"""What a search found, as records and as a JSON file beside the weights."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from models.search.pareto import Point, pareto
from models.search.sampling import Design
from models.weightfile import refused
from simulator.foundation.files import write_atomically

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

__all__ = ["FILE", "Found", "Outcome", "best"]

FILE = "search.json"
_FORMAT = "splitcast unit search 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one trained design.

    Attributes:
        name: What the trial is called.
        design: What was trained.
        images: Showings through the frozen rest of the network.
        warm_images: Showings before that with only the feature distance.
        truth: Weight of the cross-entropy with the label; 0 is label-free distillation.
        rated: Whether the estimated rate was part of the loss.
        payload_bytes: Mean real bytes of a frame, wire header included.
        scores: Mean score by task.
    """

    name: str
    design: Design
    images: int
    warm_images: int
    truth: float
    rated: bool
    payload_bytes: float
    scores: Mapping[str, float]

    @classmethod
    def read(cls, stored: Mapping[str, Any]) -> Outcome:
        """Return an outcome from what `dataclasses.asdict` made of it."""
        return cls(**{**stored, "design": Design(**stored["design"])})

    @property
    def mean_score(self) -> float:
        """Mean of the tasks' scores, 0 to 1."""
        return sum(self.scores.values()) / len(self.scores)

    @property
    def point(self) -> Point:
        """Where it stands among others."""
        return Point(size=self.payload_bytes, score=self.mean_score, macs=self.design.device_macs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A whole search.

    Attributes:
        backbone: Digest of the backbone's file.
        frames: Training frames that were learned from.
        selection: Frames of the selection split that trials were scored on.
        most_bytes: What a frame of the best designs could take at most.
        trials: One outcome a drawn design.
        modes: One design trained in several ways.
        longer: The best designs, trained longer; scored on the whole selection split.
    """

    backbone: str
    frames: int
    selection: int
    most_bytes: float
    trials: tuple[Outcome, ...]
    modes: tuple[Outcome, ...]
    longer: tuple[Outcome, ...]

    @property
    def kept(self) -> tuple[Outcome, ...]:
        """The trials that no other beats in bytes, score and multiply-accumulates at once."""
        stays = pareto([trial.point for trial in self.trials])
        return tuple(trial for trial, kept in zip(self.trials, stays, strict=True) if kept)

    def write(self, path: Path) -> None:
        """Write the search to a file."""
        stored = {"format": _FORMAT, **asdict(self), "kept": [trial.name for trial in self.kept]}
        write_atomically(path, json.dumps(stored, indent=1) + "\n")

    @classmethod
    def read(cls, path: Path) -> Found:
        """Return the search in a file.

        Raises:
            InputError: The file is missing, or is none of ours.
        """
        if not path.is_file():
            raise refused(path, path.name, "does not exist")
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["format"] != _FORMAT:
                raise refused(path, stored["format"], f"must be in the format {_FORMAT!r}")
            return cls(
                backbone=stored["backbone"],
                frames=stored["frames"],
                selection=stored["selection"],
                most_bytes=stored["most_bytes"],
                trials=_outcomes(stored["trials"]),
                modes=_outcomes(stored["modes"]),
                longer=_outcomes(stored["longer"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise refused(path, error, "must be a whole record of a search") from error


def _outcomes(stored: Sequence[Mapping[str, Any]]) -> tuple[Outcome, ...]:
    return tuple(Outcome.read(outcome) for outcome in stored)


def best(trials: Sequence[Outcome], split: str, most_bytes: float) -> Outcome:
    """Return the trial of a split point that scores most for at most so many bytes a frame.

    Where none is that small it is the smallest.

    Args:
        trials: All trials.
        split: The split point.
        most_bytes: Mean bytes a frame.
    """
    here = [trial for trial in trials if trial.design.split == split]
    small = [trial for trial in here if trial.payload_bytes <= most_bytes]
    if not small:
        return min(here, key=lambda trial: trial.payload_bytes)
    return max(small, key=lambda trial: (trial.mean_score, -trial.payload_bytes))

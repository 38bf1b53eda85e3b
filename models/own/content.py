"""What each unit makes of a user's clips: real bytes, decoded back, answered and scored."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import torch

from models.backbone import prepare
from models.measuring.answers import Answers
from models.own.finite import refuse_nan, refuse_non_finite
from models.own.pictures import read_frames
from models.subjects.subject import Shown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from models.own.clips import Clip
    from models.own.halves import Head, Tail
    from models.own.tasks import Scored, Task
    from models.subjects.subject import Subject

__all__ = ["Cut", "answers_of"]

_BATCH = 16
_TOLD_EVERY_S = 5


class Cut(NamedTuple):
    """A network in two.

    Attributes:
        head: What the device runs.
        tail: What the server runs.
        split: The submodule between them.
        digest: Of weights and cut.
    """

    head: Head
    tail: Tail
    split: str
    digest: str


@torch.inference_mode()
def answers_of(
    cut: Cut,
    subjects: Sequence[Subject],
    clips: Sequence[Clip],
    task: Task,
    *,
    tell: Callable[[str], None],
) -> dict[str, Answers]:
    """Return what each subject made of all clips.

    Args:
        cut: The network.
        subjects: What is measured.
        clips: Equally long.
        task: How answers are scored.
        tell: Called with a line of progress.

    Raises:
        InputError: The network makes no numbers of some picture.
    """
    side = cut.head.side
    shape = (len(clips), len(clips[0].frames))
    found = {subject.name: _blank(task, shape) for subject in subjects}
    told_s = monotonic()
    for number, clip in enumerate(clips):
        for start in range(0, shape[1], _BATCH):
            rows = slice(start, start + _BATCH)
            pictures = clip.frames[rows]
            images = read_frames(pictures, side)
            shown = Shown(images=images, features=cut.head(prepare(images)))
            refuse_non_finite(shown.features, pictures, cut.split)
            for subject in subjects:
                coded = subject.code(shown)
                answer = cut.tail(coded.features)
                refuse_nan(answer, pictures)
                scored = task.score(answer, clip.truths[rows], side)
                _keep(found[subject.name], (number, rows), coded.payload_bytes, scored)
            if monotonic() - told_s > _TOLD_EVERY_S:
                told_s = monotonic()
                tell(f"measuring clip {number + 1} of {len(clips)}")
    tell(f"measured {len(clips)} of {len(clips)} clips")
    return found


def _blank(task: Task, shape: tuple[int, int]) -> Answers:
    return Answers(
        payload_bytes=np.zeros(shape, np.int64),
        ideal_bytes=np.zeros(shape),
        scores={name: np.zeros(shape, np.float32) for name in task.scores},
        confidence=np.zeros(shape, np.float32),
    )


def _keep(
    into: Answers, place: tuple[int, slice], sizes: NDArray[np.int64], scored: Scored
) -> None:
    into.payload_bytes[place] = sizes
    into.confidence[place] = scored.confidence
    for name, values in scored.scores.items():
        into.scores[name][place] = values

"""Classification: a folder a class, scored by the first answer.

Data: ``FOLDER/<class>/<picture>``, or ``FOLDER/<class>/<clip>/<numbered pictures>``. The classes
are the folders in the order of their names, as with torchvision's ``ImageFolder``.

Answer: the network's first output, float (n, classes or more): a score for each class, the largest
is its answer. ``top1`` is 1 where that is the class; the confidence is the largest softmax.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import torch

from models.own.clips import Clip, folder_of, gathered, pictures_in
from models.own.tasks.scored import Scored, unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from torch import Tensor

__all__ = ["Classification"]

_DIMS = 2


class Classification:
    """The task; a frame's truth is the index of its class."""

    outputs = 1
    scores = ("top1",)

    def clips(self, folder: Path) -> list[Clip]:
        """Return the clips of all classes."""
        return gathered(_clips(folder_of(folder)), folder)

    def chance(self, truths: Sequence[int]) -> dict[str, float]:
        """Return the share of the commonest class: what always naming it would score."""
        return {"top1": Counter(truths).most_common(1)[0][1] / len(truths)}

    def score(self, answer: Sequence[Tensor], truths: Sequence[int], side: int) -> Scored:
        """Return ``top1`` of n frames; ``side`` does not matter."""
        del side
        logits = answer[0].float().cpu()
        labels = np.array(truths, np.int64)
        if logits.dim() != _DIMS or logits.shape[1] <= labels.max():
            rule = f"must be (n, classes), with more than class {labels.max()}"
            raise unreadable(tuple(logits.shape), rule)
        sure, found = torch.softmax(logits, dim=1).max(dim=1)
        right = found.numpy() == labels
        return Scored({"top1": right.astype(np.float32)}, sure.numpy())


def _clips(folder: Path) -> Iterator[Clip]:
    classes = sorted(path for path in folder.iterdir() if path.is_dir())
    for label, path in enumerate(classes):
        for name, frames in pictures_in(path):
            yield Clip(f"{path.name}/{name}", frames, (label,) * len(frames))

"""What measuring asks of a task, and the table of the tasks that there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from models.own.tasks.classification import Classification
from models.own.tasks.detection import Detection
from models.own.tasks.segmentation import Segmentation

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from models.own.clips import Clip
    from models.own.tasks.scored import Scored

__all__ = ["TASKS", "Task"]


class Task(Protocol):
    """A task."""

    @property
    def outputs(self) -> int:
        """How many of the network's output tensors it looks at, from the first on."""

    @property
    def scores(self) -> tuple[str, ...]:
        """Names of its scores, the primary one first."""

    def clips(self, folder: Path) -> list[Clip]:
        """Return the clips in a folder.

        Raises:
            InputError: The folder is not laid out as the task wants it.
        """

    def chance(self, truths: Sequence[Any]) -> dict[str, float]:
        """Return what the best constant answer would score, where that is known beforehand."""

    def score(self, answer: Sequence[Tensor], truths: Sequence[Any], side: int) -> Scored:
        """Return scores of the network's answer to n frames of height and width ``side``.

        Raises:
            InputError: The answer is not of the form that the task wants.
        """


TASKS: Mapping[str, Task] = {
    "classification": Classification(),
    "detection": Detection(),
    "segmentation": Segmentation(),
}
"""A new task is one file and one line here."""

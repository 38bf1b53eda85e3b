"""A cut backbone with everything that is measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.subjects.kin import STRANGERS, Kin

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from models.backbone import Outputs
    from models.subjects.answerer import Answerer
    from models.subjects.subject import Subject

__all__ = ["Network"]


class Network(NamedTuple):
    """A cut backbone, everything that is measured on it, and what that has in common.

    Attributes:
        head: The backbone up to the split point.
        tail: The rest of it.
        subjects: What is measured; the first is the uncompressed network.
        kin: What they have in common.
        aware: The codec-aware backbone, where there is one and it is measured, too.
    """

    head: Callable[[Tensor], Tensor]
    tail: Callable[[Tensor], Outputs]
    subjects: Sequence[Subject]
    kin: Kin = STRANGERS
    aware: Answerer | None = None

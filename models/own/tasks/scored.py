"""Scores of a few frames, and the refusal of an answer that a task cannot read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Scored", "unreadable"]


class Scored(NamedTuple):
    """Scores of n frames.

    Attributes:
        scores: Name to float32 (n,), each between 0 and 1.
        confidence: float32 (n,), between 0 and 1.
    """

    scores: dict[str, NDArray[np.float32]]
    confidence: NDArray[np.float32]


def unreadable(found: object, rule: str) -> InputError:
    """Return the error for an answer of another form."""
    remedy = "wrap the network so that it answers so; see the task's file"
    return InputError(
        Problem(where="own network", what="answer", value=found, rule=rule, remedy=remedy)
    )

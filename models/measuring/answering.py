"""The server's answers to the features of some frames: once where these are the same."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models import scoring

if TYPE_CHECKING:
    from torch import Tensor

    from models.backbone import Outputs
    from models.subjects.network import Network
    from models.subjects.subject import Subject

__all__ = ["Answer", "Answering"]


class Answer(NamedTuple):
    """What a tail says about frames, and how right it is."""

    outputs: Outputs
    scores: scoring.Scores


class Answering:
    """Answers subjects one after the other, with the shared tail or their own.

    Subjects that send the same symbols in several codings give the very same features one after
    the other, so only the last answer is kept.

    Args:
        network: The cut backbone.
        truth: What the frames show.
    """

    def __init__(self, network: Network, truth: scoring.Truth) -> None:
        """Remember no answer yet."""
        self._network, self._truth = network, truth
        self._features: Tensor | None = None
        self._answer: Answer | None = None

    def to(self, features: Tensor, subject: Subject) -> Answer:
        """Return the answer to features that a subject made."""
        own = subject.tail
        if own is None and self._answer is not None and self._features is features:
            return self._answer
        outputs = (own or self._network.tail)(features)
        answer = Answer(outputs, scoring.score(outputs, self._truth))
        self._features, self._answer = (features, answer) if own is None else (None, None)
        return answer

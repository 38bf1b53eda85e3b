"""What became of frames: outcomes, told apart by reason, with the words and colour of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from simulator.framelog import Outcome, Reason
from simulator.report.palette import OUTCOMES, REASONS
from simulator.report.reasons import WORDS, of_outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import numpy as np
    import numpy.typing as npt

__all__ = ["Fate", "fates", "occurring"]


@dataclass(frozen=True, slots=True)
class Fate:
    """An outcome, or one reason for it.

    Attributes:
        outcome: The outcome.
        reason: NONE for all of the outcome's frames.
    """

    outcome: Outcome
    reason: Reason = Reason.NONE

    @property
    def name(self) -> str:
        """In words.

        Example:
            >>> Fate(Outcome.LOST, Reason.OVERFLOW).name, Fate(Outcome.ON_TIME).name
            ('lost: queue full', 'on time')
        """
        outcome = self.outcome.name.lower().replace("_", " ")
        return f"{outcome}: {WORDS[self.reason]}" if self.reason else outcome

    @property
    def colour(self) -> str:
        """Of one family with its outcome's."""
        return REASONS[self.reason] if self.reason else OUTCOMES[self.outcome]

    @property
    def metric(self) -> str:
        """The share of captured frames that ended so."""
        return (self.reason or self.outcome).name.lower()

    def among(
        self, outcome: npt.NDArray[np.int64], reason: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool_]:
        """Return which of some frames ended so."""
        found: npt.NDArray[np.bool_] = outcome == self.outcome
        return found & (reason == self.reason) if self.reason else found


def fates(happened: Callable[[Fate], bool]) -> list[Fate]:
    """Return every outcome in order, told apart by the reasons that happened, if any did."""
    found = []
    for outcome in Outcome:
        parts = [Fate(outcome, reason) for reason in of_outcome(outcome)]
        found += [part for part in parts if happened(part)] or [Fate(outcome)]
    return found


def occurring(
    frames: Collection[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]],
) -> list[Fate]:
    """Return `fates` by the outcomes and reasons of some logs."""
    return fates(lambda fate: any(fate.among(*columns).any() for columns in frames))

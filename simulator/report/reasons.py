"""Why frames were lost or dropped, in two or three words; no drawing library is needed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.framelog import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["WORDS", "metric_of", "of_outcome"]

WORDS: Final[Mapping[Reason, str]] = {
    Reason.REPLACED: "replaced at camera",
    Reason.CANCELLED: "cancelled by sender",
    Reason.EXPIRED: "expired at server",
    Reason.REFUSED: "refused by server",
    Reason.CRASHED: "worker crashed",
    Reason.OVERFLOW: "queue full",
    Reason.CORRUPTED: "packet lost",
    Reason.GIVEN_UP: "too late to resend",
    Reason.UNDELIVERED: "link dead",
}
"""All reasons but NONE, in the order of a frame's life within each outcome."""


def metric_of(reason: Reason) -> str:
    """Return the name of the share of captured frames that ended so.

    Example:
        >>> metric_of(Reason.GIVEN_UP)
        'given_up'
    """
    return reason.name.lower()


def of_outcome(outcome: Outcome) -> list[Reason]:
    """Return the reasons for which frames end so; none for answered and skipped ones.

    Example:
        >>> [reason.name for reason in of_outcome(Outcome.LOST)]
        ['OVERFLOW', 'CORRUPTED', 'GIVEN_UP', 'UNDELIVERED']
    """
    return [reason for reason in WORDS if reason.outcome is outcome]

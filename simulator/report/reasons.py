"""Why frames were lost or dropped, in two or three words; no drawing library is needed for them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.framelog import Outcome, Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["WORDS", "metric_of", "of_outcome", "told"]

_LEAST: Final = 0.0005

WORDS: Final[Mapping[Reason, tuple[str, str]]] = {
    Reason.REPLACED: ("replaced", "at camera"),
    Reason.CANCELLED: ("cancelled", "by sender"),
    Reason.EXPIRED: ("expired", "at server"),
    Reason.REFUSED: ("refused", "by server"),
    Reason.CRASHED: ("crashed", "with its worker"),
    Reason.OVERFLOW: ("queue full", ""),
    Reason.CORRUPTED: ("packet lost", ""),
    Reason.GIVEN_UP: ("given up", "resending"),
    Reason.UNDELIVERED: ("link dead", ""),
    Reason.UNDECODABLE: ("undecodable", "by a loss before"),
}
"""All reasons but NONE, in the order of a frame's life within each outcome; what is put behind
where there is room."""


def metric_of(reason: Reason) -> str:
    """Return the name of the share of captured frames that ended so.

    Example:
        >>> metric_of(Reason.GIVEN_UP)
        'given_up'
    """
    return reason.name.lower()


def told(outcome: Outcome, share: Callable[[str], float | None]) -> list[str]:
    """Return the reasons for an outcome with their shares in percent, none for fewer than two.

    Args:
        outcome: What frames ended in.
        share: The mean of a metric by its name; what rounds to 0.0 % is not told.

    Example:
        >>> shares = {"overflow": 0.031, "corrupted": 0.2, "given_up": 0.0001}
        >>> told(Outcome.LOST, shares.get)
        ['3.1 queue full', '20.0 packet lost']
    """
    shares = {reason: share(metric_of(reason)) or 0.0 for reason in of_outcome(outcome)}
    found = [f"{100 * part:.1f} {WORDS[r][0]}" for r, part in shares.items() if part >= _LEAST]
    return found if len(found) > 1 else []


def of_outcome(outcome: Outcome) -> list[Reason]:
    """Return the reasons for which frames end so; none for answered and skipped ones.

    Example:
        >>> [reason.name for reason in of_outcome(Outcome.LOST)]
        ['OVERFLOW', 'CORRUPTED', 'GIVEN_UP', 'UNDELIVERED', 'UNDECODABLE']
    """
    return [reason for reason in WORDS if reason.outcome is outcome]

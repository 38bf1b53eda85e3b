"""The one exception for wrong input, and the five things its message always says."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING

from simulator.foundation.terminal import clean_line

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["InputError", "Problem", "did_you_mean", "shortened"]

_LONGEST_VALUE = 80
_LONGEST = 396
"""Of where, what, value and rule together, so that the remedy is seen."""
_LONGEST_REMEDY = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing wrong with what a user gave.

    Attributes:
        where: File with line and column, or the argument: ``city.yaml:14:11``.
        what: The name of the offending item: ``streams.cameras.fps``.
        value: What was found there. Long values are shortened in the message, and so is what
            else stands before the remedy, to 400 characters.
        rule: The rule it breaks, as a predicate: ``must be > 0``.
        remedy: What to write instead, or the command to run.

    Example:
        >>> print(Problem(where="city.yaml:14:11", what="fps", value=-5, rule="must be > 0",
        ...               remedy="write 15"))
        city.yaml:14:11 fps: -5 must be > 0; write 15
    """

    where: str
    what: str
    value: object = field(hash=False)  # a list has none
    rule: str
    remedy: str

    def __str__(self) -> str:
        """Return the problem on one line."""
        shown = " ".join(str(self.value).split())
        if len(shown) > _LONGEST_VALUE:
            shown = shown[: _LONGEST_VALUE - 3] + "..."
        if self.value == "" or (isinstance(self.value, str) and not shown):
            shown = "(empty)"
        where, what, rule = _fitted(self.where, self.what, self.rule, room=_LONGEST - len(shown))
        head = f"{where} {what}: {shown} {rule}".replace(": : ", ": ")
        return clean_line(f"{head}; {shortened(self.remedy, _LONGEST_REMEDY)}")


def _fitted(*parts: str, room: int) -> list[str]:
    """Return parts of which the longest are shortened until all have room."""
    most = max(map(len, parts))
    if sum(map(len, parts)) > room:
        most = next(n for n in range(room, 0, -1) if sum(min(len(p), n) for p in parts) <= room)
    return [shortened(part, most) for part in parts]


def shortened(text: str, most: int) -> str:
    """Return a text without its middle where that is too long: both ends of a path tell most."""
    if len(text) <= most:
        return text
    half = (most - 3) // 2
    return f"{text[:half]}...{text[-half:]}"


class InputError(Exception):
    """Input that cannot be used; every problem found in it, at once.

    The command line prints each problem on a line of its own and leaves with exit code 2.

    Args:
        *problems: At least one problem.
    """

    def __init__(self, *problems: Problem) -> None:
        """Keep the problems in the order they were found."""
        super().__init__(*problems)
        self.problems = problems

    def __str__(self) -> str:
        """Return one line a problem."""
        return "\n".join(map(str, self.problems))


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return the remedy for an unknown name: its nearest neighbour, and what there is.

    Example:
        >>> did_you_mean("deadlin", ["fixed", "deadline"])
        "did you mean 'deadline'? known: deadline, fixed"
    """
    names = sorted(known)
    near = get_close_matches(name, names, n=1)
    listing = f"known: {', '.join(names)}" if names else "there are none"
    return f"did you mean {near[0]!r}? {listing}" if near else listing

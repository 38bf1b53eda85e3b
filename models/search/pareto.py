"""The Pareto set of designs: those that no other beats in everything that matters."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Point", "pareto"]


class Point(NamedTuple):
    """What a design costs and gives.

    Attributes:
        size: Mean bytes a frame; fewer are better.
        score: Mean score; more is better.
        macs: Multiply-accumulates of the device for a frame; fewer are better.
    """

    size: float
    score: float
    macs: int

    def beats(self, other: Point) -> bool:
        """Return whether it is nowhere worse than another, and somewhere better.

        Example:
            >>> one = Point(100, 0.7, 9)
            >>> one.beats(Point(100, 0.6, 9)), one.beats(one), one.beats(Point(90, 0.1, 9))
            (True, False, False)
        """
        as_good = self.size <= other.size and self.score >= other.score and self.macs <= other.macs
        return as_good and self != other


def pareto(points: Sequence[Point]) -> list[bool]:
    """Return for each point whether no other beats it; equal points stay together.

    Example:
        >>> pareto([Point(100, 0.7, 9), Point(120, 0.7, 9), Point(120, 0.7, 8)])
        [True, False, True]
    """
    return [not any(other.beats(point) for other in points) for point in points]

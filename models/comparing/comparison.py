"""Families of codecs against our own: bytes for equal scores, with intervals.

Everything is drawn together in the bootstrap over clips, so that ratios between families are
paired.
"""

from __future__ import annotations

from itertools import starmap
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from models.comparing.curves import Curve, bd_rate, bytes_needed, front
from models.comparing.measures import CURVED, against_clean
from models.subjects.families import ANCHOR, ELSEWHERE, family, of_group

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from models.comparing.measures import Drawn

__all__ = ["Compared", "Needs", "bytes_for_clean", "compare", "fewest", "leads", "times"]

_LOSS = 0.02
_ROWS = 501  # all clips and the draws of the bootstrap, for what is computed curve by curve

Needs: TypeAlias = "list[float | None]"
"""Bytes in every draw, None where no setting suffices."""


class Compared(NamedTuple):
    """What a comparison found.

    Attributes:
        settings: By setting its bytes, scores and points over clean, for JSON.
        families: By family, for each of ``CURVED``: ``bytes_needed`` for the clean score less 2
            points; ``over_ours``, that in multiples of what the best of our families needs; and
            ``bd_rate`` against the units in percent with the shared scores. None stands for bytes
            that do not suffice, as a mean or as an end of an interval, and for a difference where
            the curves share no scores, in the mean or in one draw, or none of the ladder is there.
        best: The best of our families by measure, None where none gets there.
        needed: By measure and family the bytes needed in every draw.
    """

    settings: dict[str, Any]
    families: dict[str, Any]
    best: dict[str, str | None]
    needed: dict[str, dict[str, Needs]]


def compare(found: Mapping[str, Drawn], clean: Drawn) -> Compared:
    """Compare everything that was measured on one set of clips.

    Args:
        found: By setting what it takes and scores.
        clean: The same of the uncompressed network.
    """
    members: dict[str, list[Drawn]] = {}
    tables: dict[str, Any] = {}
    for name, own in found.items():
        members.setdefault(family(name), []).append(own)
        empty: dict[str, Any] = {"settings": [], "bytes_needed": {}, "over_ours": {}, "bd_rate": {}}
        tables.setdefault(family(name), empty)["settings"].append(name)
    best: dict[str, str | None] = {}
    needed: dict[str, dict[str, Needs]] = {}
    for measure in CURVED:
        curves = {name: _curves(own, measure) for name, own in members.items()}
        needs = {name: _needs(own, clean, measure) for name, own in curves.items()}
        needed[measure], best[measure] = needs, fewest(needs, of_group("ours"))
        ours = needs.get(best[measure] or "", [None] * _ROWS)
        for name, table in tables.items():
            table["bytes_needed"][measure] = _interval(needs[name])
            table["over_ours"][measure] = times(needs[name], ours)
            anchors = curves.get(ANCHOR)
            table["bd_rate"][measure] = anchors and _bd(anchors, curves[name])
    settings = {name: against_clean(own, clean) for name, own in found.items()}
    return Compared(settings, tables, best, needed)


def bytes_for_clean(
    members: Sequence[Drawn], clean: Drawn
) -> dict[str, dict[str, float | None] | None]:
    """Return what a family needs for the clean score less 2 points, as in `Compared`.

    Args:
        members: What its settings take and score.
        clean: The same of the uncompressed network.
    """
    return {m: _interval(_needs(_curves(members, m), clean, m)) for m in CURVED}


def fewest(needed: Mapping[str, Needs], names: Iterable[str]) -> str | None:
    """Return which of some families needs the fewest bytes, None where none gets there."""
    reached = {name: needed[name][0] for name in names if name in needed}
    there = {name: size for name, size in reached.items() if size is not None}
    return min(there, key=lambda name: there[name]) if there else None


def times(others: Needs, owns: Needs) -> dict[str, float | None] | None:
    """Return how many times the second the first is, None where one of both never gets there.

    A draw in which the second does not get there counts as 0: nothing is won in it.

    Example:
        >>> times([4.0, 4.0, 5.0], [2.0, None, 2.0])
        {'mean': 2.0, 'low': 0.0, 'high': 2.5}
    """
    if owns[0] is None:
        return None
    return _interval(
        [
            0.0 if own is None else None if other is None else other / own
            for other, own in zip(others, owns, strict=True)
        ]
    )


def leads(
    found: Mapping[str, Drawn], other: str, measure: str
) -> dict[str, dict[str, float | None]]:
    """Return, by setting of ours, how many times its bytes a family takes for its own score.

    Settings whose score lies outside what the family reaches, in the mean or in one draw, are left
    out, and so are units at other split points than the family's, which is the backbone's own.

    Args:
        found: As for :func:`compare`.
        other: The family.
        measure: One of ``MEASURES``.
    """
    curves = _curves([own for name, own in found.items() if family(name) == other], measure)
    result = {}
    for name, own in found.items():
        if family(name) in of_group("ours") and family(name) not in ELSEWHERE:
            rows = zip(curves, own.sizes, own.scores[measure], strict=False)
            ratio = _whole(starmap(_ratio, rows))
            if ratio is not None:
                result[name] = ratio
    return result


def _ratio(curve: Curve, size: float, score: float) -> float | None:
    if not curve.scores[0] <= score <= curve.scores[-1]:
        return None
    needed = bytes_needed(*curve, score)
    return needed / size if needed else None


def _curves(members: Sequence[Drawn], measure: str) -> list[Curve]:
    """Return a family's curve in every draw."""
    sizes = np.stack([own.sizes[:_ROWS] for own in members], axis=1)
    scores = np.stack([own.scores[measure][:_ROWS] for own in members], axis=1)
    return list(starmap(front, zip(sizes, scores, strict=True)))


def _needs(curves: Sequence[Curve], clean: Drawn, measure: str) -> Needs:
    """Return the bytes for the clean score less 2 points in every draw."""
    wanted = clean.scores[measure][:_ROWS] - _LOSS
    return [bytes_needed(*curve, score) for curve, score in zip(curves, wanted, strict=True)]


def _bd(anchors: Sequence[Curve], others: Sequence[Curve]) -> dict[str, Any] | None:
    first = bd_rate(anchors[0], others[0])
    rates = (bd_rate(*pair) for pair in zip(anchors, others, strict=True))
    percent = _whole(rate.percent if rate else None for rate in rates)
    if first is None or percent is None:
        return None
    return {"percent": percent, "scores": [round(first.low, 4), round(first.high, 4)]}


def _whole(values: Iterable[float | None]) -> dict[str, float | None] | None:
    """Return the first value with the interval of the others, None unless each is there."""
    there: list[float] = []
    for value in values:
        if value is None:
            return None
        there.append(value)
    return _interval(there)


def _interval(values: Sequence[float | None]) -> dict[str, float | None] | None:
    """Return the first value with the interval of the others, or None where it is missing.

    A value that is missing from a draw counts as larger than any; an end that falls among these is
    None.
    """
    whole: NDArray[np.float64] = np.array([np.inf if v is None else v for v in values])
    if not np.isfinite(whole[0]):
        return None
    # Ends are values that were drawn: between a number and infinity there is nothing.
    ends = np.quantile(whole[1:], (0.025, 0.975), method="inverted_cdf")
    named = dict(zip(("mean", "low", "high"), (whole[0], *ends), strict=True))
    return {name: round(float(v), 6) if np.isfinite(v) else None for name, v in named.items()}

"""Families of codecs against the bottleneck units: bytes for equal scores, with intervals.

A family is what stands before the last hyphen of its settings' names: ``jpeg444-q5`` belongs to
``jpeg444``, ``unit-3`` to ``unit``. Everything is drawn together in the bootstrap over clips, so
that ratios between families are paired.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import starmap
from typing import TYPE_CHECKING, Any

import numpy as np

from models.intervals import resamplings
from models.measuring.curves import Curve, bd_rate, bytes_needed, front
from models.measuring.evaluation import against_clean
from models.scoring import TASKS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from models.measuring.answers import Answers

__all__ = ["ANCHOR", "compare", "family", "leads"]

ANCHOR = "unit"
_LOSS = 0.02
_DRAWS = 500  # of the bootstrap, for what is computed curve by curve


def family(name: str) -> str:
    """Return the family that a setting belongs to.

    Example:
        >>> family("crbq-coded-12c2b"), family("unit-3")
        ('crbq-coded', 'unit')
    """
    return name.rsplit("-", 1)[0]


@dataclass(frozen=True, slots=True)
class _Drawn:
    """Clip means of a family's settings for one task: row 0 as they are, then one a draw."""

    sizes: NDArray[np.float64]
    scores: NDArray[np.float64]

    def curves(self) -> list[Curve]:
        return list(starmap(front, zip(self.sizes, self.scores, strict=True)))


def _drawn(found: Mapping[str, Answers], weights: NDArray[np.float64], task: str) -> _Drawn:
    sizes = np.stack([answers.payload_bytes.mean(axis=1) for answers in found.values()], axis=1)
    scores = np.stack([answers.scores[task].mean(axis=1) for answers in found.values()], axis=1)
    return _Drawn(weights @ sizes, weights @ scores.astype(np.float64))


def _weights(clips: int) -> NDArray[np.float64]:
    """Return what turns clip means into means: all clips alike, then every draw."""
    return np.concatenate([np.full((1, clips), 1 / clips), resamplings(clips)[:_DRAWS]])


def _interval(values: list[float | None]) -> dict[str, float | None] | None:
    """Return the first value with the interval of the others, or None where it is missing.

    A value that is missing from a draw counts as larger than any; an end that falls among these is
    None.
    """
    first, *drawn = (np.inf if value is None else value for value in values)
    if not np.isfinite(first):
        return None
    # Ends are values that were drawn: between a number and infinity there is nothing.
    low, high = np.quantile(drawn, (0.025, 0.975), method="inverted_cdf")
    named = {"mean": float(first), "low": float(low), "high": float(high)}
    return {name: round(value, 6) if np.isfinite(value) else None for name, value in named.items()}


def _whole(values: list[float | None]) -> dict[str, float | None] | None:
    """Return the same, but None unless every draw has a value."""
    return None if any(value is None for value in values) else _interval(values)


def compare(found: Mapping[str, Answers], clean: Answers) -> tuple[dict[str, Any], dict[str, Any]]:
    """Compare everything that was measured on one set of clips.

    Args:
        found: What each setting made of the clips; units of the ladder among them.
        clean: What the uncompressed network did.

    Returns:
        By setting its bytes and scores; by family, for each task: ``bytes_needed`` for the clean
        score less 2 points, ``over_units``, that in multiples of what the units need, and
        ``bd_rate`` against the units in percent with the shared scores. None stands for bytes
        that do not suffice, as a mean or as an end of an interval, and for a difference where the
        curves share no scores, in the mean or in one draw.
    """
    clips = len(clean.confidence)
    families: dict[str, dict[str, Answers]] = {}
    for name, answers in found.items():
        families.setdefault(family(name), {})[name] = answers
    weights = _weights(clips)
    tables: dict[str, Any] = {
        name: {"settings": list(members), "bytes_needed": {}, "over_units": {}, "bd_rate": {}}
        for name, members in families.items()
    }
    for task in TASKS:
        wanted = weights @ clean.scores[task].mean(axis=1) - _LOSS
        curves = {
            name: _drawn(members, weights, task).curves() for name, members in families.items()
        }
        needed = {
            name: [bytes_needed(*curve, score) for curve, score in zip(own, wanted, strict=True)]
            for name, own in curves.items()
        }
        for name, table in tables.items():
            table["bytes_needed"][task] = _interval(needed[name])
            pairs = zip(needed[name], needed[ANCHOR], strict=True)
            table["over_units"][task] = _times(list(pairs))
            table["bd_rate"][task] = _bd(curves[ANCHOR], curves[name])
    weights = resamplings(len(clean.confidence))
    settings = {name: against_clean(each, clean, weights) for name, each in found.items()}
    return settings, tables


def _times(pairs: list[tuple[float | None, float | None]]) -> dict[str, float | None] | None:
    """Return how many times the second the first is, where the second is there in every draw."""
    if any(own is None for _, own in pairs):
        return None
    return _interval([other / own if other and own else None for other, own in pairs])


def _bd(anchors: list[Curve], others: list[Curve]) -> dict[str, Any] | None:
    rates = list(starmap(bd_rate, zip(anchors, others, strict=True)))
    percent = _whole([rate.percent if rate else None for rate in rates])
    if percent is None or rates[0] is None:
        return None
    return {
        "percent": percent,
        "scores": [round(rates[0].low, 4), round(rates[0].high, 4)],
    }


def leads(
    found: Mapping[str, Answers], other: str, task: str
) -> dict[str, dict[str, float | None]]:
    """Return, by unit, how many times its bytes a family takes for the unit's own score.

    Units whose score lies outside what the family reaches, in the mean or in one draw, are left
    out.

    Args:
        found: As for :func:`compare`.
        other: The family.
        task: Name of the task.
    """
    units = {name: answers for name, answers in found.items() if family(name) == ANCHOR}
    rivals = {name: answers for name, answers in found.items() if family(name) == other}
    weights = _weights(len(next(iter(units.values())).confidence))
    own, curves = _drawn(units, weights, task), _drawn(rivals, weights, task).curves()
    result = {}
    for k, name in enumerate(units):
        rows = zip(curves, own.sizes[:, k], own.scores[:, k], strict=True)
        ratio = _whole([_ratio(*row) for row in rows])
        if ratio is not None:
            result[name] = ratio
    return result


def _ratio(curve: Curve, size: float, score: float) -> float | None:
    if not curve.scores[0] <= score <= curve.scores[-1]:
        return None
    needed = bytes_needed(*curve, score)
    return needed / size if needed else None

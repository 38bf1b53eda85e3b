"""The targets that our units are held against their rivals by, judged on measured curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.comparing.comparison import fewest, leads, times
from models.markdown import ends
from models.subjects.families import ANCHOR, family, of_group, title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.comparing.comparison import Compared
    from models.comparing.measures import Drawn
    from models.profile import Profile

__all__ = ["device_share", "rivalry", "still_target"]

_CODED = "crbq-coded"
_TASK = "top1"
_STILL_TIMES, _VIDEO_TIMES, _CODED_TIMES, _DEVICE_SHARE = 15.0, 2.0, 1.25, 0.6
_SHOWN = 6


def rivalry(
    sets: Mapping[str, Compared], found: Mapping[str, Mapping[str, Drawn]]
) -> list[dict[str, Any]]:
    """Judge our best family against still-image codecs, video codecs, and entropy-coded CR+BQ.

    Rivals with a backbone trained on their pictures are among them.

    Args:
        sets: By set of clips what was compared.
        found: By set of clips what each setting takes and scores.
    """
    return [
        still_target(sets["short"]),
        _times(sets["stretches"], "video", _VIDEO_TIMES, "the best low-delay video codec"),
        _somewhere(found["short"]),
    ]


def still_target(found: Compared) -> dict[str, Any]:
    """Judge our best family against still-image codecs, on clips that all were measured on."""
    return _times(found, "still", _STILL_TIMES, "the best still-image codec")


def device_share(profile: Profile) -> dict[str, Any] | None:
    """Judge the students' device time against that of the head and a unit's encoder.

    Args:
        profile: With measured stage times.

    Returns:
        None where the profile holds no student, or no unit.
    """
    spent: dict[str, dict[str, float]] = {"student": {}, ANCHOR: {}}
    for unit in profile.units:
        if family(unit.name) in spent:
            # Head and encoder; turning pixels to numbers and entropy coding are the same for both.
            network = unit.device_rows_ns[:, 1:3].sum(axis=1)
            spent[family(unit.name)][unit.name] = float(np.median(network)) / 1e6
    students, units = spent["student"], spent[ANCHOR]
    if not students or not units:
        return None
    slowest, quickest = max(students, key=students.__getitem__), min(units, key=units.__getitem__)
    share = students[slowest] / units[quickest]
    return {
        "target": f"a student takes the device at most {_DEVICE_SHARE:g} of the time of the head "
        "and a unit's encoder",
        "found": f"{slowest}, the slowest, {students[slowest]:.2f} ms; {quickest}, the quickest, "
        f"{units[quickest]:.2f} ms: {share:.2f} of it",
        "met": share <= _DEVICE_SHARE,
    }


def _times(found: Compared, group: str, factor: float, rival: str) -> dict[str, Any]:
    target = f"for clean - 2 points (top-1) some unit or student needs {factor:g}x fewer bytes than"
    needed, ours = found.needed[_TASK], found.best[_TASK]
    theirs = fewest(needed, of_group(group))
    result = {"target": f"{target} {rival}", "met": False}
    if theirs is None or ours is None:
        nobody = "no such codec gets there" if theirs is None else "none of ours gets there"
        return result | {"found": nobody}
    told = f"{title(theirs)} {_bytes(found.families[theirs]['bytes_needed'][_TASK])}"
    for name in dict.fromkeys((ours, ANCHOR)):  # the ladder itself beside the best of ours
        if (own := found.families.get(name, {}).get("bytes_needed", {}).get(_TASK)) is not None:
            told += f"; {title(name)} {_bytes(own)}: {_factor(times(needed[theirs], needed[name]))}"
    ratio = times(needed[theirs], needed[ours])
    return result | {
        "found": told,
        "met": bool(ratio and (ratio["mean"] or 0.0) >= factor),
    }


def _somewhere(found: Mapping[str, Drawn]) -> dict[str, Any]:
    target = (
        f"at equal accuracy (top-1) and the same split point some unit or student needs "
        f"{_CODED_TIMES:g}x fewer bytes than entropy-coded CR+BQ"
    )
    ratios = leads(found, _CODED, _TASK) if any(family(n) == _CODED for n in found) else {}
    if not ratios:
        said = "no score of ours lies between those of CR+BQ"
        return {"target": target, "found": said, "met": False}
    ordered = sorted(ratios.items(), key=lambda item: -(item[1]["mean"] or 0.0))
    told = "; ".join(f"{name} {_factor(ratio)}" for name, ratio in ordered[:_SHOWN])
    least = f"; least: {ordered[-1][0]} {_factor(ordered[-1][1])}" if len(ordered) > _SHOWN else ""
    met = (ordered[0][1]["mean"] or 0.0) >= _CODED_TIMES
    return {"target": target, "found": f"CR+BQ over {told}{least}", "met": met}


def _bytes(size: Mapping[str, float | None]) -> str:
    return f"{size['mean']:.0f} {ends(size, '.0f')} B"


def _factor(ratio: Mapping[str, float | None] | None) -> str:
    return f"{ratio['mean']:.2f}x {ends(ratio, '.2f')}" if ratio else "-"

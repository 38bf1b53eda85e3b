"""The targets that the units are held against their rivals by, judged on measured curves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.markdown import ends
from models.measuring.comparison import leads

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.measuring.answers import Answers

__all__ = ["STILL", "VIDEO", "best", "rivalry"]

STILL = ("jpeg444", "jpeg420", "webp")
VIDEO = ("h264_444", "h264_420", "hevc_444", "av1_420")
_CODED = "crbq-coded"
_TASK = "top1"
_STILL_TIMES, _VIDEO_TIMES, _CODED_TIMES = 15.0, 2.0, 1.25


def best(families: Mapping[str, Any], names: tuple[str, ...], task: str) -> str | None:
    """Return the family that needs the fewest bytes for the clean score less 2 points."""
    needed = {
        name: families[name]["bytes_needed"][task]["mean"]
        for name in names
        if name in families and families[name]["bytes_needed"][task]
    }
    return min(needed, key=lambda name: float(needed[name])) if needed else None


def rivalry(
    sets: Mapping[str, Any], found: Mapping[str, Mapping[str, Answers]]
) -> list[dict[str, Any]]:
    """Judge the units against still-image codecs, video codecs, and entropy-coded CR+BQ.

    Args:
        sets: By set of clips, the compared ``families``.
        found: By set of clips, what each setting made of them.
    """
    return [
        _times("short", sets, STILL, _STILL_TIMES, "the best still-image codec"),
        _times("stretches", sets, VIDEO, _VIDEO_TIMES, "the best low-delay video codec"),
        _somewhere(found["short"]),
    ]


def _times(
    on: str, sets: Mapping[str, Any], names: tuple[str, ...], factor: float, rival: str
) -> dict[str, Any]:
    families = sets[on]["families"]
    target = f"for clean - 2 points (top-1) the units need {factor:g}x fewer bytes than {rival}"
    name = best(families, names, _TASK)
    if name is None:
        return {"target": target, "found": "no such codec gets there", "met": False}
    times, needed = families[name]["over_units"][_TASK], families[name]["bytes_needed"][_TASK]
    own = families["unit"]["bytes_needed"][_TASK]
    if times is None or own is None:
        return {"target": target, "found": "the units do not get there", "met": False}
    return {
        "target": target,
        "found": f"{name} needs {_bytes(needed)}, the units {_bytes(own)}: {_factor(times)}",
        "met": times["mean"] >= factor,
    }


def _somewhere(found: Mapping[str, Answers]) -> dict[str, Any]:
    target = (
        f"at equal accuracy (top-1) some unit needs {_CODED_TIMES:g}x fewer bytes than "
        "entropy-coded CR+BQ"
    )
    ratios = leads(found, _CODED, _TASK) if any(n.startswith(_CODED) for n in found) else {}
    if not ratios:
        said = "no unit's score lies between those of CR+BQ"
        return {"target": target, "found": said, "met": False}
    told = "; ".join(f"{name} {_factor(ratio)}" for name, ratio in ratios.items())
    met = max(ratio["mean"] or 0.0 for ratio in ratios.values()) >= _CODED_TIMES
    return {"target": target, "found": f"CR+BQ over {told}", "met": met}


def _bytes(size: Mapping[str, float | None]) -> str:
    return f"{size['mean']:.0f} {ends(size, '.0f')} B"


def _factor(times: Mapping[str, float | None]) -> str:
    return f"{times['mean']:.2f}x {ends(times, '.2f')}"

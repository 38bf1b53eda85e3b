"""Our units against every other codec: who needs how many bytes for nearly the clean score."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from models.comparing.measures import CURVED
from models.markdown import ends, table
from models.subjects.families import ANCHOR, AWARE, ELSEWHERE, GROUPS, of_group, title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["WORDS", "families", "in_short", "ladder_alone"]

WORDS = {"top1": "class (top-1)", "map": "box (mAP)", "miou": "mask (mIoU)"}
"""The measure of each task in words."""

_SETS = {
    "short": "short test clips",
    "stretches": "stretches of test clips",
    "stills": "of the short test clips",
}

_TIMES = ("encode_ms", "decode_ms")

_SHOWN = {
    "short": ("ours", "features", "still"),
    "stretches": ("ours", "video"),
    "stills": ("ours", "still", "answers"),
}
"""The groups of families that are shown of each set of clips."""


def in_short(compared: Mapping[str, Any], targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Return the answer: the best of each kind, where others tie or win, and the targets.

    Args:
        compared: The ``comparison`` of an evaluation.
        targets: Further targets than those of the comparison.
    """
    yield "## In short"
    yield ""
    yield (
        "Bytes a frame for the score of the uncompressed network less 2 points: the best family of "
        "each kind, and how many times those of the best of ours on the same clips it takes. In "
        "brackets 95 % intervals over clips; `never`: an end beyond every measured setting; "
        "`0.00`: an end at which ours do not get there; a dash: not reached. Other feature codecs "
        "stand at the middle split point only, so they are given no ratio to units at another; the "
        "bottleneck units there are their match."
    )
    yield ""
    sets = compared["sets"]
    rows = [[GROUPS[group], *_best(sets, group)] for group in GROUPS]
    yield from table(["best of", *(WORDS[measure] for measure in CURVED)], rows)
    yield ""
    every = [*targets, *compared["targets"]]
    for missed in (target for target in every if not target["met"]):
        yield f"**Missed:** {missed['target']}. {missed['found']}."
        yield ""
    for name in sets:
        yield from _verdicts(sets, name)
    yield from _targets(every)


def _set_of(sets: Mapping[str, Any], group: str) -> str:
    """Return the set of clips on which a group is judged."""
    if group == "video":
        return "stretches"
    return "stills" if group in ("still", "answers") and "stills" in sets else "short"


def _best(sets: Mapping[str, Any], group: str) -> list[str]:
    """Return a cell for each task: the family of a group that needs the fewest bytes."""
    on = sets[_set_of(sets, group)]
    found = on["families"]
    cells = []
    for measure in CURVED:
        needs = {
            name: found[name]["bytes_needed"][measure]
            for name in of_group(group)
            if name in found and found[name]["bytes_needed"][measure]
        }
        if not needs:
            cells.append("-")
            continue
        name = min(needs, key=lambda name: float(needs[name]["mean"]))
        fair = _fair(name, on["best"][measure])
        times = _times(found[name]["over_ours"][measure]) if fair and group != "ours" else ""
        cells.append(f"{title(name)}: {_bytes(needs[name])}{times}")
    return cells


def _fair(name: str, best: str | None) -> bool:
    """Return whether a family may be held against a best one of ours: at the same split point."""
    return name not in of_group("features") or best not in ELSEWHERE


def _verdicts(sets: Mapping[str, Any], name: str) -> Iterator[str]:
    """Say who needs fewer bytes than the best of ours, and where nothing is sure."""
    words: dict[str, list[str]] = {"wins": [], "ties": [], "loses": [], "misses": []}
    found = sets[name]
    shown = found["families"]
    judged = [f for group in ("still", "video", "answers") for f in of_group(group)]
    for family in judged:
        if family in shown and _judged_on(sets, family) == name:
            for word, tasks in _judged(shown[family]["over_ours"]).items():
                if tasks:
                    words[word].append(f"{title(family)} ({', '.join(tasks)})")
    said = {word: "; ".join(entries) or "none" for word, entries in words.items()}
    yield f"Against the best of ours on {found['clips']} {_SETS[name]}:"
    yield ""
    yield f"- a baseline needs fewer bytes: {said['wins']}"
    yield f"- a tie, the interval reaches across 1: {said['ties']}"
    yield f"- a baseline needs more bytes: {said['loses']}"
    yield f"- a baseline does not get there at any measured setting: {said['misses']}"
    yield ""


def _judged_on(sets: Mapping[str, Any], family: str) -> str:
    """Return the set on which a family is judged: of those that have it the one with most clips."""
    if family in of_group("video"):
        return "stretches"
    return "short" if family in sets["short"]["families"] else "stills"


def _judged(times: Mapping[str, Mapping[str, float | None] | None]) -> dict[str, list[str]]:
    """Return tasks by whether a family wins, ties, loses or misses the score."""
    found: dict[str, list[str]] = {"wins": [], "ties": [], "loses": [], "misses": []}
    for task, factor in times.items():
        if factor is None:
            word = "misses"
        else:
            low, high = (_or_infinite(factor[end]) for end in ("low", "high"))
            word = "wins" if high < 1 else "loses" if low > 1 else "ties"
        found[word].append(task)
    return found


def _or_infinite(end: float | None) -> float:
    return math.inf if end is None else end


def _targets(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    missed = sum(not entry["met"] for entry in targets)
    yield "### Targets"
    yield ""
    yield from table(
        ["target", "found on standard and busy test clips", "met"],
        [[t["target"], t["found"], "yes" if t["met"] else "**no**"] for t in targets],
    )
    yield ""
    yield "Judged on the means; where an interval reaches across a limit, nothing is certain."
    yield ""
    yield f"{missed} of {len(targets)} targets are missed." if missed else "All targets are met."
    yield ""


def ladder_alone(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Return the targets of an evaluation without a comparison."""
    yield "## In short"
    yield ""
    yield from _targets(evaluation["targets"])


def families(compared: Mapping[str, Any]) -> Iterator[str]:
    """Return the plot of score against bytes, and the table of all families.

    Args:
        compared: The ``comparison`` of an evaluation.
    """
    yield "## Score against bytes"
    yield ""
    yield "![Score against bytes, a column for each kind of codec](rate-accuracy.svg)"
    yield ""
    yield (
        "All settings of a set on the same frames, to real bytes and back. Image and video codecs "
        "send frames and the server runs the whole backbone: the plain one, which saw no "
        "compressed frame in training, or, where a codec is called aware, one that was trained on "
        "what JPEG, WebP and H.264 make of frames; AVIF is none of these. WebP, and AV1 as SVT "
        "writes it, keep a quarter of the colour samples (4:2:0) because they know nothing else. "
        "CR+BQ has the units' own encoder and decoder, fixed levels, and no rate in its loss. With "
        "an answer sent from the device the whole network runs there: this is what a late split "
        "competes with."
    )
    yield ""
    yield (
        "Bytes for clean - 2 points, interpolated between settings in log bytes, and in brackets "
        "how many times those of the best of ours; then the Bjøntegaard difference in bytes at "
        "equal score to the bottleneck units (more bytes are positive) and the scores it covers. "
        "A dash: not reached, or no scores in common in the mean or in one draw."
    )
    yield ""
    for name, found in compared["sets"].items():
        groups = _SHOWN[name]
        names = [f for group in groups for f in of_group(group) if f in found["families"]]
        yield f"### {found['clips']} {_SETS[name]}, {found['scored_frames']} frames"
        yield ""
        head = [
            *(f"{measure}: bytes" for measure in CURVED),
            *(f"{m}: BD-rate" for m in CURVED),
        ]
        rows = [[title(family), *_family(family, found)] for family in names]
        yield from table(["family", *head], rows)
        yield ""
        if name == "stills":
            yield from _coding_times(found)


def _coding_times(found: Mapping[str, Any]) -> Iterator[str]:
    """Return what still-image codecs take of a processor, beside their bytes."""
    yield (
        "AVIF takes a picture the time of many networks, so it is measured on these clips only, "
        f"with units and JPEG beside it, on {found['facts']['machine']['processor']}. CPU time of "
        "one thread, median / 95th percentile, for one picture:"
    )
    yield ""
    rows = [
        [
            name,
            f"{about['bytes']['mean']:.0f}",
            f"{100 * about['scores']['top1']['mean']:.1f}",
            _aware_score(found, name),
            *(f"{about[part]['median']:.1f} / {about[part]['p95']:.1f}" for part in _TIMES),
        ]
        for name, about in found["settings"].items()
        if _TIMES[0] in about
    ]
    head = ["setting", "bytes", "top1 %", "top1 %, aware", "encoding, ms", "decoding, ms"]
    yield from table(head, rows)
    yield ""


def _aware_score(found: Mapping[str, Any], name: str) -> str:
    aware = found["settings"].get(name + AWARE)
    return f"{100 * aware['scores']['top1']['mean']:.1f}" if aware else ""


def _family(name: str, found: Mapping[str, Any]) -> list[str]:
    cells, own = [], found["families"][name]
    for measure in CURVED:
        needed = own["bytes_needed"][measure]
        best = found["best"][measure] == name
        fair = _fair(name, found["best"][measure])
        times = " (best of ours)" if best else _times(own["over_ours"][measure]) if fair else ""
        cells.append(f"{_bytes(needed)}{times}" if needed else "-")
    for measure in CURVED:
        rate = own["bd_rate"][measure]
        cells.append("" if name == ANCHOR else _difference(rate) if rate else "-")
    return cells


def _difference(rate: Mapping[str, Any]) -> str:
    percent, (low, high) = rate["percent"], rate["scores"]
    return (
        f"{percent['mean']:+.0f} [{percent['low']:+.0f}, {percent['high']:+.0f}] % "
        f"({100 * low:.0f} to {100 * high:.0f})"
    )


def _bytes(size: Mapping[str, float | None]) -> str:
    return f"{size['mean']:.0f} {ends(size, '.0f')}"


def _times(factor: Mapping[str, float | None] | None) -> str:
    return f" ({factor['mean']:.2f}x {ends(factor, '.2f')})" if factor else ""

"""The part of the model card that holds the units against every baseline."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from models.families import TITLES
from models.markdown import ends, table
from models.scoring import TASKS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["PLOT", "comparison"]

PLOT = "rate-accuracy.svg"
"""Name of the plot's file beside the card."""

_UNIT = "unit"


def comparison(found: Mapping[str, Any], training: Mapping[str, Any]) -> Iterator[str]:
    """Return the lines of a comparison.

    Args:
        found: The ``comparison`` of an evaluation.
        training: What the weights' files say about their training, by file.
    """
    yield "## Against baselines"
    yield ""
    yield f"![Score against bytes]({PLOT})"
    yield ""
    yield (
        "All settings on the same frames, to real bytes and back. Image and video codecs send "
        "frames and the server runs the whole backbone, which saw no compressed frame in training; "
        "WebP and AV1 keep a quarter of the colour samples (4:2:0) because they know nothing else. "
        "CR+BQ has the units' own encoder and decoder, fixed levels, and no rate in its loss."
    )
    yield ""
    yield from _budgets(training)
    yield from _targets(found["targets"])
    short, whole = found["sets"]["short"], found["sets"]["stretches"]
    yield f"### {short['clips']} short test clips ({short['scored_frames']} frames)"
    yield ""
    yield from _families(short)
    yield from _settings(short)
    frames = whole["scored_frames"]
    yield f"### {whole['clips']} stretches of test clips ({frames} scored frames)"
    yield ""
    yield from _chains(whole["settings"], found["facts"]["video"])
    yield from _families(whole)
    yield from _settings(whole)


def _budgets(training: Mapping[str, Any]) -> Iterator[str]:
    shown = [
        [name, str(said.get("start", "")), str(said.get("warm_images", "")), str(said["images"])]
        for name, said in training.items()
        if name.startswith("crbq")
    ]
    if shown:
        yield (
            "CR+BQ was trained on the units' frames with their loss but for the rate. Each goes on "
            "from the unit named, so that it has that unit's whole budget and its own pictures "
            "more; the one from nothing has the budget of the ladder's first unit:"
        )
        yield ""
        yield from table(["unit", "from", "pictures, features only", "pictures, task"], shown)
        yield ""


def _targets(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    rows = [[t["target"], t["found"], "yes" if t["met"] else "**no**"] for t in targets]
    yield from table(["target", "found", "met"], rows)
    yield ""


def _families(shown: Mapping[str, Any]) -> Iterator[str]:
    yield (
        "Bytes for the clean score less 2 points, interpolated between settings in log bytes, with "
        "in brackets how many times those of the units; then the Bjøntegaard difference in bytes "
        "at equal score to the units (more bytes are positive), and the scores it covers. "
        "A dash: not reached, or no scores in common in the mean or in one draw; an interval that "
        "ends with `never` has draws in which no measured setting suffices."
    )
    yield ""
    head = [
        "family",
        *(f"{task}: bytes" for task in TASKS),
        *(f"{task}: BD-rate" for task in TASKS),
    ]
    known = [name for name in TITLES if name in shown["families"]]
    rows = [[TITLES[name], *_family(name, shown["families"][name])] for name in known]
    yield from table(head, rows)
    yield ""
    yield from _verdicts(shown["families"], known)


def _family(name: str, family: Mapping[str, Any]) -> list[str]:
    cells = []
    for task in TASKS:
        needed, times = family["bytes_needed"][task], family["over_units"][task]
        said = f"{needed['mean']:.0f} {ends(needed, '.0f')}" if needed else "-"
        more = times is not None and name != _UNIT
        cells.append(f"{said} ({times['mean']:.2f}x {ends(times, '.2f')})" if more else said)
    for task in TASKS:
        rate = None if name == _UNIT else family["bd_rate"][task]
        if rate is None:
            cells.append("" if name == _UNIT else "-")
            continue
        percent, (low, high) = rate["percent"], rate["scores"]
        cells.append(
            f"{percent['mean']:+.0f} [{percent['low']:+.0f}, {percent['high']:+.0f}] % "
            f"({100 * low:.0f} to {100 * high:.0f})"
        )
    return cells


def _verdicts(families: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
    """Say family by family who needs fewer bytes for clean - 2 points, or that nothing is sure."""
    words: dict[str, list[str]] = {"wins": [], "ties": [], "loses": [], "misses": []}
    for name in known:
        for word, tasks in _judged(families[name]["over_units"]).items():
            if name != _UNIT and tasks:
                words[word].append(f"{TITLES[name]} ({', '.join(tasks)})")
    yield "Against the units, at the clean score less 2 points:"
    yield ""
    yield f"- a baseline needs fewer bytes: {'; '.join(words['wins']) or 'none'}"
    yield f"- a tie, the interval reaches across 1: {'; '.join(words['ties']) or 'none'}"
    yield f"- a baseline needs more bytes: {'; '.join(words['loses']) or 'none'}"
    missed = "; ".join(words["misses"]) or "none"
    yield f"- a baseline does not get there at any measured setting: {missed}"
    yield ""


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


def _chains(settings: Mapping[str, Any], libraries: Sequence[str]) -> Iterator[str]:
    videos = {name: about for name, about in settings.items() if about.get("chained")}
    if not videos:
        return
    refresh = next(iter(videos.values()))["refresh"]
    yield (
        f"Video codecs ({', '.join(libraries)}) at a fixed quantiser, without delay, with an intra "
        f"frame every {refresh} frames at 15 a second. Their bytes are means over all frames of a "
        "stretch, given that every frame before arrived: without one of them nothing up to the "
        "next intra frame decodes, which no figure here counts. They are not part of a profile."
    )
    yield ""
    rows = [
        [
            name,
            f"{about['bytes']['mean']:.0f}",
            f"{about['intra_bytes']:.0f}",
            f"{about['predicted_bytes']:.0f}",
            *(f"{about[time]['median']:.2f} / {about[time]['p95']:.2f}" for time in _TIMES),
        ]
        for name, about in videos.items()
    ]
    head = ["setting", "bytes", "intra frame", "other frames", "encoding, ms", "decoding, ms"]
    yield from table([*head[:4], *(f"{part} (median / p95)" for part in head[4:])], rows)
    yield ""


_TIMES = ("encode_ms", "decode_ms")


def _settings(shown: Mapping[str, Any]) -> Iterator[str]:
    ordered = sorted(shown["settings"].items(), key=lambda item: float(item[1]["bytes"]["mean"]))
    rows = [
        [
            name,
            f"{about['bytes']['mean']:.0f}",
            *(f"{100 * about['scores'][task]['mean']:.1f}" for task in TASKS),
            *(_points(about["points_over_clean"][task]) for task in TASKS),
        ]
        for name, about in ordered
    ]
    clean = ["uncompressed", "", *(f"{100 * shown['clean'][t]:.1f}" for t in TASKS), "", "", ""]
    head = ["setting", "bytes", *(f"{task} %" for task in TASKS), "top1 over clean", "box", "mask"]
    yield from table(head, [clean, *rows])
    yield ""


def _points(loss: Mapping[str, float]) -> str:
    return f"{loss['mean']:+.2f} [{loss['low']:+.2f}, {loss['high']:+.2f}]"

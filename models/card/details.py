"""All settings one by one, and what else was measured: the card's long part."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from models.comparing.measures import CURVED, MEASURES
from models.markdown import ends, table
from models.show import as_json
from models.subjects.families import family, of_group

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from models.profile import Profile, Unit

__all__ = ["details"]

_NS_PER_MS = 1e6
_TIMES = ("encode_ms", "decode_ms")


def details(profile: Profile, evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Return the tables of an evaluation and of a profile."""
    groups = evaluation["groups"]
    yield "# Details"
    yield ""
    yield "Scores in percent; differences to the uncompressed network in points."
    yield ""
    compared = evaluation.get("comparison")
    if compared:
        for name, found in compared["sets"].items():
            videos = of_group("video") if name == "stretches" else ()
            shown = {
                setting: about
                for setting, about in found["settings"].items()
                if not videos or family(setting) in (*videos, *of_group("ours"))
            }
            yield f"## All settings: {found['clips']} {'clips' if not videos else 'stretches'}"
            yield ""
            yield from _chains(shown, compared["facts"]["video"])
            yield from _settings(shown, found["clean"])
    else:
        test = groups["test"]
        yield f"## All settings: {test['clips']} clips"
        yield ""
        yield from _settings(test["units"], _means(test["clean"]))
    shifted = groups["shifted"]
    yield f"## Night, rain and other textures, never trained on: {shifted['clips']} clips"
    yield ""
    yield from _settings(shifted["units"], _means(shifted["clean"]))
    yield from _standard_and_busy(groups)
    yield from _coding(groups["test"]["units"])
    yield from _sizes(profile)
    yield from _stages(profile)


def _means(scores: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    return {name: score["mean"] for name, score in scores.items()}


def _settings(settings: Mapping[str, Any], clean: Mapping[str, float]) -> Iterator[str]:
    rows = [
        [
            name,
            f"{about['bytes']['mean']:.0f}",
            *(f"{100 * about['scores'][measure]['mean']:.1f}" for measure in MEASURES),
            *(_points(about["points_over_clean"][measure]) for measure in CURVED),
        ]
        for name, about in _by_bytes(settings)
    ]
    first = ["uncompressed", "", *(f"{100 * clean[measure]:.1f}" for measure in MEASURES)]
    head = ["setting", "bytes", *MEASURES, *(f"{measure} over clean" for measure in CURVED)]
    yield from table(head, [[*first, *("" for _ in CURVED)], *rows])
    yield ""


def _by_bytes(settings: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(settings.items(), key=lambda item: float(item[1]["bytes"]["mean"]))


def _points(loss: Mapping[str, float]) -> str:
    return f"{loss['mean']:+.2f} {ends(loss, '+.2f')}"


def _standard_and_busy(groups: Mapping[str, Any]) -> Iterator[str]:
    """Put standard and busy clips side by side, without intervals."""
    names = ("standard", "busy")
    yield "## Standard and busy clips apart"
    yield ""
    first = [f"{100 * groups[g]['clean'][m]['mean']:.1f}" for g in names for m in CURVED]
    rows = [["uncompressed", "", "", *first]]
    for name, _ in _by_bytes(groups["test"]["units"]):
        units = [groups[group]["units"][name] for group in names]
        sizes = [f"{unit['bytes']['mean']:.0f}" for unit in units]
        scores = [f"{100 * unit['scores'][m]['mean']:.1f}" for unit in units for m in CURVED]
        rows.append([name, *sizes, *scores])
    head = [f"{m} {group}" for group in names for m in CURVED]
    yield from table(["unit", *(f"bytes {group}" for group in names), *head], rows)
    yield ""


def _chains(settings: Mapping[str, Any], libraries: Sequence[str]) -> Iterator[str]:
    videos = {name: about for name, about in settings.items() if about.get("chained")}
    if not videos:
        return
    refresh = next(iter(videos.values()))["refresh"]
    yield (
        f"Video codecs ({', '.join(libraries)}) at a fixed quantiser, without delay, with an intra "
        f"frame every {refresh} frames at 15 a second. Their bytes are means over all frames of a "
        "stretch, given that every frame before arrived."
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


def _coding(units: Mapping[str, Any]) -> Iterator[str]:
    yield "## Real bytes against the ideal code length"
    yield ""
    yield "Without the wire header; the bound is 1.01 x ideal + 4 B, frame by frame."
    yield ""
    rows = [
        [
            name,
            f"{unit['coding']['ideal_bytes']:.1f}",
            f"{unit['coding']['real_bytes']:.1f}",
            f"{unit['coding']['worst_bytes_over_bound']:+.1f}",
            str(unit["coding"]["frames_over_bound"]),
        ]
        for name, unit in units.items()
        if "coding" in unit
    ]
    yield from table(["unit", "ideal", "real", "worst frame over bound", "frames over"], rows)
    yield ""


def _sizes(profile: Profile) -> Iterator[str]:
    shown: Any = as_json(profile)
    sets = [name for name in shown["sets"] if name != "all"]
    yield "## Sizes within clips of the profile"
    yield ""
    yield (
        "Bytes over all clips, and the coefficient of variation of a clip's own sizes, averaged "
        "over the clips of a set. On busy clips at least 0.3 was aimed at for the bottleneck units."
    )
    yield ""
    rows = []
    for unit in shown["units"]:
        if unit["kind"] != "on-device":
            sizes = unit["content"]["all"]["bytes"]
            spread = [unit["content"][name]["bytes"]["cv_within_clip"] for name in sets]
            numbers = [f"{sizes[key]:.0f}" for key in ("mean", "p5", "p95")]
            rows.append([unit["name"], *numbers, *(f"{cv:.2f}" for cv in spread)])
    yield from table(["unit", "mean", "p5", "p95", *(f"CV {name}" for name in sets)], rows)
    yield ""


def _stages(profile: Profile) -> Iterator[str]:
    largest = profile.batch_sizes[-1]
    yield "## Times"
    yield ""
    yield (
        "Milliseconds, medians of CPU time of one thread; the server's per frame at batch 1 and "
        f"{largest}."
    )
    yield ""
    head = ["unit", "device", "entropy decoding", "decoder at 1", f"decoder at {largest}", "switch"]
    yield from table(head, [_times(unit, largest) for unit in profile.units])
    yield ""
    tail = ", ".join(
        f"{np.median(times) / size / _NS_PER_MS:.2f} at {size}"
        for size, times in zip(profile.batch_sizes, profile.tail_ns, strict=True)
    )
    yield f"The shared tail takes, per frame by batch size: {tail}."
    yield ""


def _times(unit: Unit, largest: int) -> list[str]:
    shown = (
        unit.device_rows_ns.sum(axis=1),
        unit.entropy_decode_ns,
        unit.decode_ns[0],
        unit.decode_ns[-1] / largest,
        unit.switch_ns,
    )
    return [unit.name, *(f"{np.median(times) / _NS_PER_MS:.2f}" for times in shown)]

"""The model card: what a shipped ladder can do, written from its evaluation and its profile.

``splitcast units card`` writes it anew; every figure comes from a stored measurement.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from models.card_comparison import PLOT, comparison
from models.chart import draw
from models.markdown import table
from models.profile import find, load
from models.scoring import TASKS
from models.show import as_json
from simulator.foundation.errors import InputError, Problem
from simulator.foundation.files import read_bounded, write_atomically

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from models.profile import Profile, Unit

__all__ = ["render", "write"]

_LIMIT_BYTES = 1 << 22
_NS_PER_MS = 1e6
_GROUPS = {
    "test": "Standard and busy test clips",
    "standard": "Standard clips alone",
    "busy": "Busy clips alone",
    "shifted": "Shifted clips (night, rain, other textures), which no training has seen",
}


def write(profile: str | Path, out: Path) -> str:
    """Write the model card of a profile that lies beside its ``evaluation.json``.

    Args:
        profile: Name of a shipped profile, or a profile's folder.
        out: The Markdown file; the plot it shows is written beside it.

    Returns:
        The card's text.

    Raises:
        InputError: The profile or the evaluation is missing or damaged; nothing is written.
    """
    folder = find(profile)
    path = folder / "evaluation.json"
    raw = read_bounded(path, limit_bytes=_LIMIT_BYTES, what="evaluation")
    measured = load(folder)
    try:
        evaluation = json.loads(raw)
        text = render(measured, evaluation)
        picture = draw(evaluation["comparison"]) if "comparison" in evaluation else None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            Problem(
                where=str(path),
                what="evaluation",
                value=repr(error),
                rule="must be what an evaluation wrote",
                remedy="evaluate again with `splitcast units evaluate`",
            )
        ) from error
    write_atomically(out, text)
    if picture is not None:
        write_atomically(out.with_name(PLOT), picture)
    return text


def render(profile: Profile, evaluation: Mapping[str, Any]) -> str:
    """Return the card of a profile and an evaluation as Markdown."""
    return "\n".join(
        [
            *_head(profile, evaluation),
            *_targets(evaluation["targets"]),
            *_accuracy(evaluation["groups"]),
            *_against(evaluation),
            *_coding(evaluation["groups"]["test"]["units"]),
            *_sizes(profile),
            *_stages(profile),
            *_limits(compared="comparison" in evaluation),
        ]
    )


def _head(profile: Profile, evaluation: Mapping[str, Any]) -> Iterator[str]:
    costs, groups = evaluation["costs"], evaluation["groups"]
    backbone = evaluation["training"]["backbone"]
    halves = {half: len(profile.clips_of(half)) for half in ("calibration", "replay")}
    yield f"# Model card: {profile.name}"
    yield ""
    yield "Written by `splitcast units card`; do not edit. Regenerate after measuring."
    yield ""
    yield (
        "A frozen backbone with a ladder of trained bottleneck units, for a seeded procedural "
        "video at 224x224: one of 32 textured subjects, or none, among distractors and occluders. "
        "Three tasks at once: class (`top1`), box (`box_iou`), mask (`mask_iou`). On frames "
        'without a subject the answer "empty" is right; it withdraws the box, which then scores 1 '
        "on an empty frame and 0 on any other; two empty masks agree."
    )
    yield ""
    yield f"- backbone: {costs['backbone_bytes'] / 1e6:.2f} MB in fp16"
    yield f"- trained on: {_said(backbone)}"
    for name, size in costs["unit_bytes"].items():
        about = evaluation["training"].get(name, {})
        yield f"- {name}: {size / 1e3:.0f} kB, {100 * size / costs['backbone_bytes']:.1f} % of it"
        if about:
            yield f"  ({_said(about)})"
    yield (
        f"- evaluated on {groups['test']['clips']} test clips of two frames and "
        f"{groups['shifted']['clips']} shifted ones, in neither training, selection nor profile"
    )
    yield (
        f"- profile: {halves['calibration']} calibration and {halves['replay']} replay clips of "
        f"{profile.frames_per_clip} frames, digest `{profile.sha256[:16]}`"
    )
    yield ""


def _said(about: Mapping[str, Any]) -> str:
    """Return simple facts of a file on one line."""
    simple = {
        k: v for k, v in about.items() if isinstance(v, str | int | float) and k != "backbone"
    }
    return ", ".join(
        f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
        for key, value in simple.items()
    )


def _targets(targets: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    missed = [entry for entry in targets if not entry["met"]]
    yield "## Targets"
    yield ""
    yield from table(
        ["target", "found on standard and busy test clips", "met"],
        [[t["target"], t["found"], "yes" if t["met"] else "**no**"] for t in targets],
    )
    yield ""
    yield "Judged on the means; where an interval reaches across a limit, nothing is certain."
    yield ""
    yield (
        f"{len(missed)} of {len(targets)} targets are missed." if missed else "All targets are met."
    )
    yield ""


def _accuracy(groups: Mapping[str, Any]) -> Iterator[str]:
    yield "## Accuracy"
    yield ""
    yield (
        "Percent; in brackets 95 % intervals by bootstrap over clips. Differences are paired: the "
        "same frames with and without the unit, in points. Bytes are real payloads with the "
        "20-byte wire header, decoded back before anything is scored."
    )
    yield ""
    for key, title in _GROUPS.items():
        group = groups[key]
        yield f"### {title} ({group['clips']} clips, {group['frames']} frames)"
        yield ""
        yield from table(
            ["unit", "bytes", *(f"{task} %" for task in TASKS), "top1 over clean", "box", "mask"],
            [
                ["uncompressed", "", *(_percent(group["clean"][t]) for t in TASKS), "", "", ""],
                *(_row(name, unit) for name, unit in _by_bytes(group["units"])),
            ],
        )
        yield ""
        needed = group["jpeg444_bytes_for_clean_minus_2_points"]
        for task, size in needed.items():
            said = f"{size['mean']:.0f} [{size['low']:.0f}, {size['high']:.0f}] B" if size else "-"
            yield f"- JPEG 4:4:4 bytes for clean - 2 points, {task}: {said}"
        yield ""


def _against(evaluation: Mapping[str, Any]) -> Iterator[str]:
    if "comparison" in evaluation:
        yield from comparison(evaluation["comparison"], evaluation["training"])


def _row(name: str, unit: Mapping[str, Any]) -> list[str]:
    scores = [_percent(unit["scores"][task]) for task in TASKS]
    losses = unit["points_over_clean"]
    paired = [
        f"{losses[task]['mean']:+.2f} [{losses[task]['low']:+.2f}, {losses[task]['high']:+.2f}]"
        for task in TASKS
    ]
    return [name, f"{unit['bytes']['mean']:.0f}", *scores, *paired]


def _by_bytes(units: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return sorted(units.items(), key=lambda item: float(item[1]["bytes"]["mean"]))


def _percent(score: Mapping[str, float]) -> str:
    return f"{100 * score['mean']:.1f} [{100 * score['low']:.1f}, {100 * score['high']:.1f}]"


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
    machine = profile.info.get("machine")
    named = machine.get("processor") if isinstance(machine, dict) else machine
    largest = profile.batch_sizes[-1]
    yield "## Times"
    yield ""
    yield (
        f"Milliseconds, medians of CPU time of one thread on {named}; the "
        f"server's per frame at batch 1 and {largest}."
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


def _limits(*, compared: bool) -> list[str]:
    rivals = (
        "- The backbone was not trained on compressed frames: a codec-aware one is a stronger",
        "  opponent and is not compared here. No lost frame is counted against a video codec.",
    )
    alone = (
        "- JPEG codes each frame alone and its backbone was not trained on JPEG frames; a video",
        "  codec or a codec-aware backbone is a stronger opponent and is not compared here.",
    )
    return [
        "## Limits",
        "",
        "- The video is procedural: accuracies say nothing about natural images, and distances",
        "  between units there will differ.",
        "- One training seed: intervals cover the choice of clips, not that of the seed.",
        *(rivals if compared else alone),
        "- Times are those of one machine; scenarios scale them by a speed.",
        "",
    ]

"""What a reader must know to judge the figures: what was measured, on what, and its limits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.markdown import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from models.profile import Profile

__all__ = ["facts", "limits", "measures"]


def measures() -> Iterator[str]:
    """Return what each score means."""
    yield "## What is measured"
    yield ""
    yield (
        "- `top1`: share of frames whose class is right; on a frame without a subject the answer "
        '"empty" is.'
    )
    yield (
        "- `map`, `map50`: mean average precision of the boxes. A frame gets one detection, its "
        "answer's class and box with the answer's confidence, or none where the answer is "
        '"empty"; one on a frame without that class is wrong. Area under precision, made monotone, '
        "over recall, at all points (PASCAL VOC, IJCV 2015), mean over 32 classes; `map50` at an "
        "overlap of 0.5, `map` averaged over 0.5, 0.55 .. 0.95 (COCO, ECCV 2014)."
    )
    yield (
        "- `miou`: mean over the 32 classes of mask cells in both over cells in either, added up "
        'over all frames (PASCAL VOC), without the background; "empty" withdraws the mask.'
    )
    yield (
        '- `box_iou`, `mask_iou`: mean overlap frame by frame. "Empty" withdraws the box, which '
        "then scores 1 on an empty frame and 0 on any other; two empty masks agree."
    )
    yield (
        "- bytes: payloads as they cross the network, with the 20-byte wire header, decoded back "
        "before anything is scored. Intervals: 95 %, by bootstrap over clips, differences paired."
    )
    yield ""


def facts(profile: Profile, evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Return what was trained and on what it was evaluated."""
    cost, groups, training = evaluation["costs"], evaluation["groups"], evaluation["training"]
    halves = {half: len(profile.clips_of(half)) for half in ("calibration", "replay")}
    yield "## What was trained, and on what it is judged"
    yield ""
    size = f"{cost['backbone_bytes'] / 1e6:.2f} MB"
    yield f"- backbone: {size} in fp16 ({_said(training['backbone'])})"
    yield (
        f"- {groups['test']['clips']} test clips of two frames and {groups['shifted']['clips']} "
        "shifted ones, in neither training, selection nor profile"
    )
    yield (
        f"- profile: {halves['calibration']} calibration and {halves['replay']} replay clips of "
        f"{profile.frames_per_clip} frames, digest `{profile.sha256[:16]}`"
    )
    yield "- storage, training cost and the search for units: [unit-search](unit-search.md)"
    yield ""
    rows = []
    for name, about in training.items():
        own = cost["file_bytes"].get(name)
        stored = f"{own / 1e3:.0f} ({100 * own / cost['backbone_bytes']:.1f} %)" if own else ""
        rows.append([name, stored, _said(about)])
    yield from table(["file", "kB (of the backbone)", "training"], rows[1:])
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


def limits(*, compared: bool) -> Iterator[str]:
    """Return what the figures do not say.

    Args:
        compared: Whether other codecs than JPEG were measured.
    """
    yield "## Limits"
    yield ""
    yield "- The video is procedural: accuracies say nothing about natural images, and distances"
    yield "  between units there will differ."
    if compared:
        yield "- Bytes of video codecs are given that every frame since the last intra frame"
        yield "  arrived; what a lost frame spoils is for the simulator to tell."
        yield "- CR+BQ is trained at the middle split point only; at a late one it might need fewer"
        yield "  bytes, as the units do. The units at the middle one are its fair match."
        yield "- AVIF is measured on fewer clips than other still-image codecs, and the aware"
        yield "  backbone was not trained on it: with one that is, AVIF might need fewer bytes. Ten"
        yield "  bits a sample and slower speeds than 6 were not tried."
        yield "- Budgets are those of the table above. The learned image codec saw far fewer crops"
        yield "  than published ones do, the layered unit fewer pictures than a unit of the ladder."
    else:
        yield "- Only JPEG is compared here; video codecs and codec-aware backbones are stronger."
    yield "- Times are those of one machine; scenarios scale them by a speed."
    yield ""

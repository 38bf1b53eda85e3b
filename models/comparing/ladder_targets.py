"""The targets a shipped ladder is held to, beside what an evaluation found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from models.markdown import ends
from models.scoring import TASKS
from models.subjects.families import ANCHOR, family

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Verdict", "verdicts"]

_CODING_FACTOR, _CODING_BYTES = 1.01, 4.0
_RATE_FACTOR, _SPAN, _TOP_LOSS, _LOSS, _JPEG_SHARE, _STORAGE = 8.0, 20.0, 0.5, 2.0, 1 / 8, 0.06


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One target: what was asked, what was found, and whether that is enough."""

    target: str
    found: str
    met: bool


def verdicts(group: Mapping[str, Any], costs: Mapping[str, Any]) -> list[Verdict]:
    """Judge the bottleneck units of an evaluated group, those at the backbone's own split.

    Args:
        group: One group of an evaluation, as ``evaluate_group`` returns it.
        costs: ``backbone_bytes`` and, by unit, ``unit_bytes`` of storage.
    """
    units = {name: unit for name, unit in group["units"].items() if family(name) == ANCHOR}
    return [
        _rate_span(units),
        _score_span(units),
        _top_loss(units),
        _against_jpeg(units, group["jpeg444_bytes_for_clean_minus_2_points"]["top1"]),
        _code_length(units),
        _storage(costs),
    ]


def _rate_span(units: Mapping[str, Any]) -> Verdict:
    sizes = [unit["bytes"]["mean"] for unit in units.values()]
    factor = max(sizes) / min(sizes)
    return Verdict(
        target=f"the units span at least a factor of {_RATE_FACTOR:g} in bytes",
        found=f"{min(sizes):.0f} to {max(sizes):.0f} B a frame, a factor of {factor:.1f}",
        met=factor >= _RATE_FACTOR,
    )


def _score_span(units: Mapping[str, Any]) -> Verdict:
    spans = {}
    for task in TASKS:
        means = [unit["scores"][task]["mean"] for unit in units.values()]
        spans[task] = 100 * (max(means) - min(means))
    found = ", ".join(f"{task} {span:.1f}" for task, span in spans.items())
    return Verdict(
        target=f"the units span at least {_SPAN:g} points in one task's score",
        found=f"points: {found}",
        met=max(spans.values()) >= _SPAN,
    )


def _top_loss(units: Mapping[str, Any]) -> Verdict:
    name, top = max(units.items(), key=lambda item: float(item[1]["bytes"]["mean"]))
    losses = top["points_over_clean"]
    found = ", ".join(f"{task} {points(losses[task])}" for task in TASKS)
    return Verdict(
        target=f"the top unit is within {_TOP_LOSS:g} point of the uncompressed network (top-1)",
        found=f"{name}, points over clean: {found}",
        met=losses["top1"]["mean"] >= -_TOP_LOSS,
    )


def _against_jpeg(units: Mapping[str, Any], needed: Mapping[str, Any] | None) -> Verdict:
    target = (
        f"a unit at 1/8 or less of the bytes that JPEG 4:4:4 needs for clean - {_LOSS:g} points "
        f"stays within {_LOSS:g} points (top-1)"
    )
    if needed is None:
        found = "JPEG did not come within 2 points at any measured quality"
        return Verdict(target=target, found=found, met=False)
    small = {
        name: unit
        for name, unit in units.items()
        if unit["bytes"]["mean"] <= _JPEG_SHARE * needed["mean"]
    }
    asked = f"JPEG needs {needed['mean']:.0f} {ends(needed, '.0f')} B"
    if not small:
        return Verdict(target=target, found=f"{asked}; no unit is that small", met=False)
    name, best = max(small.items(), key=lambda item: item[1]["points_over_clean"]["top1"]["mean"])
    loss = best["points_over_clean"]["top1"]
    share = f"1/{needed['mean'] / best['bytes']['mean']:.1f}"
    return Verdict(
        target=target,
        found=f"{asked}; {name} takes {best['bytes']['mean']:.0f} B, {share}, "
        f"at {points(loss)} points",
        met=loss["mean"] >= -_LOSS,
    )


def _code_length(units: Mapping[str, Any]) -> Verdict:
    coding = [unit["coding"] for unit in units.values()]
    excess = max(entry["real_bytes"] - entry["ideal_bytes"] for entry in coding)
    over = sum(entry["frames_over_bound"] for entry in coding)
    payloads = sum(entry["payloads"] for entry in coding)
    worst = max(entry["worst_bytes_over_bound"] for entry in coding)
    return Verdict(
        target="real bytes are within 1 % + 4 B (and the wire header) of the ideal code length",
        found=f"mean excess of a unit at most {excess:.1f} B; payload by payload {over} of "
        f"{payloads} are beyond it, the worst {worst:+.1f} B from the bound",
        met=all(
            entry["real_bytes"] <= _CODING_FACTOR * entry["ideal_bytes"] + _CODING_BYTES
            for entry in coding
        ),
    )


def _storage(costs: Mapping[str, Any]) -> Verdict:
    shares = {name: size / costs["backbone_bytes"] for name, size in costs["unit_bytes"].items()}
    name, largest = max(shares.items(), key=lambda item: item[1])
    return Verdict(
        target=f"each unit's storage is at most {100 * _STORAGE:g} % of the backbone's",
        found=f"largest: {name} with {100 * largest:.1f} %",
        met=largest <= _STORAGE,
    )


def points(loss: Mapping[str, float]) -> str:
    """Return a difference in points with its interval.

    Example:
        >>> points({"mean": -0.31, "low": -0.6, "high": 0.02})
        '-0.31 [-0.60, +0.02]'
    """
    return f"{loss['mean']:+.2f} [{loss['low']:+.2f}, {loss['high']:+.2f}]"

"""The search's trials, ways to train and longer trainings as tables of Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.markdown import table
from models.scoring import TASKS
from models.search.shipped import Shipped
from models.split import SPLITS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.search.record import Found, Outcome
    from models.search.sampling import Design

__all__ = ["longer_rows", "mode_rows", "trial_rows"]

_MILLION = 1e6
_HEAD = ["bytes", *TASKS, "mean"]


def trial_rows(found: Found) -> list[str]:
    """Return a row for each trial, by split point."""
    kept = {trial.name for trial in found.kept}
    head = ["trial", "C", "stride", "width", "step", "lambda", *_HEAD, "encoder", "device", "kept"]
    return table(
        head,
        [
            [
                trial.name.removeprefix("trial-"),
                *_drawn(trial.design),
                *_marks(trial),
                *_work(trial.design),
                "**kept**" if trial.name in kept else "",
            ]
            for trial in sorted(
                found.trials, key=lambda one: (list(SPLITS).index(one.design.split), one.name)
            )
        ],
    )


def mode_rows(modes: Sequence[Outcome]) -> list[str]:
    """Return a row for each way to train."""
    return table(
        ["training", "labels", "images by features", "images by tasks", "rate in the loss", *_HEAD],
        [
            [
                mode.name.removeprefix("mode-"),
                "yes" if mode.truth else "no",
                f"{mode.warm_images:,}",
                f"{mode.images:,}",
                "yes" if mode.rated else "no",
                *_marks(mode),
            ]
            for mode in modes
        ],
    )


def longer_rows(units: Sequence[Outcome | Shipped]) -> list[str]:
    """Return a row for each unit that was trained at length, by split point."""
    return table(
        ["unit", "C", "stride", "width", "step", "lambda", "images", *_HEAD, "encoder", "device"],
        [
            [
                f"`{unit.name}`",
                *_drawn(unit.design),
                f"{_shown(unit):,}",
                *_marks(unit),
                *_work(unit.design),
            ]
            for unit in sorted(units, key=lambda one: list(SPLITS).index(one.design.split))
        ],
    )


def _drawn(design: Design) -> list[str]:
    sizes = (design.channels, design.stride, design.width)
    return [*map(str, sizes), f"{design.step:g}", f"{design.worth:g}"]


def _work(design: Design) -> list[str]:
    return [f"{macs / _MILLION:.1f}" for macs in (design.shape.encoder_macs, design.device_macs)]


def _shown(unit: Outcome | Shipped) -> int:
    return unit.images if isinstance(unit, Shipped) else unit.images + unit.warm_images


def _marks(unit: Outcome | Shipped) -> list[str]:
    return [
        unit.size if isinstance(unit, Shipped) else f"{unit.payload_bytes:.0f}",
        *(f"{100 * unit.scores[task]:.1f}" for task in TASKS),
        f"{100 * unit.mean_score:.1f}",
    ]

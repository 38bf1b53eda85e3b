"""The headline figure over training seeds and on a wider backbone, beside intervals over clips."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.card.rivals import WORDS
from models.comparing.measures import CURVED
from models.markdown import ends, table
from models.subjects.families import title

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["seeds"]

_FIGURES = {
    "bytes_needed": ("bytes for clean - 2 points", ".0f"),
    "jpeg444_over_units": ("JPEG 4:4:4 over the units", ".2f"),
}


def seeds(evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Return what several seeds and widths found; nothing where one training was evaluated.

    Args:
        evaluation: With ``seeds``, as ``training_seeds.compare_seeds`` returns it.
    """
    found = evaluation.get("seeds")
    if not found or not found["runs"]:
        return
    wider = any(run["width"] > 1 for run in found["runs"])
    yield "## Training seeds" + " and a wider backbone" * wider
    yield ""
    yield (
        "The units around the headline figure, trained from several seeds of order, noise and "
        "first weights by a schedule shorter than the ladder's. In brackets 95 % intervals over "
        "clips; below, the spread over seeds: mean, smallest and largest, and the sample deviation."
    )
    yield ""
    yield from _schedules(found["runs"])
    head = ["backbone", "width", "units", "seed", *(f"clean {measure} %" for measure in CURVED)]
    rows = [
        [
            str(run["backbone"]),
            f"{run['width']:g}",
            title(run["family"]),
            str(run["seed"]),
            *(f"{100 * run['clean'][measure]:.1f}" for measure in CURVED),
            *(_figure(run[figure][m], form) for figure, (_, form) in _CELLS for m in CURVED),
        ]
        for run in found["runs"]
    ]
    wide = [f"{WORDS[m]}: {said}" for _, (said, _) in _CELLS for m in CURVED]
    yield from table([*head, *wide], rows)
    yield ""
    for spread in found["spread"]:
        name = f"{spread['backbone']}, {title(spread['family'])}"
        for figure, (said, form) in _CELLS:
            told = [f"{WORDS[m]} {_spread(spread[figure][m], form)}" for m in CURVED]
            yield f"- {name}, {_many(spread['seeds'])}, {said}: {'; '.join(told)}"
    yield ""
    if "stills" in found:
        yield from _stills(found["stills"], evaluation["comparison"]["sets"]["stills"]["clips"])
    yield from _units(found["runs"])


def _stills(found: Mapping[str, Any], clips: int) -> Iterator[str]:
    """Say how many times the units' bytes the best still-image codec takes, seed by seed."""
    yield f"Against the best still-image codec, AVIF among them, on {clips} of the clips:"
    yield ""
    head = ["seed", "units", *(WORDS[m] for m in CURVED)]
    rows = [
        [
            str(run["seed"]),
            title(run["family"]),
            *(_against(run, measure) for measure in CURVED),
        ]
        for run in found["runs"]
    ]
    yield from table(head, rows)
    yield ""
    for figure, said, form in (
        ("bytes_needed", "bytes for clean - 2 points", ".0f"),
        ("still_over_units", "the best still-image codec over the units", ".2f"),
    ):
        told = [f"{WORDS[m]} {_spread(found['spread'][figure][m], form)}" for m in CURVED]
        yield f"- {_many(len(found['runs']))}, {said}: {'; '.join(told)}"
    yield ""


def _against(run: Mapping[str, Any], measure: str) -> str:
    needed, times = run["bytes_needed"][measure], run["still_over_units"][measure]
    if needed is None or times is None:
        return "-"
    rival = title(run["rival"][measure])
    return f"{_figure(needed, '.0f')} B; {rival} {_figure(times, '.2f')} times that"


_CELLS = tuple(_FIGURES.items())


def _schedules(runs: list[Mapping[str, Any]]) -> Iterator[str]:
    """Say what the first run of each kind learned from; the other seeds' schedule is the same."""
    first = {
        f"{run['backbone']}, {title(run['family'])}": run["training"] for run in reversed(runs)
    }
    for name, training in reversed(first.items()):
        parts = [
            f"{file} from {about['start']}, "
            + (f"{about['warm_images']} by features alone and " if about.get("warm_images") else "")
            + f"{about['images']} pictures"
            for file, about in training.items()
        ]
        yield f"- {name}: {'; '.join(parts)}"
    yield ""


def _figure(value: Mapping[str, float | None] | None, form: str) -> str:
    return f"{value['mean']:{form}} {ends(value, form)}" if value else "-"


def _spread(value: Mapping[str, float] | None, form: str) -> str:
    if value is None:
        return "not reached by each"
    apart = f", deviation {value['deviation']:{form}}" if "deviation" in value else ""
    return f"{value['mean']:{form}}, {value['low']:{form}} to {value['high']:{form}}{apart}"


def _many(count: int) -> str:
    return f"{count} seed" + "s" * (count > 1)


def _units(runs: list[Mapping[str, Any]]) -> Iterator[str]:
    rows = [
        [
            str(run["backbone"]),
            str(run["seed"]),
            name,
            f"{setting['bytes']['mean']:.0f}",
            *(_scored(setting, measure) for measure in CURVED),
        ]
        for run in runs
        for name, setting in run["settings"].items()
    ]
    yield from table(
        ["backbone", "seed", "unit", "bytes", *(f"{m} % (points over clean)" for m in CURVED)], rows
    )
    yield ""


def _scored(setting: Mapping[str, Any], measure: str) -> str:
    score, loss = setting["scores"][measure], setting["points_over_clean"][measure]
    return f"{100 * score['mean']:.1f} ({loss['mean']:+.2f} {ends(loss, '+.2f')})"

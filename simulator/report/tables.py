"""The numbers of a report as table rows, ready for the page."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from simulator.foundation.quantities import format_rate
from simulator.framelog import Outcome
from simulator.report.reasons import told
from simulator.report.style import PERCENT, signed_points
from simulator.results.documents import Measured

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from simulator.report.plate import Look
    from simulator.results.documents import Case, Comparison, Slo

__all__ = [
    "COLUMNS",
    "Cell",
    "Row",
    "case_rows",
    "comparison_rows",
    "judged",
    "percent",
    "points",
]

INSUFFICIENT: Final = "insufficient"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A measured value in words.

    Attributes:
        value: The mean.
        interval: Its interval, "" where there is none.
        parts: What it is made of, where that is more than one thing.
    """

    value: str
    interval: str = ""
    parts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A row: whose it is, his colour, and his cells."""

    label: str
    colour: str
    setting: str
    cells: tuple[Cell, ...]


def _cell(measured: Measured, unit: str, shown: Callable[[float], str]) -> Cell:
    if measured.mean is None:
        return Cell(value=INSUFFICIENT)
    interval = ""
    if measured.low is not None and measured.high is not None:
        interval = f"{shown(measured.low)} to {shown(measured.high)}"
    return Cell(value=f"{shown(measured.mean)}{unit}", interval=interval)


def percent(measured: Measured) -> Cell:
    """Return a ratio in percent.

    Example:
        >>> from simulator.results.documents import Measured
        >>> percent(Measured(mean=0.912, low=0.88, high=0.931))
        Cell(value='91.2 %', interval='88.0 to 93.1', parts=())
    """
    return _cell(measured, " %", lambda ratio: f"{PERCENT * ratio:.1f}")


def points(measured: Measured) -> Cell:
    """Return a difference of ratios in percentage points.

    Example:
        >>> from simulator.results.documents import Measured
        >>> points(Measured(mean=-0.031))
        Cell(value='−3.1', interval='', parts=())
    """
    return _cell(measured, "", signed_points)


def _milliseconds(measured: Measured) -> Cell:
    return _cell(measured, " ms", lambda ms: f"{ms:.0f}")


def _rate(measured: Measured) -> Cell:
    if measured.mean is None:
        return Cell(value=INSUFFICIENT)
    unit = format_rate(measured.mean).split()[1]
    scale = {"bit/s": 1.0, "kbit/s": 1e3, "Mbit/s": 1e6, "Gbit/s": 1e9}[unit]
    return _cell(measured, f" {unit}", lambda bps: _three_digits(bps / scale))


def _three_digits(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"  # noqa: PLR2004 -- no exponent


COLUMNS: Final[tuple[tuple[str, str, Callable[[Measured], Cell]], ...]] = (
    ("on time", "on_time", percent),
    ("timely accuracy", "timely_accuracy", percent),
    ("answered p50", "latency_p50_ms", _milliseconds),
    ("answered p95", "latency_p95_ms", _milliseconds),
    ("sent", "wire_bps", _rate),
    ("late", "late", percent),
    ("lost", "lost", percent),
    ("skipped", "skipped", percent),
    ("dropped", "dropped", percent),
)
_OUTCOMES: Final = {"lost": Outcome.LOST, "dropped": Outcome.DROPPED}
_COMPARED: Final = ("on_time", "timely_accuracy")


def case_rows(cases: Sequence[Case], look: Look) -> list[Row]:
    """Return a row a case with a cell for each of `COLUMNS`."""
    return [
        Row(
            label=look.labels[case.policy],
            colour=look.colours[look.labels[case.policy]],
            setting=case.setting,
            cells=tuple(_of_case(case, name, shown) for _, name, shown in COLUMNS),
        )
        for case in cases
    ]


def _of_case(case: Case, name: str, shown: Callable[[Measured], Cell]) -> Cell:
    cell = shown(case.metric(name))
    if name not in _OUTCOMES:
        return cell
    parts = told(_OUTCOMES[name], lambda reason: case.metric(reason).mean)
    return replace(cell, parts=tuple(parts))


def judged(slo: Slo) -> Cell:
    """Return what a service level is judged by.

    Example:
        >>> from simulator.results.documents import Slo
        >>> rule = {"case": 0, "metric": "latency_p95", "rule": "<= 1 s", "verdict": "failed"}
        >>> judged(Slo(**rule, unit="ms", value="inf")).value
        'beyond every bound'
        >>> judged(Slo(**rule, unit="ms", value=65.2)).value
        '65 ms'
    """
    if isinstance(slo.value, str):
        return Cell(value="beyond every bound")
    shown = _milliseconds if slo.unit == "ms" else percent
    return shown(Measured(mean=slo.value, low=slo.low, high=slo.high))


def comparison_rows(comparisons: Sequence[Comparison], look: Look) -> list[Row]:
    """Return a row a comparison: on time, timely accuracy, on how many traces it was better."""
    rows = []
    for found in comparisons:
        cells = [points(found.metrics[name]) for name in _COMPARED if name in found.metrics]
        values = found.metrics["timely_accuracy"].points if len(cells) == len(_COMPARED) else []
        better = sum(value > 0 for value in values)
        label = look.labels[found.policy]
        rows.append(
            Row(
                label=f"{label} − {look.labels[found.versus]}",
                colour=look.colours[label],
                setting=found.setting,
                cells=(*cells, Cell(value=f"{better} of {len(values)}")),
            )
        )
    return rows

"""A batch's summary as text: a table for each setting, its policies side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from simulator.cli.text_table import text_table
from simulator.foundation.terminal import clean_line
from simulator.framelog import Outcome
from simulator.metrics.judged import BEYOND
from simulator.report.reasons import told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = ["results_table"]

_PERCENT = 100
_COLUMNS = (
    ("timely accuracy %", "timely_accuracy"),
    ("on time %", "on_time"),
    ("answered p95 ms", "latency_p95_ms"),
    ("late %", "late"),
    ("lost %", "lost"),
    ("skipped %", "skipped"),
    ("dropped %", "dropped"),
    ("uplink use %", "uplink_utilisation"),
)
_WITH_INTERVAL = ("timely_accuracy", "on_time")
_MOST_COMPARISONS = 10


def results_table(summary: Mapping[str, Any]) -> str:
    """Return what `splitcast run` prints.

    Args:
        summary: As in summary.json.
    """
    return "\n".join(map(clean_line, _lines(summary)))


def _lines(summary: Mapping[str, Any]) -> Iterator[str]:
    traces, confidence = len(summary["traces"]), summary["confidence"]
    runs = sum(case["runs"] for case in summary["cases"])
    yield f"{summary['name']}: {_count(runs, 'run')} over {_count(traces, 'trace')}"
    for setting in dict.fromkeys(case["setting"] for case in summary["cases"]):
        cases = [case for case in summary["cases"] if case["setting"] == setting]
        yield ""
        if setting:
            yield setting
        heading = ["policy", *(title for title, _ in _COLUMNS)]
        yield from text_table([heading, *map(_row, cases)]).split("\n")
        yield from _comparisons(
            [found for found in summary["comparisons"] if found["setting"] == setting]
        )
        yield from _reasons(cases)
        yield from _overloads(cases)
    yield ""
    if traces > 1:
        yield f"[ ] {confidence:.0%} bootstrap intervals over traces; - insufficient data"
    if traces > 1 and summary["few_traces"]:
        yield from _points(summary)
    if doubtful := summary["doubtful"]:
        yield f"doubtful settings, see the warnings: {', '.join(doubtful)}"
    yield from _verdicts(summary)


def _row(case: Mapping[str, Any]) -> list[str]:
    return [case["policy"], *(_cell(name, case["metrics"][name]) for _, name in _COLUMNS)]


def _cell(name: str, found: Mapping[str, float | None]) -> str:
    scale = 1 if name.endswith("_ms") else _PERCENT
    mean, low, high = (_number(found[key], scale) for key in ("mean", "low", "high"))
    return f"{mean} [{low}, {high}]" if name in _WITH_INTERVAL and low != "-" else mean


def _number(value: float | None, scale: int) -> str:
    return "-" if value is None else f"{scale * value:.1f}"


def _comparisons(found: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for comparison in found[:_MOST_COMPARISONS]:
        difference = comparison["metrics"]["timely_accuracy"]
        if difference["mean"] is None:
            continue
        spread = ""
        if difference["low"] is not None:
            spread = f" [{_signed(difference['low'])}, {_signed(difference['high'])}]"
        yield (
            f"  {comparison['policy']} - {comparison['versus']}: timely accuracy "
            f"{_signed(difference['mean'])}{spread} points, "
            f"paired on {_count(comparison['traces'], 'trace')}"
        )
    if len(found) > _MOST_COMPARISONS:
        yield f"  ({len(found) - _MOST_COMPARISONS} more comparisons in summary.json)"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _signed(value: float) -> str:
    return f"{_PERCENT * value:+.1f}"


def _reasons(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield a line for each case whose frames were lost, or dropped, for more than one reason."""
    for case in cases:
        means = {name: found["mean"] for name, found in case["metrics"].items()}
        parts = {outcome: told(outcome, means.get) for outcome in (Outcome.LOST, Outcome.DROPPED)}
        said = [f"{o.name.lower()} % = {' + '.join(part)}" for o, part in parts.items() if part]
        if said:
            yield f"  {case['policy']}: {'; '.join(said)}"


def _overloads(cases: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for case in cases:
        for what, share in case["overload"].items():
            yield (
                f"  {case['policy']}: {what} overloaded in {share:.0%} of the runs; "
                "means over them may depend on their duration"
            )


def _points(summary: Mapping[str, Any]) -> Iterator[str]:
    yield f"{len(summary['traces'])} traces are few: read the points (timely accuracy %)"
    for case in summary["cases"]:
        values = case["metrics"]["timely_accuracy"]["by_trace"].items()
        said = ", ".join(f"{trace} {_number(value, _PERCENT)}" for trace, value in values)
        label = ", ".join(part for part in (case["policy"], case["setting"]) if part)
        yield f"  {label}: {said}"


def _verdicts(summary: Mapping[str, Any]) -> Iterator[str]:
    cases = {case["case"]: case for case in summary["cases"]}
    for found in summary["slo"]:
        case = cases[found["case"]]
        label = ", ".join(part for part in (case["policy"], case["setting"]) if part)
        rule = f"{found['metric']} {found['rule']}"
        yield f"{label}, {found['group']}: {rule}: {found['verdict']} ({_evidence(found)})"


def _evidence(found: Mapping[str, Any]) -> str:
    """Return what a verdict rests on: value and interval, traces and frames, and what to know."""
    value, low, high = (_judged(found[key], found["unit"]) for key in ("value", "low", "high"))
    spread = "" if found["low"] is None else f" [{low}, {high}]"
    counts = (
        f"{_count(found['traces'], 'trace')}, {_count(found['frames'], 'captured frame')}, "
        f"{found['answered']} answered"
    )
    return "; ".join(part for part in (value + spread, counts, found["note"]) if part)


def _judged(value: float | str | None, unit: str) -> str:
    if value is None:
        return "no value"
    if value == BEYOND:
        return "beyond every bound"
    return f"{value:.1f} ms" if unit == "ms" else f"{value:.4g}"

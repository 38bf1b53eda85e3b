"""What a reader should know before he believes a number: overload, few traces, missing data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.report.style import PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.documents import Case
    from simulator.report.evidence import Evidence
    from simulator.report.plate import Look

__all__ = ["beware"]

_FEW_TRACES: Final = 2
_MOST_PLACES: Final = 6


def _place(case: Case, look: Look) -> str:
    label = look.labels[case.policy]
    return f"{label} ({case.setting})" if case.setting else label


def _overloads(cases: Sequence[Case], look: Look) -> Iterator[str]:
    """Yield a line for each part that could not keep up somewhere."""
    parts: dict[str, list[str]] = {}
    for case in cases:
        for what, share in case.overload.items():
            words = f"{_place(case, look)} in {PERCENT * share:.0f} % of its runs"
            parts.setdefault(what.replace("+", " and the "), []).append(words)
    for what, places in parts.items():
        more = f", and {len(places) - _MOST_PLACES} more" if len(places) > _MOST_PLACES else ""
        yield (
            f"Overload: the {what} cannot keep up under {', '.join(places[:_MOST_PLACES])}{more}. "
            "Means over such runs depend on their duration."
        )


def beware(evidence: Evidence, look: Look) -> list[str]:
    """Return what a reader should know before he believes a number."""
    summary = evidence.summary
    told = list(summary.warnings)
    expected = len(evidence.manifest.runs)
    if evidence.manifest.state != "done" or len(evidence.runs) < expected:
        told.append(
            f"The batch is not finished: {len(evidence.runs)} of {expected} runs are here. "
            "`splitcast run --resume` finishes it."
        )
    told += _overloads(summary.cases, look)
    n = len(summary.traces)
    if n < _FEW_TRACES:
        told.append("One trace only (n = 1): there is no interval, and no claim beyond this trace.")
    elif summary.few_traces:
        told.append(f"Few traces (n = {n}): intervals are rough; read the single points shown.")
    for case in summary.cases:
        if case.frames and not any(case.metric(name).mean for name in ("on_time", "late")):
            told.append(f"No frame was answered under {_place(case, look)}.")
        elif case.metric("latency_p95_ms").mean is None:
            told.append(
                f"Too few answered frames for a 95th percentile under {_place(case, look)}."
            )
    return list(dict.fromkeys(told))

"""What a reader should know before he believes a number: overload, few traces, missing data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from simulator.report.style import PERCENT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["beware"]

_FEW_TRACES: Final = 2
_MOST_PLACES: Final = 3


def _place(case: Case, look: Look) -> str:
    label = look.labels[case.policy]
    return f"{label} ({case.setting})" if case.setting else label


def _called(what: str, evidence: Evidence) -> str:
    """Return what an overloaded part is called: of several hops its name."""
    number = re.fullmatch(r"uplink (\d+)", what)
    hops = evidence.capacity[evidence.capacity["way"] == "uplink"]["hop"].unique()
    if number is None or int(number[1]) > len(hops):
        return what
    return f"hop {hops[int(number[1]) - 1]}"


def _overloads(evidence: Evidence, look: Look) -> Iterator[str]:
    """Yield a line for each part that could not keep up somewhere."""
    cases = evidence.summary.cases
    settings = len({case.setting for case in cases})
    for what in dict.fromkeys(what for case in cases for what in case.overload):
        places: dict[str, list[str]] = {}
        for case in cases:
            if what in case.overload:
                places.setdefault(look.labels[case.policy], []).append(case.setting)
        words = [label + _at(found, settings) for label, found in places.items()]
        shares = {case.overload[what] for case in cases if what in case.overload}
        most = "up to " * (len(shares) > 1)
        yield (
            f"Overload: the {_called(what, evidence)} cannot keep up in {most}"
            f"{PERCENT * max(shares):.0f} % of the runs under {' and under '.join(words)}. "
            "Means over such runs may depend on their duration."
        )


def _at(found: Sequence[str], settings: int) -> str:
    """Return at which settings something happened, "" where there is but one."""
    if settings == 1:
        return ""
    if len(found) == settings:
        return " (at every setting)"
    more = f" and {len(found) - _MOST_PLACES} more" if len(found) > _MOST_PLACES else ""
    return f" (at {'; '.join(found[:_MOST_PLACES])}{more})"


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
    told += _overloads(evidence, look)
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

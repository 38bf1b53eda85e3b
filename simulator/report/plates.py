"""The plates of a setting: which figures, from which numbers, with which words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.report import latency_cdf, paired, policy_bars
from simulator.report.frames import pool
from simulator.report.one_run import through_time
from simulator.report.pairs import pairs_of
from simulator.report.plate import ON_TIME, TIMELY, Plate
from simulator.report.share_plates import of_shares
from simulator.report.style import PERCENT
from simulator.report.task_plate import of_tasks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from simulator.report.evidence import Evidence
    from simulator.report.frames import Pool
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["of_setting"]

_MOST_FRAMES: Final = 3_000_000  # read for one setting's distributions


def of_setting(evidence: Evidence, setting: str, look: Look, *, timelines: bool) -> Iterator[Plate]:
    """Draw the plates of a setting, one after the other.

    Args:
        evidence: The folder.
        setting: One of ``evidence.settings``.
        look: From `Look.of`.
        timelines: Draw a timeline of each policy too.
    """
    cases = evidence.cases_of(setting)
    pools = [pool(evidence, case, most_frames=_MOST_FRAMES // len(cases)) for case in cases]
    names = [look.labels[case.policy] for case in cases]
    yield _scores(evidence, cases, names, look)
    yield from of_tasks(evidence, cases, pools, look)
    yield from _comparisons(evidence, setting, cases, look)
    yield _latencies(cases, names, pools, look)
    yield from of_shares(evidence, cases, pools, look)
    if timelines:
        yield from through_time(evidence, setting, cases, look)


def _scores(evidence: Evidence, cases: Sequence[Case], names: Sequence[str], look: Look) -> Plate:
    panels = {
        ON_TIME: [case.metric("on_time") for case in cases],
        TIMELY: [case.metric("timely_accuracy") for case in cases],
    }
    traces = len(evidence.summary.traces)
    few = evidence.summary.few_traces and traces > 1
    percent = f"{PERCENT * evidence.summary.confidence:g} %"
    told = f"Bars are means over traces, lines their {percent} intervals."
    return Plate(
        key="scores",
        title="On time and timely accuracy",
        caption="One trace." if traces == 1 else told + (" Each dot is one trace." if few else ""),
        figure=policy_bars.draw(panels, names, look.colours, show_points=few),
    )


def _comparisons(
    evidence: Evidence, setting: str, cases: Sequence[Case], look: Look
) -> Iterator[Plate]:
    found = [
        (look.labels[pair.policy], look.labels[pair.versus], pair.metrics["timely_accuracy"])
        for pair in pairs_of(evidence, setting)
        if "timely_accuracy" in pair.metrics
    ]
    percent = f"{PERCENT * evidence.summary.confidence:g} %"
    if found:
        yield Plate(
            key="differences",
            title="Paired differences",
            caption="Small dots: the difference on each trace, same trace and same luck for both. "
            f"Large dot and band: their mean and its {percent} interval. "
            "A band clear of zero is a difference.",
            figure=paired.draw_differences(
                found, look.colours, label="timely accuracy, difference [percentage points]"
            ),
        )
    values = {
        look.labels[case.policy]: {
            trace: value
            for trace, value in case.metric("timely_accuracy").by_trace.items()
            if value is not None
        }
        for case in cases
    }
    traces = set().union(*values.values())
    if len(cases) > 1 and len(traces) > 1:
        shown = min(len(traces), paired.MOST_ROWS)
        left = f" {shown} of {len(traces)} traces are shown." if shown < len(traces) else ""
        yield Plate(
            key="traces",
            title="Trace by trace",
            caption=f"One row a trace, one dot a policy; the easiest trace on top.{left}",
            figure=paired.draw_traces(values, look.colours, label=TIMELY),
        )


def _latencies(
    cases: Sequence[Case], names: Sequence[str], pools: Sequence[Pool], look: Look
) -> Plate:
    curves = [
        latency_cdf.Curve(
            name=name, colour=look.colours[name], latency_ms=p.latency_ms, captured=p.captured
        )
        for name, p in zip(names, pools, strict=True)
    ]
    deadlines = sorted({deadline for p in pools for deadline in p.deadlines_ms})
    left = sum(p.left_out for p in pools)
    total = sum(case.runs for case in cases)
    note = f" Drawn from {total - left} of {total} runs, evenly chosen." if left else ""
    return Plate(
        key="latency",
        title="Latency distribution",
        caption="All captured frames count: a curve tops out at the share that was answered at "
        f"all, and its height at the deadline is the on-time ratio.{note}",
        figure=latency_cdf.draw(curves, deadlines),
    )

"""What a report says in words: what was simulated, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.frames import NS_PER_MS, read_frames
from simulator.report.tables import percent, points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Look

__all__ = ["finding", "simulated"]

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"


def _range(values: Iterable[float]) -> str:
    ordered = sorted(set(values))
    low, high = f"{ordered[0]:g}", f"{ordered[-1]:g}"
    return low if low == high else f"{low} to {high}"


def _count(number: int | str, noun: str) -> str:
    shown = number if isinstance(number, str) else f"{number:,}".replace(",", _THIN_SPACE)
    plural = noun if shown == "1" else f"{noun}s"
    return f"{shown} {plural.replace('ys', 'ies')}"


def simulated(evidence: Evidence) -> str:
    """Return in a sentence what was simulated."""
    cases = evidence.summary.cases
    seen: dict[str, list[tuple[int, float, float]]] = {}
    for setting in evidence.settings:
        run = str(evidence.runs_of(evidence.cases_of(setting)[0])["run"].iloc[0])
        streams = read_frames(evidence, run).streams
        for group in dict.fromkeys(stream.group for stream in streams):
            members = [stream for stream in streams if stream.group == group]
            rate = 1e9 / max(members[0].interval_ns, 1)
            deadline = members[0].deadline_ns / NS_PER_MS
            seen.setdefault(group, []).append((len(members), round(rate, 2), deadline))
    groups = [
        f"{_count(_range(n for n, _, _ in rows), 'stream')} of “{group}” at "
        f"{_range(f for _, f, _ in rows)} frames/s with a deadline of "
        f"{_range(d for _, _, d in rows)} ms"
        for group, rows in seen.items()
    ]
    runs = sum(case.runs for case in cases)
    frames = sum(case.frames for case in cases)
    swept = f" at {_count(len(evidence.settings), 'setting')}" if len(evidence.settings) > 1 else ""
    return (
        f"{' and '.join(groups)} for {_range(evidence.runs['duration_s'])} s under "
        f"{_count(len(evidence.policies), 'policy')}{swept}, on "
        f"{_count(len(evidence.summary.traces), 'trace')}: {_count(runs, 'run')}, "
        f"{_count(frames, 'captured frame')}."
    )


def finding(evidence: Evidence, setting: str, look: Look) -> str:
    """Return in a sentence or two which policy scored best, and whether that is beyond chance."""
    ranked = sorted(
        (c for c in evidence.cases_of(setting) if c.metric("timely_accuracy").mean is not None),
        key=lambda c: -(c.metric("timely_accuracy").mean or 0.0),
    )
    if not ranked:
        return "No timely accuracy could be measured."
    best = ranked[0]
    name = look.labels[best.policy]
    score = percent(best.metric("timely_accuracy")).value
    if len(ranked) == 1:
        on_time = percent(best.metric("on_time")).value
        return f"{name}: {on_time} on time, timely accuracy {score}."
    told = f"Best timely accuracy: {name}, {score}."
    leads = []
    for other in ranked[1:]:
        for found in evidence.comparisons_of(setting):
            measured = found.metrics.get("timely_accuracy")
            if measured is None or {found.policy, found.versus} != {best.policy, other.policy}:
                continue
            cell = points(measured)
            span = f" ({cell.interval})" if cell.interval else ""
            words = f"{_versus(found.policy, found.versus, look)}: {cell.value} points{span}"
            if measured.low is not None and measured.high is not None:
                words += "" if measured.low > 0 or measured.high < 0 else ", not beyond chance"
            leads.append(words)
    return f"{told} Paired on the same traces, {'; '.join(leads)}." if leads else told


def _versus(policy: str, versus: str, look: Look) -> str:
    """Return a comparison's name."""
    return f"{look.labels[policy]} − {look.labels[versus]}"

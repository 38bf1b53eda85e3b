"""What a report says in words: what was simulated, and what was found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.report.frames import NS_PER_MS, read_frames
from simulator.report.pairs import pairs_of, ranked
from simulator.report.tables import percent, points

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulator.report.evidence import Evidence
    from simulator.report.plate import Look
    from simulator.results.documents import Measured

__all__ = ["finding", "simulated"]

_THIN_SPACE = "\N{NARROW NO-BREAK SPACE}"
_MOST_LEADS = 3


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
    cases = {case.policy: case for case in evidence.cases_of(setting)}
    best = cases[ranked(evidence, setting)[0]]
    name, timely = look.labels[best.policy], best.metric("timely_accuracy")
    if timely.mean is None:
        return "No timely accuracy could be measured."
    if len(cases) == 1:
        on_time = percent(best.metric("on_time")).value
        return f"{name}: {on_time} on time, timely accuracy {percent(timely).value}."
    leads = [
        _lead(pair.metrics["timely_accuracy"], look.labels[pair.versus])
        for pair in pairs_of(evidence, setting)
        if pair.policy == best.policy and "timely_accuracy" in pair.metrics
    ]
    if len(leads) > _MOST_LEADS:
        leads = [*leads[: _MOST_LEADS - 1], leads[-1]]
    told = f"Best timely accuracy: {name}, {percent(timely).value}."
    return f"{told} On the same traces it is {', '.join(leads)}." if leads else told


def _lead(measured: Measured, versus: str) -> str:
    cell = points(measured)
    if cell.value == "+0.0":
        return f"level with {versus}"
    ahead = f"ahead of {versus} by {cell.value.lstrip('+')} points"
    if measured.low is None or measured.high is None:
        return ahead
    chance = "" if measured.low > 0 else ": not beyond chance"
    return f"{ahead} ({cell.interval}{chance})"

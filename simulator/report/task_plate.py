"""The plate of several tasks: how each of them fared under each policy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from simulator.report import policy_bars
from simulator.report.plate import Plate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from simulator.report.evidence import Evidence
    from simulator.report.frames import Pool
    from simulator.report.plate import Look
    from simulator.results.documents import Case

__all__ = ["of_tasks"]

_MOST: Final = 3  # further tasks beside each other


def of_tasks(
    evidence: Evidence, cases: Sequence[Case], pools: Sequence[Pool], look: Look
) -> Iterator[Plate]:
    """Draw the timely accuracy of the primary and of further tasks, if there are any.

    Args:
        evidence: The folder.
        cases: Of one setting.
        pools: Their frames.
        look: From `Look.of`.
    """
    deadlines: dict[str, set[float]] = {}
    for found in pools:
        for task, values in found.tasks.items():
            deadlines.setdefault(task, set()).update(values)
    primary = {deadline for found in pools for deadline in found.deadlines_ms}
    names = [look.labels[case.policy] for case in cases]
    tasks = list(deadlines)
    for number, start in enumerate(range(0, len(tasks), _MOST)):
        panels = {
            _title(evidence.summary.task or "primary task", primary): [
                case.metric("timely_accuracy") for case in cases
            ]
        }
        for task in tasks[start : start + _MOST]:
            panels[_title(task, deadlines[task])] = [
                case.metric(f"timely_accuracy_{task}") for case in cases
            ]
        yield Plate(
            key=f"tasks-{number}" if number else "tasks",
            title="Timely accuracy of each task",
            caption="One payload answers all of them, each by its own deadline. On the left the "
            "primary task, which policies are compared by.",
            figure=policy_bars.draw(panels, names, look.colours, show_points=False),
        )


def _title(task: str, deadlines_ms: Iterable[float]) -> str:
    within = " or ".join(f"{deadline:g}" for deadline in sorted(deadlines_ms))
    return f"{task} within {within} ms [%]"

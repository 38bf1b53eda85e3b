"""How the further tasks of streams fared, which are asked of the payload of the primary one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.metrics.selection import Selection
    from simulator.world.plan import StreamPlan, TaskPlan

__all__ = ["further_tasks", "task_results"]


def further_tasks(streams: Sequence[StreamPlan]) -> list[str]:
    """Return the names of all tasks besides the primary ones, in the order of the streams."""
    return list(dict.fromkeys(task.name for stream in streams for task in stream.tasks))


def task_results(frames: Selection, tasks: Sequence[str]) -> dict[str, float]:
    """Return the metrics of tasks, over the captured frames of the streams that ask them.

    A task is on time if the frame was answered within the task's deadline, whatever the primary
    one's is. Its score is that of what was decoded of the payload.

    Args:
        frames: Of a run or a group.
        tasks: Those to tell; NaN for one that no stream here asks.
    """
    totals = {task: np.zeros(3) for task in tasks}  # frames, on time, score on time
    for k, stream in enumerate(frames.streams):
        for task in stream.tasks:
            totals[task.name] += _totals(frames, frames.first + k, task)
    found = {}
    for name, (captured, on_time, worth) in totals.items():
        found[f"on_time_{name}"] = on_time / captured if captured else float("nan")
        found[f"timely_accuracy_{name}"] = worth / captured if captured else float("nan")
    return found


def _totals(frames: Selection, stream: int, task: TaskPlan) -> tuple[int, int, float]:
    rows = slice(*np.searchsorted(frames["stream"], [stream, stream + 1]).tolist())
    done_ns, captured_ns = frames["done_ns"][rows], frames["captured_ns"][rows]
    on_time = np.flatnonzero((done_ns != NEVER) & (done_ns - captured_ns <= task.deadline_ns))
    chosen, frame = frames["unit"][rows][on_time], frames["frame"][rows][on_time]
    score = task.score[chosen, frame]
    for unit, of_layers in enumerate(task.layers):
        if of_layers is not None:
            here = chosen == unit
            score[here] = of_layers[frames["layers"][rows][on_time][here] - 1, frame[here]]
    return len(done_ns), len(on_time), float(score.sum(dtype=np.float64))

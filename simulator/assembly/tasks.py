"""What is asked of a stream's payloads: scores of every task that a profile knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.errors import InputError, Problem, did_you_mean
from simulator.foundation.quantities import format_ns
from simulator.world.plan import TaskPlan

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from models.profile import Profile, Unit

__all__ = ["check_tasks", "scores_of", "task_plans"]


def scores_of(
    units: tuple[Unit, ...], task: str, clip: NDArray[np.int32], clip_frame: NDArray[np.int32]
) -> NDArray[np.float32]:
    """Return what every unit scores at a task on a stream's frames, [units, frames]."""
    return np.stack([unit.scores[task][clip, clip_frame] for unit in units])


def task_plans(
    units: tuple[Unit, ...],
    deadlines_ns: Mapping[str, int],
    clip: NDArray[np.int32],
    clip_frame: NDArray[np.int32],
) -> tuple[TaskPlan, ...]:
    """Return the further tasks of a stream.

    Args:
        units: The ladder.
        deadlines_ns: Of each task, by its name.
        clip: Which clips the stream sees.
        clip_frame: Which frames of them.
    """
    tables = [unit.layers for unit in units]
    return tuple(
        TaskPlan(
            name=task,
            deadline_ns=deadline_ns,
            score=scores_of(units, task, clip, clip_frame),
            layers=tuple(
                None if table is None else table.scores[task][:, clip, clip_frame]
                for table in tables
            )
            if any(tables)
            else (),
        )
        for task, deadline_ns in deadlines_ns.items()
    )


def check_tasks(profile: Profile, tasks: Mapping[str, int], what: str) -> None:
    """Refuse tasks that the profile does not score, and the one that `deadline` is for.

    Raises:
        InputError: With a problem for each.
    """

    def wrong() -> Iterator[tuple[str, str, str]]:
        further = [task for task in profile.tasks if task != profile.primary_task]
        for task in tasks:
            if task == profile.primary_task:
                rule = "must not be the primary task"
                yield task, rule, "its deadline is the stream's `deadline`"
            elif task not in further:
                yield task, "must be a further task of the profile", did_you_mean(task, further)

    problems = [
        Problem(
            where=f"profile {profile.name}",
            what=f"{what}.{task}",
            value=format_ns(tasks[task]),
            rule=rule,
            remedy=remedy,
        )
        for task, rule, remedy in wrong()
    ]
    if problems:
        raise InputError(*problems)

"""What the workers were brought and how busy they were while they were there.

A worker is busy from the begin of a batch, loading what it lacks included, until the batch is
served or a crash destroys it. One that finishes its batch first is there until then.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER, Reason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection
    from simulator.world.plan import WorldPlan

__all__ = ["overlap", "server_overloaded", "server_utilisation"]

_TURNED_AWAY = (Reason.EXPIRED, Reason.REFUSED)


def server_utilisation(frames: Selection, plan: WorldPlan) -> float:
    """Return the share of their time, while frames are captured, that workers were busy.

    NaN where no worker was there at all.
    """
    begun = frames.begun
    begin_ns = frames["service_start_ns"][begun]
    end_ns = _stopped_ns(frames, plan)[begun]
    size, worker = frames["batch_size"][begun], frames["worker"][begun]
    there = _there_ns(plan, 0, plan.duration_ns)
    for index, its in enumerate(plan.server.workers):
        mine = worker == index
        for outage in its.outages:
            until_ns = min(outage.end_ns, plan.duration_ns)
            finishing = overlap(begin_ns[mine], end_ns[mine], outage.begin_ns, until_ns)
            there += float((finishing / size[mine]).sum())
    busy = overlap(begin_ns, end_ns, 0, plan.duration_ns)
    return float((busy / size).sum()) / there if there else float("nan")


def server_overloaded(frames: Selection, plan: WorldPlan) -> bool:
    """Return whether in the second half more work arrived than workers that were there could do.

    A frame that was turned away counts as much as those served do in the mean.
    """
    begin_ns, end_ns = plan.duration_ns // 2, plan.duration_ns
    arrived_ns = frames["arrived_ns"]
    late = (arrived_ns >= begin_ns) & (arrived_ns < end_ns)
    begun = late & frames.begun
    took = _stopped_ns(frames, plan)[begun] - frames["service_start_ns"][begun]
    work = float((took / frames["batch_size"][begun]).sum())
    away = int((late & np.isin(frames["reason"], _TURNED_AWAY)).sum())
    whole = work * (1 + away / len(took)) if len(took) else 0.0
    return whole > _there_ns(plan, begin_ns, end_ns)


def overlap(
    begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64], from_ns: int, until_ns: int
) -> NDArray[np.int64]:
    """Return how much of each interval lies between two instants."""
    return np.clip(end_ns, from_ns, until_ns) - np.clip(begin_ns, from_ns, until_ns)


def _there_ns(plan: WorldPlan, begin_ns: int, end_ns: int) -> float:
    """Return the time of all workers without their outages."""
    outages = [
        max(0, min(outage.end_ns, end_ns) - max(outage.begin_ns, begin_ns))
        for worker in plan.server.workers
        for outage in worker.outages
    ]
    return float(len(plan.server.workers) * (end_ns - begin_ns) - sum(outages))


def _stopped_ns(frames: Selection, plan: WorldPlan) -> NDArray[np.int64]:
    """Return when the service of each frame that was begun ended, be it by a crash."""
    stopped = frames["served_ns"].copy()
    crashed = frames["reason"] == Reason.CRASHED
    for index in np.unique(frames["worker"][crashed]).tolist():
        crashes = [x.begin_ns for x in plan.server.workers[index].outages if x.crash]
        rows = crashed & (frames["worker"] == index)
        place = np.searchsorted(crashes, frames["service_start_ns"][rows], side="right")
        stopped[rows] = np.array(crashes)[place]
    return np.where(stopped == NEVER, frames["service_start_ns"], stopped)

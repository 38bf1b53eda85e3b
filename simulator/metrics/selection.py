"""The frames a metric is taken over: all of a run, or one group's streams."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.framelog import NEVER, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from simulator.framelog import FrameLog
    from simulator.world.plan import StreamPlan, WorldPlan

__all__ = ["Selection", "everything", "groups"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Selection:
    """Rows of a frame log with the streams they belong to.

    Attributes:
        columns: Columns of the log, [frames] each.
        streams: The streams, in the order of their rows.
        first: The first one's index in the plan.
        duration_ns: Of the run.
    """

    columns: dict[str, NDArray[Any]]
    streams: tuple[StreamPlan, ...]
    first: int
    duration_ns: int

    def __getitem__(self, name: str) -> NDArray[Any]:
        """Return a column."""
        return self.columns[name]

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.columns["stream"])

    @property
    def on_time(self) -> NDArray[np.bool_]:
        """Which frames were on time."""
        return np.asarray(self["outcome"] == Outcome.ON_TIME)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Which frames were answered, on time or late."""
        return np.asarray(self["done_ns"] != NEVER)

    @property
    def encoded(self) -> NDArray[np.bool_]:
        """Which frames a unit was chosen for."""
        return np.asarray(self["unit"] != NEVER)

    @property
    def begun(self) -> NDArray[np.bool_]:
        """Which frames a worker began to serve, whether or not it came to the end."""
        return np.asarray(self["batch_size"] > 0)

    @property
    def sent(self) -> NDArray[np.bool_]:
        """Which frames were handed to the uplink."""
        return np.asarray(self["sent_ns"] != NEVER)


def everything(log: FrameLog, plan: WorldPlan) -> Selection:
    """Return all frames of a run."""
    columns = {name: log[name] for name in log}
    return Selection(columns=columns, streams=plan.streams, first=0, duration_ns=plan.duration_ns)


def groups(log: FrameLog, plan: WorldPlan) -> Iterator[tuple[str, Selection]]:
    """Yield each group's name and frames, in the order of the plan."""
    for name in dict.fromkeys(stream.group for stream in plan.streams):
        members = [k for k, stream in enumerate(plan.streams) if stream.group == name]
        first, last = members[0], members[-1]
        rows = slice(*log["stream"].searchsorted([first, last + 1]).tolist())
        yield (
            name,
            Selection(
                columns={column: log[column][rows] for column in log},
                streams=plan.streams[first : last + 1],
                first=first,
                duration_ns=plan.duration_ns,
            ),
        )

"""The clocks of a measurement: the thread's CPU time, and wall time beside it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Stopwatch"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopwatch:
    """Times one step at a time, by two clocks.

    Attributes:
        synchronise: Waits until an accelerator has done all that it was given; None on a processor.
            With it, wall time is what is recorded, taken between two waits: a thread that waits for
            an accelerator spends no CPU time.
        whole_process: Whether on a processor the CPU time of all threads is recorded, for steps
            that start some of their own.

    Example:
        >>> result, recorded_ns, wall_ns = Stopwatch().time(sorted, [2, 1])
        >>> result, recorded_ns >= 0, wall_ns > 0
        ([1, 2], True, True)
    """

    synchronise: Callable[[], None] | None = None
    whole_process: bool = False

    @classmethod
    def of(cls, processor: str) -> Stopwatch:
        """Return the stopwatch for ``cpu``, or for an accelerator such as ``cuda``."""
        return cls() if processor == "cpu" else cls(synchronise=torch.accelerator.synchronize)

    @property
    def about(self) -> str:
        """What is recorded, in words."""
        whose = "all threads" if self.whole_process else "one thread"
        recorded = "wall time" if self.synchronise else f"CPU time of {whose}"
        around = ", the accelerator synchronised before and after" if self.synchronise else ""
        return f"{recorded}{around}; switch costs are wall time, files in the page cache"

    def time(self, step: Callable[[Any], Any], value: object) -> tuple[Any, int, int]:
        """Return what a step gives, what is recorded of its time, and its wall time, ns."""
        if self.synchronise:
            self.synchronise()
        spent_ns = time.process_time_ns if self.whole_process else time.thread_time_ns
        began_wall, began = time.perf_counter_ns(), spent_ns()
        result = step(value)
        if self.synchronise:
            self.synchronise()
        spent = spent_ns() - began
        wall = time.perf_counter_ns() - began_wall
        return result, wall if self.synchronise else spent, wall

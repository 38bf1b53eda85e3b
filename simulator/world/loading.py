"""What the workers must load before they can serve a batch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.servers.memory import Memory
from simulator.world.service import batch_ns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simpy import Environment

    from simulator.world.plan import MemoryPlan, WorkerPlan
    from simulator.world.service import Job

__all__ = ["Loading"]


class Loading:
    """The memory of each worker. One that crashed comes back with what it held at the start.

    Args:
        env: The world's clock.
        plan: The modules, and what fits.
        workers: Whose memories they are.

    Raises:
        InputError: If a module is larger than a memory, or those held at the start are.
    """

    def __init__(self, env: Environment, plan: MemoryPlan, workers: Sequence[WorkerPlan]) -> None:
        """Start with what every worker holds."""
        self._env = env
        self._plan = plan
        self._memories = [self._at_start() for _ in workers]
        self._crashes_ns = [
            [outage.begin_ns for outage in reversed(worker.outages) if outage.crash]
            for worker in workers
        ]

    def batch_ns(self, batch: Sequence[Job], worker: int) -> int:
        """Return how long a worker is busy with a batch that it begins now, loading included."""
        crashes_ns = self._crashes_ns[worker]
        while crashes_ns and crashes_ns[-1] <= self._env.now:
            crashes_ns.pop()
            self._memories[worker] = self._at_start()
        needed = dict.fromkeys(module for job in batch for module in job.times.modules[job.unit])
        return self._memories[worker].fetch(list(needed)) + batch_ns(batch, worker)

    def _at_start(self) -> Memory:
        plan = self._plan
        return Memory(plan.capacity_bytes, plan.module_bytes, plan.load_ns, plan.held)

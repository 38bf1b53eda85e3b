"""The server's plan: its models, and its workers with every outage of theirs drawn ahead."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.assembly.memory import residence
from simulator.assembly.models import known_profiles
from simulator.assembly.problems import every
from simulator.foundation import keyed
from simulator.scenario.server import RandomOutages
from simulator.world.plan import Outage, ServerPlan, Worker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.assembly.cast import Run
    from simulator.assembly.models import Model
    from simulator.scenario.server import Server

__all__ = ["server_plan", "worker_plans"]


def server_plan(server: Server, models: Sequence[Model], run: Run) -> ServerPlan:
    """Return the server's plan.

    Args:
        server: As the scenario has it.
        models: What it serves.
        run: Which run.

    Raises:
        InputError: If batches are larger than any measured, or the memory holds too little.
    """
    held = None if server.memory is None else residence(server.memory, known_profiles(models))
    served = every(
        partial(
            model.served,
            server.batching.max,
            server.memory,
            () if held is None else held.modules[index],
        )
        for index, model in enumerate(models)
    )
    return ServerPlan(
        workers=worker_plans(server, run.duration_ns, run.content_seed),
        models=tuple(served),
        max_batch=server.batching.max,
        batching=server.batching.kind,
        max_wait_ns=server.batching.max_wait_ns or 0,
        order=server.order,
        places=server.places,
        drops_expired=server.drop_expired,
        memory=None if held is None else held.plan,
    )


def worker_plans(server: Server, duration_ns: int, seed: int) -> tuple[Worker, ...]:
    """Return the workers in the order of their kinds.

    Args:
        server: As the scenario has it.
        duration_ns: Of the run; drawn outages begin before its end.
        seed: What the server draws by.
    """
    return tuple(
        Worker(
            speed=speed,
            outages=_drawn(server.outages, worker, duration_ns, seed)
            if isinstance(server.outages, RandomOutages)
            else tuple(
                Outage(
                    begin_ns=outage.at_ns, end_ns=outage.at_ns + outage.for_ns, crash=outage.crash
                )
                for _, outage in server.outages_of(worker)
            ),
        )
        for worker, (_, speed) in enumerate(server.pool)
    )


def _drawn(outages: RandomOutages, worker: int, duration_ns: int, seed: int) -> tuple[Outage, ...]:
    """Return a worker's outages: exponential times there and away by turns, there at first."""
    rng = keyed.generator(seed, "outages", worker)
    found: list[Outage] = []
    back_ns = 0
    while True:
        begin_ns = back_ns + 1 + int(rng.exponential(outages.every_ns))
        back_ns = begin_ns + 1 + int(rng.exponential(outages.lasting_ns))
        if begin_ns >= duration_ns:
            return tuple(found)
        found.append(Outage(begin_ns=begin_ns, end_ns=back_ns, crash=outages.crash))

"""Pools of workers behind a link so fast that payloads arrive within a nanosecond of capture."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.framelog import Outcome, Reason
from simulator.world.plan import Outage, Worker
from tests.simulator.world.small import MS, camera, served, steady, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.framelog import FrameLog
    from simulator.world.plan import ServedModel, StreamPlan, WorldPlan

FAST = steady(8_000_000_000_000)
"""A byte takes a nanosecond's thousandth: every payload here crosses within 1 ns."""


def many(arrivals_ms: Sequence[float], **given: Any) -> list[StreamPlan]:  # noqa: ANN401
    """Return a stream for each arrival."""
    return [
        camera([at], sizes=[1], name=f"cameras/{k}", **given) for k, at in enumerate(arrivals_ms)
    ]


def pool(
    *cameras: StreamPlan,
    tail_ms: Sequence[float] = (10.0,),
    models: Sequence[ServedModel] = (),
    down_ms: float = 0.0,
    **server: Any,  # noqa: ANN401
) -> WorldPlan:
    """Return these cameras before a server whose batches of 1, 2, ... frames take so long."""
    units = max(len(c.ladder.names) for c in cameras)
    plan = world(
        *cameras, trace=FAST, down_ms=down_ms, models=models or [served(tail_ms, units=units)]
    )
    return replace(plan, server=replace(plan.server, **server))


def away(begin_ms: float, end_ms: float, *, crash: bool = False, speed: float = 1.0) -> Worker:
    """Return a worker with one outage."""
    outage = Outage(begin_ns=int(begin_ms * MS), end_ns=int(end_ms * MS), crash=crash)
    return Worker(speed=speed, outages=(outage,))


def whole_ms(log: FrameLog, column: str) -> list[int]:
    """Return a column of instants in ms, the nanosecond on the link rounded away; -1 is never."""
    return [round(x / MS) if x >= 0 else -1 for x in log[column].tolist()]


def ends(log: FrameLog) -> list[str]:
    """Return how each frame ended: its reason, or else its outcome."""
    pairs = zip(log["reason"].tolist(), log["outcome"].tolist(), strict=True)
    return [Reason(r).name if r else Outcome(o).name for r, o in pairs]

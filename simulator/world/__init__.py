"""The simulated world: SimPy processes and alarms around the arithmetic of links and servers."""

from __future__ import annotations

from simulator.world.plan import (
    CrossPlan,
    JitterPlan,
    LadderPlan,
    LayerPlan,
    LinkPlan,
    MemoryPlan,
    Outage,
    PacketPlan,
    ServedModel,
    ServerPlan,
    StreamPlan,
    TaskPlan,
    Worker,
    WorldPlan,
)
from simulator.world.run import simulate

__all__ = [
    "CrossPlan",
    "JitterPlan",
    "LadderPlan",
    "LayerPlan",
    "LinkPlan",
    "MemoryPlan",
    "Outage",
    "PacketPlan",
    "ServedModel",
    "ServerPlan",
    "StreamPlan",
    "TaskPlan",
    "Worker",
    "WorldPlan",
    "simulate",
]

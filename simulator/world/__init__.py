"""The simulated world: SimPy processes and alarms around the arithmetic of links and servers."""

from __future__ import annotations

from simulator.world.plan import (
    DownlinkPlan,
    LadderPlan,
    LinkPlan,
    ServedModel,
    ServerPlan,
    StreamPlan,
    WorldPlan,
)
from simulator.world.run import simulate

__all__ = [
    "DownlinkPlan",
    "LadderPlan",
    "LinkPlan",
    "ServedModel",
    "ServerPlan",
    "StreamPlan",
    "WorldPlan",
    "simulate",
]

"""What a world is built from: frozen records in which every draw of chance is already made.

A plan holds plain numbers and arrays, already scaled by the speeds of the devices. Times are
integer nanoseconds from the start of the run, sizes are bytes of payload (wire header of the coded
frame included, UDP/IP header excluded). Frames of a stream are numbered 0..F-1 in order of capture,
units of a ladder 0..U-1 in its order. The same plan always gives the same frame log.
"""

from __future__ import annotations

from simulator.servers.workers import Outage, Worker
from simulator.world.plan.network import CrossPlan, JitterPlan, LinkPlan, PacketPlan
from simulator.world.plan.server import (
    MemoryPlan,
    ServedModel,
    ServerPlan,
)
from simulator.world.plan.streams import (
    GAPS,
    RATIO_GAIN,
    ChainPlan,
    HighAfter,
    LadderPlan,
    LayerPlan,
    StreamPlan,
    TaskPlan,
)
from simulator.world.plan.world import WorldPlan

__all__ = [
    "GAPS",
    "RATIO_GAIN",
    "ChainPlan",
    "CrossPlan",
    "HighAfter",
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
]

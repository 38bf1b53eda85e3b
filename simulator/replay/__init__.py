"""Frames whose instants and sizes are given, through a link: what arrives, and when."""

from __future__ import annotations

from simulator.replay.frames import FrameTable, read_frames
from simulator.replay.link import LinkChoice, queue_limit
from simulator.replay.run import Fates, replay
from simulator.replay.tables import arrivals_table, packets_table

__all__ = [
    "Fates",
    "FrameTable",
    "LinkChoice",
    "arrivals_table",
    "packets_table",
    "queue_limit",
    "read_frames",
    "replay",
]

"""Links followed packet by packet, and shared ones: how much they carry in a CPU second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from simulator.links.drr import DrrQueue
from simulator.links.fair import FairLink
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import StoreAndForward
from tests.bench.plans import MS, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

FLOWS = [f"cameras/{k}" for k in range(16)]
SIZES = (1504, 900)  # a frame of two packets
INTERVAL_NS = 2 * MS  # 9.6 Mbit/s on a link of as much, with fades: something always waits


def links() -> Iterator[tuple[str, int, Callable[[int], float]]]:
    """Name what is measured, the least it must reach, and how to measure it once."""
    yield "droptail packets, frames of two", 40_000, droptail_frames
    yield "deficit round robin, packets", 150_000, drr_packets
    yield "fluid fair link, frames", 75_000, fair_frames


def droptail_frames(frames: int) -> float:
    """Return frames per second."""
    link = PacketLink(StoreAndForward(trace(16)), FifoQueue(limit_packets=50))
    return frames / sending(link, frames)


def drr_packets(frames: int) -> float:
    """Return packets per second."""
    queue = DrrQueue(quantum=1500, less_bytes=4)
    link = PacketLink(StoreAndForward(trace(16)), queue, committed=1)
    return len(SIZES) * frames / sending(link, frames)


def sending(link: PacketLink, frames: int) -> float:
    """Return the CPU time in seconds of carrying that many frames, of flows in turn."""
    start = time.process_time()
    for k in range(frames):
        link.send(k * INTERVAL_NS, FLOWS[k % 16], SIZES)
    link.finish()
    return time.process_time() - start


def fair_frames(frames: int) -> float:
    """Return frames per second."""
    link = FairLink(trace(16))
    start = time.process_time()
    for k in range(frames):
        link.send(k * INTERVAL_NS, FLOWS[k % 16], sum(SIZES))
    link.finish()
    return frames / (time.process_time() - start)

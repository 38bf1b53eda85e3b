"""Links followed packet by packet, and shared ones: how much they carry in a CPU second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from simulator.foundation.instants import FOREVER_NS
from simulator.links.drr import DrrQueue
from simulator.links.fair import FairLink
from simulator.links.fifo import FifoLink
from simulator.links.packets import PacketLink
from simulator.links.queues import FifoQueue
from simulator.links.wires import StoreAndForward
from tests.bench.plans import MS, trace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from simulator.links.queueing import QueueingLink
    from traces import RateTrace

FLOWS = [f"cameras/{k}" for k in range(16)]
SIZES = (1504, 900)  # a frame of two packets
INTERVAL_NS = 2 * MS  # 9.6 Mbit/s on a link of as much, with fades: something always waits
SECONDS = 60
LONGER = 100
LENGTH_RATIO = 1.25


def links() -> Iterator[tuple[str, int, Callable[[int], float]]]:
    """Name what is measured, the least it must reach, and how to measure it once."""
    yield "droptail packets, frames of two", 40_000, droptail_frames
    yield "deficit round robin, packets", 150_000, drr_packets
    yield "fluid fair link, frames", 75_000, fair_frames


def droptail_frames(frames: int) -> float:
    """Return frames per second."""
    queue: FifoQueue[int] = FifoQueue(limit_packets=50)
    link = PacketLink(StoreAndForward(trace(16)), queue)
    return frames / sending(link, frames)


def drr_packets(frames: int) -> float:
    """Return packets per second."""
    queue: DrrQueue[int] = DrrQueue(quantum=1500, less_bytes=4)
    link = PacketLink(StoreAndForward(trace(16)), queue, committed=1)
    return len(SIZES) * frames / sending(link, frames)


def sending(link: QueueingLink[int], frames: int) -> float:
    """Return the CPU time in seconds of carrying that many frames, of flows in turn."""
    start = time.process_time()
    for k in range(frames):
        link.send(k * INTERVAL_NS, FLOWS[k % 16], k, SIZES)
        link.settle(k * INTERVAL_NS)
    link.settle(FOREVER_NS - 1)
    return time.process_time() - start


def fair_frames(frames: int) -> float:
    """Return frames per second."""
    return frames / sending(FairLink(trace(16)), frames)


def show_length(frames: int, runs: int) -> bool:
    """Print how much more a frame costs with a trace 100 times as long; return if that is met.

    The same frames, in groups all over the long trace, cross a first-in first-out link, a fair one
    and one packet by packet; of both traces the best run counts.
    """
    short, long = (
        min(_spread(trace(16, seconds), frames) for _ in range(runs))
        for seconds in (SECONDS, LONGER * SECONDS)
    )
    name = f"a trace {LONGER} times as long"
    print(f"{name:34}{f'x {long / short:.2f}':>14}{f'<= {LENGTH_RATIO:g}':>34}", flush=True)
    return long <= LENGTH_RATIO * short


def _spread(link_trace: RateTrace, frames: int) -> float:
    """Return the CPU time in seconds of carrying frames at instants all over the long trace."""
    group = 50
    gap_ns = LONGER * SECONDS * 1000 * MS * group // frames
    instants = [k // group * gap_ns + k % group * INTERVAL_NS for k in range(frames)]
    fifo = FifoLink(link_trace)
    shared: FairLink[int] = FairLink(link_trace)
    queue: FifoQueue[int] = FifoQueue(limit_packets=50)
    limited = PacketLink(StoreAndForward(link_trace), queue)
    start = time.process_time()
    for k, now_ns in enumerate(instants):
        fifo.send(now_ns, sum(SIZES))
        shared.send(now_ns, FLOWS[k % 16], k, SIZES)
        limited.send(now_ns, FLOWS[k % 16], k, SIZES)
        shared.settle(now_ns)
        limited.settle(now_ns)
    return time.process_time() - start

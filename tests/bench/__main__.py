"""Measures speed, the simulator's and the coder's: `make bench`. CPU time, best of several runs."""

from __future__ import annotations

import argparse
import platform
import sys
import time
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from policies.deadline import Deadline
from policies.fixed import Fixed
from policies.throughput import Throughput
from simulator.links.fifo import FifoLink
from simulator.world import simulate
from tests.bench.coding import show_coding
from tests.bench.packets import links, show_length
from tests.bench.plans import MS, world
from tests.bench.reading import show_reading
from tests.bench.servers import servers
from tests.bench.textbook import Textbook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from policies import Policy
    from simulator.world.plan import WorldPlan

UNIT = 4  # 1200 bytes on average: 10 packets of 120
TARGETS: dict[str, Sequence[int]] = {"fixed": (120_000, 90_000), "deadline": (80_000, 65_000)}
FAIR_TARGETS = (75_000, 75_000)
RATIO = 6.0
STREAMS = (1, 100)
POLICIES: dict[str, Callable[[], Policy]] = {
    "fixed": partial(Fixed, unit=UNIT),
    "throughput": Throughput,
    "deadline": Deadline,
}


def speeds(
    runs: int,
    frames: int,
    make: Callable[[int, int], WorldPlan],
    run: Callable[[WorldPlan], object],
) -> list[float]:
    """Return frames per second of CPU time for each number of streams, best of several runs.

    Plans are made anew for each run, and the time for that is not counted.
    """
    found = []
    for streams in STREAMS:
        times = []
        for _ in range(runs):
            plan = make(streams, frames // streams)
            start = time.process_time()
            run(plan)
            times.append(time.process_time() - start)
        found.append(frames // streams * streams / min(times))
    return found


def fair(streams: int, frames: int) -> WorldPlan:
    """The world of the fixed policy on a link that its streams share fairly."""
    plan = world(streams, frames, POLICIES["fixed"])
    return replace(plan, uplink=((replace(plan.uplink[0][0], sharing="fair"),),))


def ten_packets(streams: int, frames: int) -> WorldPlan:
    """A world with packets small enough that a frame is about ten, served one by one."""
    plan = world(streams, frames, POLICIES["fixed"])
    models = tuple(
        replace(m, tail_ns=m.tail_ns[:, :1], decode_ns=m.decode_ns[:, :, :1])
        for m in plan.server.models
    )
    return replace(
        plan,
        streams=tuple(replace(s, waiting="queue") for s in plan.streams),
        packets=replace(plan.packets, mtu_payload_bytes=120),
        server=replace(plan.server, max_batch=1, models=models),
    )


def textbook(plan: WorldPlan) -> None:
    """Run the reference."""
    Textbook(plan, UNIT).run()


def link_alone(plan: WorldPlan) -> None:
    """Send all payloads of one unit through the link's arithmetic, 10 ms apart."""
    link = FifoLink(plan.uplink[0][0].trace)
    sizes = [size for stream in plan.streams for size in stream.payload_bytes[UNIT].tolist()]
    for k, size in enumerate(sizes):
        link.send(k * 10 * MS, size)


def main() -> None:
    """Print a table of measured speeds with the targets beside them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--frames", type=int, default=60_000, help="frames a run, of all streams")
    parser.add_argument("--runs", type=int, default=5, help="runs of which the best counts")
    parser.add_argument(
        "--trace-megabytes", type=int, default=10, help="of each trace that is read"
    )
    options = parser.parse_args()
    frames, runs = options.frames, options.runs
    print(f"{platform.python_implementation()} {platform.python_version()}, {processor()}")
    print(f"{frames} frames a run, best of {runs}, CPU time of this process\n")
    print(f"{'':34}{'1 stream':>14}{'100 streams':>14}{'targets':>20}")
    met = True
    for name, policy in POLICIES.items():
        found = speeds(runs, frames, partial(world, policy=policy), simulate)
        wanted = TARGETS.get(name, ())
        show(f"all stages, {name}", found, wanted)
        met = met and all(x >= y for x, y in zip(found, wanted, strict=False))
    found = speeds(runs, frames, fair, simulate)
    show("all stages, fixed, fair link", found, FAIR_TARGETS)
    met = met and all(x >= y for x, y in zip(found, FAIR_TARGETS, strict=True))
    ours = speeds(runs, frames, ten_packets, simulate)
    theirs = speeds(max(2, runs // 2), frames // 6, ten_packets, textbook)
    show("ten packets a frame, fixed", ours)
    show("the same in textbook SimPy", theirs)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(f"{'  ratio':34}" + "".join(f"{r:>14.1f}" for r in ratios) + f"{f'>= {RATIO:g}':>20}")
    show("link arithmetic alone", speeds(runs, frames, partial(world, policy=Fixed), link_alone))
    met = met and min(ratios) >= RATIO
    for name, wanted_each, measure in (*links(), *servers()):
        best = max(measure(frames) for _ in range(runs))
        show(name, [best], (wanted_each,))
        met = met and best >= wanted_each
    met = show_length(frames, runs) and met
    met = show_reading(max(2, runs // 2), options.trace_megabytes * 1_000_000) and met
    met = show_coding(runs) and met
    print("\nall targets met" if met else "\nsome targets missed")
    sys.exit(not met)


def show(name: str, found: list[float], wanted: Sequence[int] = ()) -> None:
    """Print one line of frames per second."""
    targets = " ".join(f">= {w // 1000}k" for w in wanted)
    print(f"{name:34}" + "".join(f"{s:>12,.0f}/s" for s in found) + f"{targets:>20}", flush=True)


def processor() -> str:
    """Return what Linux calls the processor, or what Python knows."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


if __name__ == "__main__":
    main()

"""Synthetic worlds for benchmarks and tests: profile-like numbers, every stage on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.foundation.keyed import generator
from simulator.world.plan import (
    LadderPlan,
    LinkPlan,
    ServedModel,
    ServerPlan,
    StreamPlan,
    Worker,
    WorldPlan,
)
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from policies import Policy

MS = 1_000_000
INTERVAL_NS = 66_666_667
DRAWS = 64
MAX_BATCH = 8
MEANS = (0.0, 150.0, 300.0, 600.0, 1200.0, 1900.0, 2700.0)

LADDER = LadderPlan(
    names=("device", *(f"unit-{i}" for i in range(1, len(MEANS)))),
    on_device=(True, *(False,) * (len(MEANS) - 1)),
    utility=(0.80, 0.62, 0.70, 0.76, 0.81, 0.84, 0.86),
    mean_bytes=MEANS,
    high_bytes=tuple(1.4 * mean for mean in MEANS),
    device_mean_ns=(90 * MS, *(9 * MS,) * (len(MEANS) - 1)),
    server_mean_ns=(0, *(2 * MS,) * (len(MEANS) - 1)),
    switch_ns=(0,) * len(MEANS),
)


def stream(index: int, frames: int, policy: Policy) -> StreamPlan:
    """One camera; its numbers depend on its index alone."""
    draw = generator(1, "bench", index)
    shape = (len(MEANS), frames)
    spread = np.exp(0.3 * draw.standard_normal(frames) - 0.045)
    sizes = np.maximum(1, np.outer(MEANS, spread)).astype(np.int64)
    sizes[0] = 0
    device_ns = np.outer(LADDER.device_mean_ns, draw.uniform(0.8, 1.2, frames)).astype(np.int64)
    return StreamPlan(
        name=f"cameras/{index}",
        group="cameras",
        ladder=LADDER,
        model=0,
        decoders=tuple(range(len(MEANS))),
        policy=policy,
        deadline_ns=150 * MS,
        interval_ns=INTERVAL_NS,
        probe_ns=1000 * MS,
        waiting="newest",
        captured_ns=np.arange(frames, dtype=np.int64) * INTERVAL_NS
        + int(draw.integers(INTERVAL_NS)),
        clip=np.zeros(frames, dtype=np.int32),
        clip_frame=np.arange(frames, dtype=np.int32),
        payload_bytes=sizes,
        device_ns=device_ns,
        entropy_decode_ns=draw.integers(30_000, 90_000, shape),
        batch_draw=draw.integers(0, DRAWS, frames),
        score=np.ones(shape, dtype=np.float32),
        confidence=np.full(shape, 0.9, dtype=np.float32),
    )


def trace(streams: int, seconds: int = 60) -> RateTrace:
    """Capacity in steps of 100 ms around 0.6 Mbit/s a stream, with fades."""
    draw = generator(1, "bench", "trace")
    steps = 10 * seconds
    rates = 600_000 * streams * np.exp(0.5 * draw.standard_normal(steps))
    rates[draw.random(steps) < 0.02] = 0
    return RateTrace.from_steps(
        np.arange(steps) * 100 * MS,
        rates.astype(np.int64),
        period_ns=steps * 100 * MS,
        about=TraceAbout(name="bench"),
    )


def served() -> ServedModel:
    """Tail of 1.3 ms + 0.5 ms a frame, decoder of 0.1 ms + 0.1 ms a frame, with luck."""
    luck: NDArray[np.float64] = np.linspace(0.8, 1.5, DRAWS)
    sizes = np.arange(1, MAX_BATCH + 1)
    tail_ns = np.outer(luck, 1.3 * MS + 0.5 * MS * sizes)
    decode_ns = np.outer(luck, 0.1 * MS + 0.1 * MS * sizes)[:, None, :].repeat(len(MEANS), axis=1)
    return ServedModel(
        name="bench",
        tail_ns=tail_ns.astype(np.int64),
        decode_ns=decode_ns.astype(np.int64),
        tails=(0,) * len(MEANS),
    )


def world(streams: int, frames: int, policy: Callable[[], Policy]) -> WorldPlan:
    """Cameras that share an uplink and a server with a worker for every 25 of them."""
    return WorldPlan(
        streams=tuple(stream(k, frames, policy()) for k in range(streams)),
        uplink=((LinkPlan(trace=trace(streams), delay_ns=20 * MS),),),
        server=ServerPlan(
            workers=(Worker(),) * -(-streams // 25), max_batch=MAX_BATCH, models=(served(),)
        ),
        downlink_delay_ns=20 * MS,
        duration_ns=(frames + 1) * INTERVAL_NS,
    )

"""Worlds small enough to work out by hand: 1000 bytes take 1 ms, everything else is free."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from policies.fixed import Fixed
from policies.scripted import Scripted
from simulator.links.queues import QueueLimit
from simulator.world.plan import (
    LadderPlan,
    LinkPlan,
    PacketPlan,
    ServedModel,
    ServerPlan,
    StreamPlan,
    Worker,
    WorldPlan,
)
from traces import RateTrace, TraceAbout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from policies import Policy
    from simulator.framelog import FrameLog
    from traces import BandwidthTrace

MS = 1_000_000
S = 1000 * MS


def steady(bps: int = 8_000_000, after: Literal["loop", "stop"] = "loop") -> RateTrace:
    """A link of 1000 bytes a ms for ever, or for 1 s."""
    return RateTrace.from_steps(
        [0], [bps], period_ns=S, after=after, about=TraceAbout(name="steady")
    )


def camera(  # noqa: PLR0913
    captured_ms: Sequence[float],
    *,
    policy: Policy | None = None,
    sizes: Sequence[int | Sequence[int]] = (1000,),
    device_ms: Sequence[float | Sequence[float]] | None = None,
    entropy_ms: float | Sequence[float] = 0.0,
    switch_ms: Sequence[float] | None = None,
    deadline_ms: float = 100.0,
    probe_ms: float | None = None,
    waiting: Literal["newest", "queue"] = "newest",
    utility: Sequence[float] | None = None,
    name: str = "cameras/0",
    model: int = 0,
    draws: Sequence[int] | None = None,
) -> StreamPlan:
    """A stream whose units have these payloads; one of 0 bytes is on the device."""
    units, frames = len(sizes), len(captured_ms)

    def table(rows: Sequence[Any], scale: int, dtype: type) -> Any:  # noqa: ANN401
        full = [np.broadcast_to(np.asarray(row) * scale, frames) for row in rows]
        return np.rint(np.array(full)).astype(dtype).reshape(units, frames)

    payload = table(sizes, 1, np.int64)
    device_ns = table(device_ms or [0] * units, MS, np.int64)
    on_device = tuple(not np.any(row) for row in payload)
    ladder = LadderPlan(
        names=tuple(f"unit-{i}" for i in range(units)),
        on_device=on_device,
        utility=tuple(utility or [0.1 * i for i in range(1, units + 1)]),
        mean_bytes=tuple(float(np.mean(row)) if frames else 1.0 for row in payload),
        high_bytes=tuple(1.5 * float(np.mean(row)) if frames else 1.0 for row in payload),
        device_mean_ns=tuple(int(np.mean(row)) if frames else 0 for row in device_ns),
        server_mean_ns=(0,) * units,
        switch_ns=tuple(int(x * MS) for x in switch_ms or [0] * units),
    )
    return StreamPlan(
        name=name,
        group="cameras",
        ladder=ladder,
        model=model,
        decoders=tuple(range(units)),
        policy=policy or Fixed(unit=0),
        deadline_ns=int(deadline_ms * MS),
        interval_ns=40 * MS,
        probe_ns=None if probe_ms is None else int(probe_ms * MS),
        waiting=waiting,
        captured_ns=np.array([round(x * MS) for x in captured_ms], dtype=np.int64),
        clip=np.zeros(frames, dtype=np.int32),
        clip_frame=np.arange(frames, dtype=np.int32),
        payload_bytes=payload,
        device_ns=device_ns,
        entropy_decode_ns=table([entropy_ms] * units, MS, np.int64),
        batch_draw=np.array(draws or [0] * frames, dtype=np.int64),
        score=np.tile(np.array(ladder.utility, dtype=np.float32)[:, None], frames),
        confidence=np.full((units, frames), 0.5, dtype=np.float32),
    )


def served(
    tail_ms: Sequence[float] = (0.0,), decode_ms: Sequence[float] | None = None, units: int = 1
) -> ServedModel:
    """One backbone's tables, the same for all luck and for all units."""
    decode = np.array([[np.array(decode_ms or [0.0] * len(tail_ms)) * MS] * units])
    return ServedModel(
        name="model",
        tail_ns=np.array([np.array(tail_ms) * MS]).astype(np.int64),
        decode_ns=decode.astype(np.int64),
        tails=(0,) * units,
    )


def world(
    *cameras: StreamPlan,
    trace: BandwidthTrace | None = None,
    up_ms: float = 0.0,
    down_ms: float = 0.0,
    workers: int = 1,
    models: Sequence[ServedModel] | None = None,
    queue_bytes: int | None = None,
    header_bytes: int = 0,
) -> WorldPlan:
    """The plan of these cameras on one link and server."""
    units = max(len(c.ladder.names) for c in cameras)
    models = tuple(models or [served(units=units)])
    return WorldPlan(
        streams=cameras,
        uplink=(
            (
                LinkPlan(
                    trace=trace or steady(),
                    delay_ns=int(up_ms * MS),
                    queue=QueueLimit(whole_bytes=queue_bytes),
                ),
            ),
        ),
        packets=PacketPlan(header_bytes=header_bytes, mtu_payload_bytes=1000),
        server=ServerPlan(
            workers=(Worker(),) * workers,
            max_batch=models[0].tail_ns.shape[1],
            models=tuple(models),
        ),
        downlink_delay_ns=int(down_ms * MS),
        duration_ns=10 * S,
    )


def ms(log: FrameLog, column: str) -> list[float]:
    """Return a column of instants in ms; -1 ns, never, is -1."""
    return [x / MS if x >= 0 else -1.0 for x in log[column].tolist()]


def scripted(*plan: int | None) -> Scripted:
    """Return the policy that replays these choices."""
    return Scripted(plan=plan)

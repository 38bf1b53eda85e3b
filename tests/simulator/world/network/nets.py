"""Networks small enough to work out by hand: a packet is 1000 bytes, which take 1 ms."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from simulator.framelog import Reason
from simulator.links.queues import QueueLimit
from simulator.world.plan import LayerPlan, LinkPlan
from tests.simulator.world.small import MS, steady, world

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.framelog import FrameLog
    from simulator.world.plan import StreamPlan, WorldPlan

Hops = tuple[tuple[LinkPlan, ...], ...]


def link(packet_ms: float = 1.0, delay_ms: float = 0.0, **options: Any) -> LinkPlan:  # noqa: ANN401
    """A link on which a packet takes so long."""
    trace = options.pop("trace", None) or steady(round(8_000_000 / packet_ms))
    queue = QueueLimit(options.pop("queue_bytes", None), options.pop("queue_packets", None))
    return LinkPlan(trace=trace, delay_ns=round(delay_ms * MS), queue=queue, **options)


def net(
    *cameras: StreamPlan,
    up: Sequence[LinkPlan | tuple[LinkPlan, ...]],
    down: Sequence[LinkPlan | tuple[LinkPlan, ...]] = (),
    **options: Any,  # noqa: ANN401
) -> WorldPlan:
    """Cameras on a path; a hop is one link for all or a tuple of one for each."""
    return replace(world(*cameras, **options), uplink=_hops(up), downlink=_hops(down))


def _hops(links: Sequence[LinkPlan | tuple[LinkPlan, ...]]) -> Hops:
    return tuple(x if isinstance(x, tuple) else (x,) for x in links)


def reasons(log: FrameLog) -> list[str]:
    """Return why frames ended as they did, by name."""
    return [Reason(x).name for x in log["reason"]]


def in_layers(plan: StreamPlan, *sizes: int, decode_by_ms: float = 0.0) -> StreamPlan:
    """Let the only unit of a camera be layers of these sizes; n of them score n / 10."""
    frames = len(plan.captured_ns)
    steps = np.arange(1, len(sizes) + 1, dtype=np.float32)[:, None]
    layers = LayerPlan(
        payload_bytes=np.tile(np.array(sizes)[:, None], frames),
        entropy_decode_ns=np.tile((steps * MS).astype(np.int64), frames),
        score=np.tile(steps / 10, frames).astype(np.float32),
        confidence=np.tile(steps / 20, frames).astype(np.float32),
    )
    payload = np.full((1, frames), sum(sizes))
    return replace(
        plan, layers=(layers,), payload_bytes=payload, decode_by_ns=round(decode_by_ms * MS)
    )


class During:
    """Loses every packet that leaves the link within these instants, no other."""

    def __init__(self, *spans_ms: tuple[float, float]) -> None:
        self.spans_ms = spans_ms

    def probability(self, t_ns: int) -> float:
        return float(any(begin <= t_ns / MS <= end for begin, end in self.spans_ms))

"""Frame logs written by hand: what metrics should say of them can be worked out on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from policies.fixed import Fixed
from simulator.framelog import COLUMNS, NEVER, FrameLog, Outcome
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
    from collections.abc import Sequence

MS = 1_000_000
SECOND = 1_000_000_000
INSTANTS = (
    "captured_ns",
    "chosen_ns",
    "device_end_ns",
    "sent_ns",
    "uplink_start_ns",
    "uplink_end_ns",
    "arrived_ns",
    "service_start_ns",
    "served_ns",
    "done_ns",
)


def frame(
    outcome: Outcome,
    at_ms: Sequence[int],
    *,
    stream: int = 0,
    size: int = 1000,
    batch: int = 1,
    score: float = 1.0,
    high: float = 1100.0,
    **columns: object,
) -> dict[str, Any]:
    """Return a row whose instants are given in ms, in order; those left out never happened.

    Other columns are as given.
    """
    never = [-1] * (len(INSTANTS) - len(at_ms))
    row: dict[str, Any] = dict.fromkeys(COLUMNS, 0)
    row |= dict(zip(INSTANTS, [t * MS for t in at_ms] + never, strict=True))
    encoded = len(at_ms) > 2  # captured, chosen, and then something
    served = len(at_ms) == len(INSTANTS)
    row |= {
        "stream": stream,
        "outcome": outcome,
        "unit": 1 if encoded else -1,
        "bytes": size if encoded else 0,
        "wire_bytes": size + 28 if encoded else 0,
        "batch_size": batch if served else 0,
        "worker": 0 if served else NEVER,
        "layers": 1 if served else 0,
        "transmissions": 1 if encoded and size else 0,
        "score": score if encoded else np.nan,
        "forecast_high_bytes": high,
    }
    return row | columns


def on_device(at_ms: Sequence[int], *, score: float = 1.0) -> dict[str, Any]:
    """Return a frame answered by the device itself: captured, chosen, done."""
    captured, chosen, done = (t * MS for t in at_ms)
    row = frame(Outcome.ON_TIME, [at_ms[0], at_ms[1], at_ms[2]], size=0, score=score)
    return row | {
        "captured_ns": captured,
        "chosen_ns": chosen,
        "device_end_ns": done,
        "done_ns": done,
        "unit": 0,
        "wire_bytes": 0,
    }


def log_of(rows: Sequence[dict[str, Any]]) -> FrameLog:
    """Return rows as a frame log."""
    return FrameLog(
        {name: np.array([row[name] for row in rows], dtype=code) for name, code in COLUMNS.items()}
    )


def plan_of(*groups: str, frames: int = 1, rate_bps: int = 800_000) -> WorldPlan:
    """Return a world of one stream a group for one second, with one server worker."""
    ladder = LadderPlan(
        names=("device", "unit-1"),
        on_device=(True, False),
        utility=(0.9, 0.8),
        mean_bytes=(0.0, 1000.0),
        high_bytes=(0.0, 1100.0),
        device_mean_ns=(10 * MS, 10 * MS),
        server_mean_ns=(0, 5 * MS),
        switch_ns=(0, 0),
    )
    two = np.zeros((2, frames), np.int64)
    about = TraceAbout(name="constant")
    return WorldPlan(
        streams=tuple(
            StreamPlan(
                name=f"{group}/{k}",
                group=group,
                ladder=ladder,
                model=0,
                decoders=(0, 1),
                policy=Fixed(),
                deadline_ns=100 * MS,
                interval_ns=100 * MS,
                probe_ns=None,
                waiting="newest",
                captured_ns=np.arange(frames, dtype=np.int64),
                clip=np.zeros(frames, np.int32),
                clip_frame=np.zeros(frames, np.int32),
                payload_bytes=two,
                device_ns=two,
                entropy_decode_ns=two,
                batch_draw=np.zeros(frames, np.int64),
                score=two.astype(np.float32),
                confidence=two.astype(np.float32),
            )
            for k, group in enumerate(groups)
        ),
        uplink=(
            (
                LinkPlan(
                    trace=RateTrace.from_steps([0], [rate_bps], period_ns=SECOND, about=about),
                    delay_ns=20 * MS,
                ),
            ),
        ),
        server=ServerPlan(
            workers=(Worker(),),
            max_batch=2,
            models=(
                ServedModel(
                    name="tiny",
                    tail_ns=np.ones((1, 2), np.int64),
                    decode_ns=np.ones((1, 2, 2), np.int64),
                    tails=(0, 0),
                ),
            ),
        ),
        downlink_delay_ns=20 * MS,
        duration_ns=SECOND,
    )

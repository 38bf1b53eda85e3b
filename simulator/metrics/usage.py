"""What was used: bytes, busy shares of devices, uplink and server, and which could not keep up.

Something is *overloaded* if in the second half of the run it was brought more work than it could
do in that time, so that its queue grew (or overflowed): a mean over such a run describes its
length, not the system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.framelog import NEVER

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection
    from simulator.world import WorldPlan

__all__ = ["device_utilisation", "overload", "server_utilisation", "traffic", "uplink_utilisation"]


def traffic(frames: Selection) -> dict[str, float]:
    """Return rates, sizes, switches and batch sizes."""
    sent, encoded = frames.sent, frames.encoded
    served = frames["batch_size"] > 0
    wire = int(frames["wire_bytes"][sent].sum(dtype=np.int64))
    return {
        "wire_bps": wire * 8e9 / frames.duration_ns,
        "payload_mean_bytes": _mean(frames["bytes"][sent]),
        "switches": 100 * _mean(frames["switched"][encoded]),
        "unit_mean": _mean(frames["unit"][encoded]),
        "batch_mean": _mean(frames["batch_size"][served]),
        "device_utilisation": device_utilisation(frames),
    }


def device_utilisation(frames: Selection) -> float:
    """Return the share of time, while frames are captured, that devices were busy."""
    encoded = frames.encoded
    busy = _overlap(frames["chosen_ns"][encoded], frames["device_end_ns"][encoded], frames)
    return float(busy.sum()) / (len(frames.streams) * frames.duration_ns)


def uplink_utilisation(frames: Selection, plan: WorldPlan) -> float:
    """Return the share of capacity used while frames were captured; NaN if there was none."""
    offered = _capacity_bytes(plan, 0, plan.duration_ns)
    crossed = frames["uplink_end_ns"]
    inside = (crossed != NEVER) & (crossed <= plan.duration_ns)
    carried = int(frames["wire_bytes"][inside].sum(dtype=np.int64))
    return min(carried / offered, 1.0) if offered else float("nan")


def server_utilisation(frames: Selection, plan: WorldPlan) -> float:
    """Return the share of time, while frames are captured, that workers were busy."""
    served = frames["served_ns"] != NEVER
    busy = _overlap(frames["service_start_ns"][served], frames["served_ns"][served], frames)
    shares = busy / frames["batch_size"][served]
    return float(shares.sum()) / (len(plan.server.workers) * plan.duration_ns)


def overload(frames: Selection, plan: WorldPlan) -> str:
    """Return what was overloaded, of device, uplink and server, joined by "+"."""
    half_ns = plan.duration_ns // 2
    late_half = plan.duration_ns - half_ns
    flags = {
        "device": _device_overloaded(frames),
        "uplink": _brought(frames, "sent_ns", frames["wire_bytes"], half_ns)
        > _capacity_bytes(plan, half_ns, plan.duration_ns),
        "server": _brought(frames, "arrived_ns", _service_shares(frames), half_ns)
        > len(plan.server.workers) * late_half,
    }
    return "+".join(name for name, flag in flags.items() if flag)


def _device_overloaded(frames: Selection) -> bool:
    """Return whether some device needs longer for a frame than its camera for the next one."""
    encoded = frames.encoded & (frames["captured_ns"] >= frames.duration_ns // 2)
    streams = frames["stream"][encoded]
    busy = (frames["device_end_ns"] - frames["chosen_ns"])[encoded].astype(np.float64)
    handled = np.bincount(streams)
    total = np.bincount(streams, weights=busy)
    first = int(frames["stream"][0]) if len(frames) else 0
    return any(
        handled[first + k] and total[first + k] > handled[first + k] * stream.interval_ns
        for k, stream in enumerate(frames.streams)
        if first + k < len(handled)
    )


def _service_shares(frames: Selection) -> NDArray[np.float64]:
    time = np.where(
        frames["served_ns"] != NEVER, frames["served_ns"] - frames["service_start_ns"], 0
    )
    return np.asarray(time / np.maximum(frames["batch_size"], 1), dtype=np.float64)


def _brought(
    frames: Selection, instant: str, work: NDArray[np.floating] | NDArray[np.integer], since_ns: int
) -> float:
    at = frames[instant]
    return float(work[(at >= since_ns) & (at < frames.duration_ns)].sum(dtype=np.float64))


def _capacity_bytes(plan: WorldPlan, begin_ns: int, end_ns: int) -> float:
    trace = plan.uplink[0][0].trace
    return (trace.capacity(end_ns) - trace.capacity(begin_ns)) / trace.units_per_byte


def _overlap(
    begin_ns: NDArray[np.int64], end_ns: NDArray[np.int64], frames: Selection
) -> NDArray[np.int64]:
    """Return the parts of intervals that lie before the end of capturing."""
    limit = frames.duration_ns
    return np.minimum(end_ns, limit) - np.minimum(begin_ns, limit)


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else float("nan")

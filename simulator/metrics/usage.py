"""What was used: bytes, transmissions, batches, busy shares of devices, and who could not keep up.

Something is *overloaded* if in the second half of the run it was brought more work than it could
do in that time, so that its queue grew (or overflowed): a mean over such a run describes its
length, not the system.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from simulator.metrics.server import overlap, server_overloaded
from simulator.metrics.uplink import hop_overloaded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from simulator.metrics.selection import Selection
    from simulator.world.plan import WorldPlan

__all__ = ["device_utilisation", "overload", "traffic"]


def traffic(frames: Selection) -> dict[str, float]:
    """Return rates, sizes, switches and batch sizes."""
    sent, encoded = frames.sent, frames.encoded
    wire = int(frames["wire_bytes"][sent].sum(dtype=np.int64))
    return {
        "wire_bps": wire * 8e9 / frames.duration_ns,
        "payload_mean_bytes": _mean(frames["bytes"][sent]),
        "switches": 100 * _mean(frames["switched"][encoded]),
        "unit_mean": _mean(frames["unit"][encoded]),
        "batch_mean": _mean(frames["batch_size"][frames.begun]),
        "transmissions_mean": _mean(frames["transmissions"][sent]),
        "layers_mean": _mean(frames["layers"][frames["layers"] > 0]),
        "device_utilisation": device_utilisation(frames),
    }


def device_utilisation(frames: Selection) -> float:
    """Return the share of time, while frames are captured, that devices were busy."""
    encoded = frames.encoded
    busy = overlap(
        frames["chosen_ns"][encoded], frames["device_end_ns"][encoded], 0, frames.duration_ns
    )
    return float(busy.sum()) / (len(frames.streams) * frames.duration_ns)


def overload(frames: Selection, plan: WorldPlan) -> str:
    """Return what was overloaded, joined by "+": device, uplink, server.

    Where the uplink has several hops they are told apart, ``uplink 1`` being the devices' own.
    """
    hops = (
        ["uplink"]
        if len(plan.uplink) == 1
        else [f"uplink {n + 1}" for n in range(len(plan.uplink))]
    )
    flags = {
        "device": _device_overloaded(frames),
        **{name: hop_overloaded(frames, plan, n) for n, name in enumerate(hops)},
        "server": server_overloaded(frames, plan),
    }
    return "+".join(name for name, flag in flags.items() if flag)


def _device_overloaded(frames: Selection) -> bool:
    """Return whether some device needs longer for a frame than its camera for the next one."""
    encoded = frames.encoded & (frames["captured_ns"] >= frames.duration_ns // 2)
    streams = frames["stream"][encoded]
    busy = (frames["device_end_ns"] - frames["chosen_ns"])[encoded].astype(np.float64)
    handled = np.bincount(streams)
    total = np.bincount(streams, weights=busy)
    return any(
        handled[frames.first + k]
        and total[frames.first + k] > handled[frames.first + k] * stream.interval_ns
        for k, stream in enumerate(frames.streams)
        if frames.first + k < len(handled)
    )


def _mean(values: NDArray[np.generic]) -> float:
    return float(values.mean(dtype=np.float64)) if len(values) else float("nan")

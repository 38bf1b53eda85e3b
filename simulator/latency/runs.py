"""Runs every unit of a profile on slow devices and slow links, unhurried.

One camera, so slow that no frame meets another, a link of constant rate without propagation, a
server for itself, and one unit for all frames: what is left is what the device computes, what the
link carries and what the server computes. Each cell is a run of the ordinary simulator. The table
is that of Matsubara et al., "Supervised Compression for Resource-Constrained Edge Computing
Systems" (WACV 2022), with more devices.
"""

from __future__ import annotations

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from models.profile import find, load
from simulator import batch
from simulator.assembly.content import clip_pool
from simulator.latency.table import Cell, LatencyTable
from simulator.scenario import Scenario

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from models.profile import Profile

__all__ = ["RATES_BPS", "SPEEDS", "measure_latency"]

SPEEDS = (0.02, 0.2, 1.0)
RATES_BPS = (37_500, 100_000, 300_000, 1_000_000, 5_000_000, 20_000_000)

_MOST_FRAMES = 200
_HEADERS = 1.5  # packet headers on top of a payload, generously


def measure_latency(
    profile: str | Path,
    *,
    speeds: Sequence[float] = SPEEDS,
    rates_bps: Sequence[int] = RATES_BPS,
    workers: int = 1,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> LatencyTable:
    """Simulate every unit of a profile on every device and link.

    Args:
        profile: Name of a shipped profile, or a profile's folder.
        speeds: Of devices, relative to the machine that the profile was measured on.
        rates_bps: Of links, whole bits a second.
        workers: Processes.
        progress: Told after each run how many are done, of how many.

    Raises:
        InputError: There is no such profile, or it cannot be simulated.
    """
    folder = find(profile)
    measured = load(folder)
    pool = clip_pool(measured, None, "profile")
    frames = min(len(pool), _MOST_FRAMES)
    units = measured.unit_names
    with TemporaryDirectory() as here:
        for rate in rates_bps:
            period = {"duration_ms": 1000, "bandwidth_kbps": rate / 1000}
            (Path(here) / f"{rate}.json").write_text(json.dumps([period]))
        interval_s = _interval_s(measured, min(speeds), min(rates_bps))
        camera = {
            "profile": str(folder.resolve()),
            "fps": 1 / interval_s,
            "deadline": "60 s",
            "policy": "fixed",
            "units": [units[0]],
        }
        hop = {"trace": {"file": f"{rates_bps[0]}.json"}, "delay": "0 s", "queue": "unlimited"}
        document = {
            "name": "latency",
            "content_by": "same",  # links of several rates, no recordings: all carry the same clips
            "duration": f"{frames * interval_s:.9f} s",
            "streams": {"camera": camera},
            "network": {"uplink": [hop], "downlink": {"delay": "0 s"}},
            "server": {"batching": {"kind": "pull", "max": 1}},
            "sweep": {
                "streams.camera.device.speed": list(speeds),
                "network.uplink.0.trace.file": [f"{rate}.json" for rate in rates_bps],
                "zip": {
                    "streams.camera.policy": [{"name": "fixed", "unit": name} for name in units],
                    "streams.camera.units": [[name] for name in units],
                },
            },
        }
        scenario = Scenario.from_dict(document, here)
        runs = batch.run(scenario, workers=workers, progress=progress).runs.sort_values("point")
    places = [(speed, rate, unit) for speed in speeds for rate in rates_bps for unit in units]
    return LatencyTable(
        profile=measured.name,
        task=measured.primary_task,
        frames=frames,
        clean=float(measured.clean_scores[measured.primary_task][pool].mean()),
        scores={
            u.name: float(u.scores[measured.primary_task][pool].mean()) for u in measured.units
        },
        cells=tuple(
            Cell(
                unit=unit,
                speed=speed,
                rate_bps=rate,
                latency_ms=float(row["latency_mean_ms"]),
                device_ms=float(row["device_mean_ms"]),
                link_ms=float(np.nan_to_num(row["uplink_transmission_mean_ms"])),
                server_ms=float(np.nan_to_num(row["service_mean_ms"])),
                bytes_mean=float(np.nan_to_num(row["payload_mean_bytes"])),
            )
            for (speed, rate, unit), (_, row) in zip(places, runs.iterrows(), strict=True)
        ),
    )


def _interval_s(profile: Profile, speed: float, rate_bps: int) -> float:
    """Return a time between captures in which any frame is answered: whole clips and a frame.

    So each capture shows the next frame of the next clip.
    """
    device_s = max(int(unit.device_rows_ns.sum(axis=1).max()) for unit in profile.units) / 1e9
    size = max(int(unit.payload_bytes.max()) for unit in profile.units)
    link_s = _HEADERS * (size + 100) * 8 / rate_bps
    longest_s = device_s / speed + link_s + 1.0
    clip_s = profile.frames_per_clip / profile.clip_fps
    return float((np.ceil(longest_s / clip_s) * profile.frames_per_clip + 1) / profile.clip_fps)

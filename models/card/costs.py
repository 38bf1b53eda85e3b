"""The three-way trade-off: bytes, score, and what the device spends on a frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from models.markdown import table
from models.subjects.families import family, known

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from models.profile import Profile, Unit

__all__ = ["Cost", "costs", "costs_of"]

_NETWORK = slice(1, 3)  # head and encoder among the device's stages
_MACHINE = "machine"


class Cost(NamedTuple):
    """What a unit takes and scores, and what it asks of the device.

    Attributes:
        name: The unit's.
        size: Mean bytes of a frame.
        score: Top-1 on the short test clips, or on fewer of them.
        device_ms: Median time of all device stages.
        network_ms: That of head and encoder alone.
        macs: Multiply-accumulates of a frame on the device.
        weights_bytes: Parameters that the device reads, in half precision.
        elsewhere: Whether it was added to the profile later, timed on a machine of its own.
    """

    name: str
    size: float
    score: float
    device_ms: float
    network_ms: float
    macs: int
    weights_bytes: int
    elsewhere: bool


def costs_of(profile: Profile, evaluation: Mapping[str, Any]) -> list[Cost]:
    """Return the costs of the profile's units that were evaluated, by family and bytes."""
    sets = evaluation["comparison"]["sets"]
    settings = {**sets.get("stills", {}).get("settings", {}), **sets["short"]["settings"]}
    found = [
        _cost(
            unit,
            settings[unit.name],
            evaluation["costs"]["device"][unit.name],
            elsewhere=unit.name in _added(profile),
        )
        for unit in profile.units
        if unit.name in settings
    ]
    order = {name: rank for rank, name in enumerate(known())}
    return sorted(found, key=lambda cost: (order.get(family(cost.name), len(order)), cost.size))


def _added(profile: Profile) -> dict[str, Mapping[str, Any]]:
    """Return what a profile says of each unit that was added to it later."""
    entries: Any = profile.info.get("added", [])
    return {name: entry for entry in entries for name in entry["units"].split(", ")}


def _cost(
    unit: Unit, setting: Mapping[str, Any], load: Mapping[str, int], *, elsewhere: bool
) -> Cost:
    rows = unit.device_rows_ns / 1e6
    return Cost(
        name=unit.name,
        size=setting["bytes"]["mean"],
        score=setting["scores"]["top1"]["mean"],
        device_ms=float(np.median(rows.sum(axis=1))),
        network_ms=float(np.median(rows[:, _NETWORK].sum(axis=1))),
        macs=load["macs"],
        weights_bytes=load["weights_bytes"],
        elsewhere=elsewhere,
    )


def costs(profile: Profile, evaluation: Mapping[str, Any]) -> Iterator[str]:
    """Return the table of costs and the plot beside it."""
    machine = profile.info.get(_MACHINE)
    named = machine.get("processor") if isinstance(machine, dict) else machine
    yield "## What the device spends"
    yield ""
    yield "![Bytes against device time and encoder size](rate-accuracy-cost.svg)"
    yield ""
    yield (
        "Bytes and top-1 on the short test clips, beside the device's median CPU time for a frame "
        f"in ms, one thread on {named}: all its stages, and head and encoder alone. Weights are "
        "what these read, in half precision. How long answers take over slow links and on slow "
        "devices: [latency](latency.md)."
    )
    yield ""
    if added := _added(profile):
        others = "; ".join(
            f"{entry['processor']}, where `device` takes {entry['device_ms']['median']:.2f} ms"
            for entry in {entry["units"]: entry for entry in added.values()}.values()
        )
        local = np.median(profile.units[0].device_rows_ns.sum(axis=1)) / 1e6
        yield (
            "A star: added later, with bytes and scores on fewer of the clips, and timed on "
            f"{others} and not {local:.2f} as on the machine of the rest. Of answers this is the "
            "coding alone: before it they take what `device` takes."
        )
        yield ""
    rows = [
        [
            f"{cost.name} *" if cost.elsewhere else cost.name,
            f"{cost.size:.0f}",
            f"{100 * cost.score:.1f}",
            f"{cost.device_ms:.2f}",
            f"{cost.network_ms:.2f}",
            f"{cost.macs / 1e6:.1f}",
            f"{cost.weights_bytes / 1e3:.0f}",
        ]
        for cost in costs_of(profile, evaluation)
    ]
    head = ["unit", "bytes", "top1 %", "device, ms", "head + encoder, ms", "million MACs"]
    yield from table([*head, "weights, kB"], rows)
    yield ""

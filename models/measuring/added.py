"""What units that are added to a profile take over from it, and what it then says of them."""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle
from typing import TYPE_CHECKING, Any

from models.profile import DEVICE_STAGES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.measuring.timing import SubjectTimes
    from models.profile import Unit

__all__ = ["as_on_device", "grown", "served_alike"]

_CODING = DEVICE_STAGES.index("entropy_encode")


def as_on_device(device: Unit, times: SubjectTimes) -> None:
    """Let an answer take what the profile says of the same network, before it is coded.

    Stage by stage a device that sends its answer runs what one that uses it runs, so that the two
    differ by the coding alone wherever it was timed.
    """
    coding = [row[_CODING] for row in times.device_rows]
    times.device_rows = device.device_rows_ns.tolist()
    for row, spent in zip(times.device_rows, cycle(coding), strict=False):
        row[_CODING] = spent
    times.loads = [device.switch_ns]


def served_alike(unit: Unit, known: Sequence[Unit]) -> Unit:
    """Let a server take for decoded pictures what the profile says of another picture codec.

    Behind the bitstream's decoder, which is timed, servers run the same head on the same frames.
    """

    def served(one: Unit) -> tuple[object, ...]:
        tail = one.tail.name if one.tail else ""
        return one.kind, tail, one.memory_bytes, one.parameters

    if unit.kind != "image-codec":
        return unit
    alike = [other for other in known if served(other) == served(unit)]
    return replace(unit, decode_ns=alike[0].decode_ns) if alike else unit


def grown(
    info: Mapping[str, Any],
    here: Mapping[str, Any],
    names: Sequence[str],
    beside: Mapping[str, Any],
) -> dict[str, Any]:
    """Return a profile's facts with those of units that are added.

    Args:
        info: The profile's.
        here: What was found out about the new units, and where.
        names: Theirs.
        beside: What else was timed here.
    """
    entry = {"units": ", ".join(names), **here["machine"], **beside}
    entry |= {key: here[key] for key in ("threads", "versions", "clock")}
    digests = {name: here["digests"][name] for name in names}
    found = {**info, "digests": {**_mapping(info, "digests"), **digests}}
    found["added"] = [*info.get("added", []), entry]
    if "wall_ms" in info:
        old, new = info["wall_ms"], here["wall_ms"]
        units = {**old["units"], **{name: new["units"][name] for name in names}}
        tails = {**new.get("tails", {}), **old.get("tails", {})}
        found["wall_ms"] = {**old, "units": units} | ({"tails": tails} if tails else {})
    return found


def _mapping(facts: Mapping[str, Any], key: str) -> dict[str, Any]:
    found = facts.get(key)
    return dict(found) if isinstance(found, dict) else {}

"""One profile from two machines: the device's side of one measurement, the server's of another.

    device profile: content, device rows, switch costs --+
                                                         +-> combined profile, with both machines
    server profile: entropy decoding, decoders, tail   --+

Both must have been measured from the same weights and tables: the digests of all units must agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.profile.records import Profile, Tail, Unit

__all__ = ["combined"]

_FACTS = ("machine", "threads", "clock", "versions", "added")


def combined(device: Profile, server: Profile, name: str) -> Profile:
    """Return a profile whose device is the one's machine and whose server is the other's.

    Args:
        device: Gives the clips, sizes, scores, device rows, switch costs, and the ladder.
        server: Gives the times of entropy decoding, decoders and tails, and the batch sizes. Units
            that only it has are left out.
        name: Of the new profile.

    Raises:
        InputError: With a problem for each unit that the server's profile has not measured, or
            has measured from other weights, tables or codecs.
    """
    problems = list(_differences(device, server))
    if problems:
        raise InputError(*problems)
    tails = {tail.name: tail for tail in server.tails}
    return replace(
        device,
        name=name,
        units=tuple(
            _joined(unit, server.units[server.index(unit.name)], tails) for unit in device.units
        ),
        batch_sizes=server.batch_sizes,
        tail_ns=server.tail_ns,
        info=_facts(device, server),
        sha256="",
    )


def _joined(device: Unit, server: Unit, tails: Mapping[str, Tail]) -> Unit:
    layers = device.layers
    if layers is not None and server.layers is not None:
        layers = replace(layers, entropy_decode_ns=server.layers.entropy_decode_ns)
    return replace(
        device,
        entropy_decode_ns=server.entropy_decode_ns,
        decode_ns=server.decode_ns,
        tail=None if server.tail is None else tails[server.tail.name],
        layers=layers,
    )


def _differences(device: Profile, server: Profile) -> Iterator[Problem]:
    ours, theirs = _mapping(device.info, "digests"), _mapping(server.info, "digests")
    for unit in device.unit_names:
        if unit not in ours:
            yield _problem(device, unit, "no digest", "must say what it was measured from")
        elif unit not in server.unit_names:
            yield _problem(server, unit, "missing", f"must be measured as in {device.name}")
        elif theirs.get(unit) != ours[unit]:
            found = str(theirs.get(unit, "no digest"))[:16]
            rule = f"must be the digest in {device.name}, {str(ours[unit])[:16]}"
            yield _problem(server, unit, found, rule)


def _problem(profile: Profile, unit: str, value: str, rule: str) -> Problem:
    return Problem(
        where=f"profile {profile.name}",
        what=unit,
        value=value,
        rule=rule,
        remedy="measure on both machines with the same weights, tables and codecs",
    )


def _facts(device: Profile, server: Profile) -> dict[str, object]:
    found: dict[str, object] = {"kind": "combined"}
    for side, profile in (("device", device), ("server", server)):
        found[f"{side}_profile"] = f"{profile.name} {profile.sha256[:16]}"
        for fact in _FACTS:
            # Of a profile that was combined before, the side that is taken here.
            value = profile.info.get(f"{side}_{fact}", profile.info.get(fact))
            if value is not None:
                found[f"{side}_{fact}"] = value
    found["digests"] = {name: _mapping(device.info, "digests")[name] for name in device.unit_names}
    if "data" in device.info:
        found["data"] = device.info["data"]
    if "wall_ms" in device.info and "wall_ms" in server.info:
        found["wall_ms"] = _wall(device, server)
    return found


def _wall(device: Profile, server: Profile) -> dict[str, object]:
    ours, theirs = _mapping(device.info, "wall_ms"), _mapping(server.info, "wall_ms")
    units = {
        name: _mapping(theirs["units"], name) | {"device": ours["units"][name]["device"]}
        for name in device.unit_names
    }
    return {key: value for key, value in theirs.items() if key.startswith("tail")} | {
        "units": units
    }


def _mapping(info: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return what a fact holds, by name; nothing where it is not there."""
    found = info.get(key)
    return dict(found) if isinstance(found, Mapping) else {}

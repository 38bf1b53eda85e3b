"""The JSON half of a stored profile: names, halves, costs and where the numbers come from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NoReturn

from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.profile.records import Profile, Unit

SCHEMA_VERSION = 1


def describe(profile: Profile, clip_sets: Sequence[str]) -> dict[str, object]:
    """Return the JSON document of a profile, without its digest.

    Args:
        profile: The profile to describe.
        clip_sets: Names that the stored codes of the clips' sets index.
    """
    return {
        "schema_version": SCHEMA_VERSION,
        "name": profile.name,
        "clip_fps": float(profile.clip_fps),
        "primary_task": profile.primary_task,
        "tasks": list(profile.tasks),
        "batch_sizes": list(profile.batch_sizes),
        "clip_sets": list(clip_sets),
        "units": [
            {
                "name": unit.name,
                "kind": unit.kind,
                "switch_ns": int(unit.switch_ns),
                "memory_bytes": int(unit.memory_bytes),
                "storage_bytes": int(unit.storage_bytes),
                "parameters": int(unit.parameters),
            }
            | _traits(unit)
            for unit in profile.units
        ],
        "info": dict(profile.info),
    } | (
        {"tails": {tail.name: {"memory_bytes": int(tail.memory_bytes)} for tail in profile.tails}}
        if profile.tails
        else {}
    )


def _traits(unit: Unit) -> dict[str, object]:
    """Return what only some units have; what a unit has not is left out."""
    found: dict[str, object] = {}
    if unit.module != unit.name:
        found["module"] = unit.module
    if unit.tail is not None:
        found["tail"] = unit.tail.name
    if unit.layers is not None:
        found["layers"] = len(unit.layers.payload_bytes)
    if unit.chain is not None:
        found["refresh"] = int(unit.chain.refresh)
    return found


def parse(raw: bytes, where: str) -> dict[str, object]:
    """Return the document in the bytes of ``profile.json``.

    Args:
        raw: The file's content.
        where: What messages name as the place.

    Raises:
        InputError: It is no JSON object (NaN is none) or of another schema version.
    """
    try:
        found = json.loads(raw, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise InputError(
            Problem(
                where=where,
                what="profile.json",
                value=error,
                rule="must be JSON",
                remedy="fetch the folder again",
            )
        ) from error
    version = found.get("schema_version") if isinstance(found, dict) else None
    if not isinstance(found, dict) or version != SCHEMA_VERSION:
        raise InputError(
            Problem(
                where=where,
                what="schema_version",
                value=version,
                rule=f"must be {SCHEMA_VERSION} in a JSON object",
                remedy="measure anew with `splitcast profile measure`",
            )
        )
    return found


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is not allowed"
    raise ValueError(msg)

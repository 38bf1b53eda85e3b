"""The JSON half of a stored profile: names, halves, costs and where the numbers come from."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, NoReturn

from models.profile.stored import SCHEMA_VERSION, wrong_fields
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.profile.records import Profile, Unit


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
        InputError: It is no JSON object (NaN is none), of another schema version, or has a field of
            another type.
    """
    try:
        found = json.loads(raw, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        rule = "must be JSON"
        raise InputError(_problem(where, "profile.json", error, rule, "fetch it again")) from error
    version = found.get("schema_version") if isinstance(found, dict) else None
    if not isinstance(found, dict) or version != SCHEMA_VERSION:
        rule, remedy = f"must be {SCHEMA_VERSION} in a JSON object", "measure the profile again"
        raise InputError(_problem(where, "schema_version", version, rule, remedy))
    if problems := wrong_fields(found, where):
        raise InputError(*problems)
    return found


def _problem(where: str, what: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where=where, what=what, value=value, rule=rule, remedy=remedy)


def _finite(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(f"{text} is too large")
    return value


def _refuse_constant(name: str) -> NoReturn:
    msg = f"{name} is not allowed"
    raise ValueError(msg)

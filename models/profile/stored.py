"""What profile.json must hold: every field that is read from it, with its type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.foundation.errors import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["SCHEMA_VERSION", "wrong_fields"]

SCHEMA_VERSION = 1

_MOST_PROBLEMS = 10
_MOST_BATCH = 1_000_000
_REMEDY = "fetch the folder again, or measure it again with `splitcast profile measure`"

_Amount = Annotated[int, Field(gt=-(2**62), lt=2**62)]  # signs are among the checks


class _Fields(BaseModel):
    # A number is no text and the other way round; what a later version adds is left alone.
    model_config = ConfigDict(strict=True, extra="ignore", allow_inf_nan=False)


class _Spread(_Fields):
    median: float
    p95: float


_BySize = dict[str, _Spread]


class _Unit(_Fields):
    name: str
    kind: str
    switch_ns: _Amount
    memory_bytes: _Amount
    storage_bytes: _Amount
    parameters: _Amount
    module: str = ""
    tail: str = ""
    layers: Annotated[int, Field(ge=1)] = 1
    refresh: Annotated[int, Field(ge=1, lt=2**31)] = 1


class _Tail(_Fields):
    memory_bytes: _Amount


class _UnitWall(_Fields):
    device: dict[str, _Spread]
    entropy_decode: _Spread = _Spread(median=0, p95=0)
    decode: _BySize = {}


class _Wall(_Fields):
    units: dict[str, _UnitWall]
    tail: _BySize
    tails: dict[str, _BySize] = {}


class _Added(_Fields):
    units: str
    processor: str
    device_ms: _Spread


class _Info(_Fields):
    """What commands read of the facts; all others are shown as they are."""

    kind: str = ""
    source: str = ""
    figures: dict[str, str] = {}
    digests: dict[str, str] = {}
    wall_ms: _Wall = _Wall(units={}, tail={})
    added: list[_Added] = []
    device_added: list[_Added] = []
    server_added: list[_Added] = []


class _Document(_Fields):
    schema_version: Literal[1]
    name: str
    clip_fps: float
    primary_task: str
    tasks: list[str]
    batch_sizes: list[Annotated[int, Field(ge=1, le=_MOST_BATCH)]]
    clip_sets: list[str]
    units: list[_Unit]
    info: _Info
    tails: dict[str, _Tail] = {}
    sha256: str


def wrong_fields(document: Mapping[str, object], where: str) -> list[Problem]:
    """Return what is wrong with the fields of a document; an empty list if all are as they must be.

    Args:
        document: The JSON object.
        where: What messages name as the place.
    """
    try:
        found = _Document.model_validate(document)
    except ValidationError as error:
        return [
            _problem(
                where,
                ".".join(map(str, one["loc"])),
                "nothing" if one["type"] == "missing" else one["input"],
                f"is not as in a profile: {one['msg']}",
            )
            for one in error.errors(include_url=False)[:_MOST_PROBLEMS]
        ]
    return list(_untimed(found, where))


def _untimed(found: _Document, where: str) -> Iterator[Problem]:
    """Yield the units without wall times, where there are such times."""
    if "wall_ms" not in found.info.model_fields_set:
        return
    for unit in found.units:
        if unit.name not in found.info.wall_ms.units:
            yield _problem(where, "info.wall_ms.units", unit.name, "must be among them")


def _problem(where: str, what: str, value: object, rule: str) -> Problem:
    return Problem(where=where, what=what, value=value, rule=rule, remedy=_REMEDY)

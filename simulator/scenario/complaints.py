"""What pydantic says about a document, said again with file, line, column, rule and remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from simulator.foundation.errors import Problem, did_you_mean
from simulator.scenario.fields import Record
from simulator.scenario.network import FamilyTrace, FileTrace
from simulator.scenario.records import ScenarioRecord
from simulator.scenario.yaml_reader import dotted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from simulator.scenario.yaml_reader import Document, Trail

__all__ = ["problems_of"]

_RULES = {
    "missing": "must be given",
    "extra_forbidden": "is not a known key",
    "greater_than": "must be > {gt:g}",
    "greater_than_equal": "must be >= {ge:g}",
    "less_than": "must be < {lt:g}",
    "less_than_equal": "must be <= {le:g}",
    "literal_error": "must be {expected}",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "string_type": "must be text",
    "bool_type": "must be true or false",
    "dict_type": "must be a mapping",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "tuple_type": "must be a list",
    "too_short": "must hold at least {min_length}",
    "too_long": "must hold at most {max_length}",
    "string_too_short": "must have at least {min_length} character",
    "string_too_long": "must have at most {max_length} characters",
    "value_error": "{error}",
}


def problems_of(error: ValidationError, document: Document) -> list[Problem]:
    """Return a problem for each complaint, in the document's order.

    Args:
        error: What validating ``document.value`` raised.
        document: With the places of its values.
    """
    return [_problem(item, document) for item in error.errors(include_url=False)]


def _problem(item: ErrorDetails, document: Document) -> Problem:
    kind = item["type"]
    trail = tuple(_trail(item["loc"], document.value, missing=kind == "missing"))
    context: Mapping[str, Any] = item.get("ctx") or {}
    rule = _RULES.get(kind, item["msg"]).format(**context)
    what = dotted(trail)
    if kind == "missing":
        return Problem(
            where=document.place(trail[:-1], of_key=True),
            what=what,
            value="(missing)",
            rule=rule,
            remedy=_described(trail, "family" in item["loc"]),
        )
    if kind == "extra_forbidden":
        return Problem(
            where=document.place(trail, of_key=True),
            what=what,
            value=repr(trail[-1]),
            rule=rule,
            remedy=did_you_mean(str(trail[-1]), _fields(trail[:-1], "family" in item["loc"])),
        )
    value = item["input"] if trail else "this scenario"
    return Problem(where=document.place(trail), what=what, value=_shown(value), rule=rule)


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "nothing" if value is None else value


def _trail(loc: Trail, value: Any, *, missing: bool) -> Iterator[str | int]:  # noqa: ANN401
    """Yield the parts of pydantic's location that lead into the document.

    Others name members of unions and validators; the last is no part of it when it is missing.
    """
    before: str | int = ""
    for at, part in enumerate(loc):
        tag = before == "trace" and loc[max(at - 4, 0)] == "network" and part in ("family", "file")
        before = part
        if tag:
            continue
        if _holds(value, part):
            value = value[part]
        elif not (missing and at == len(loc) - 1):
            continue
        yield part


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _fields(trail: Trail, of_family: bool) -> dict[str, str]:  # noqa: FBT001
    """Return names and descriptions of the keys that the mapping at a trail may have."""
    holders: list[type[Record]] = [ScenarioRecord]
    for part in trail:
        for record in holders:
            named = {info.alias or name: info for name, info in record.model_fields.items()}
            if part in named:
                holders = list(_records(named[str(part)].annotation))
                break
    if FamilyTrace in holders:
        holders = [FamilyTrace if of_family else FileTrace]
    return {
        info.alias or name: info.description or ""
        for record in holders
        for name, info in record.model_fields.items()
    }


def _records(annotation: object) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    for inner in get_args(annotation):
        yield from _records(inner)


def _described(trail: Trail, of_family: bool) -> str:  # noqa: FBT001
    said = _fields(trail[:-1], of_family).get(str(trail[-1]), "")
    return f"add it: {said[:1].lower()}{said[1:].rstrip('.')}" if said else "add it"

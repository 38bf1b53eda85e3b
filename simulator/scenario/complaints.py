"""What pydantic says about a document, said again with file, line, column, rule and remedy."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any, get_args, get_origin

from simulator.foundation.errors import Problem, did_you_mean
from simulator.scenario.fields import Record
from simulator.scenario.records import ScenarioRecord
from simulator.scenario.yaml_reader import dotted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from pydantic import ValidationError
    from pydantic_core import ErrorDetails

    from simulator.scenario.fields import Clash
    from simulator.scenario.yaml_reader import Document, Trail

__all__ = ["in_order", "problems_of"]

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


_MISSING = "(missing)"
_SCHEMA = "correct it; `splitcast schema` lists every key with its bounds"


def problems_of(error: ValidationError, document: Document) -> list[Problem]:
    """Return a problem for each complaint, in the document's order.

    Args:
        error: What validating ``document.value`` raised.
        document: With the places of its values.
    """
    found = [
        problem
        for item in error.errors(include_url=False)
        for problem in (
            _clashes(item, document) if item["type"] == "clash" else [_problem(item, document)]
        )
    ]
    return in_order(found)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Return problems in the order in which they stand in the file, each once."""
    once = {str(problem): problem for problem in problems}
    return sorted(once.values(), key=_line_and_column)


def _line_and_column(problem: Problem) -> tuple[float, ...]:
    """Return where a problem stands; what stands in no file comes last."""
    parts = problem.where.rsplit(":", 2)[1:]
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else (inf,)


def _clashes(item: ErrorDetails, document: Document) -> list[Problem]:
    """Return a problem for each pair of values that a record cannot have together."""
    of_record = tuple(_trail(item["loc"], document.value, missing=False))
    found: tuple[Clash, ...] = item["ctx"]["clashes"]

    def place(trail: Trail, *, missing: bool) -> str:
        return document.place(trail[:-1] if missing else trail, of_key=missing)

    return [
        Problem(
            where=place((*of_record, *clash.trail), missing=clash.value == _MISSING),
            what=dotted((*of_record, *clash.trail)),
            value=clash.value,
            rule=clash.rule,
            remedy=clash.remedy or _SCHEMA,
        )
        for clash in found
    ]


def _problem(item: ErrorDetails, document: Document) -> Problem:
    kind, loc = item["type"], item["loc"]
    trail = tuple(_trail(loc, document.value, missing=kind == "missing"))
    context: Mapping[str, Any] = item.get("ctx") or {}
    rule = _RULES.get(kind, item["msg"]).format(**context)
    what = dotted(trail)
    if kind == "missing":
        said = _fields(loc[:-1]).get(str(loc[-1]), "")
        return Problem(
            where=document.place(trail[:-1], of_key=True),
            what=what,
            value=_MISSING,
            rule=rule,
            remedy=f"add it: {said[:1].lower()}{said[1:].rstrip('.')}" if said else "add it",
        )
    if kind == "extra_forbidden":
        return Problem(
            where=document.place(trail, of_key=True),
            what=what,
            value=repr(trail[-1]),
            rule=rule,
            remedy=did_you_mean(str(trail[-1]), _fields(loc[:-1])),
        )
    value = item["input"] if trail else "this scenario"
    return Problem(
        where=document.place(trail), what=what, value=_shown(value), rule=rule, remedy=_SCHEMA
    )


def _shown(value: object) -> object:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list" if value else "an empty list"
    return "nothing" if value is None else value


def _trail(loc: Trail, value: Any, *, missing: bool) -> Iterator[str | int]:  # noqa: ANN401
    """Yield the parts of pydantic's location that lead into the document.

    Others name members of unions, keys that a short form leaves out, and validators; the last is
    no part of it when it is missing.
    """
    for at, part in enumerate(loc):
        if _holds(value, part):
            value = value[part]
        elif not (missing and at == len(loc) - 1):
            continue
        yield part


def _holds(value: object, part: str | int) -> bool:
    if isinstance(value, list):
        return isinstance(part, int) and part < len(value)
    return isinstance(value, dict) and part in value


def _fields(loc: Trail) -> dict[str, str]:
    """Return names and descriptions of the keys that the mapping at a location may have."""
    inside: list[object] = [ScenarioRecord]
    for part in loc:
        inside = [inner for annotation in inside for inner in _step(annotation, part)]
    return {
        info.alias or name: info.description or ""
        for annotation in inside
        for record in _records(annotation)
        for name, info in record.model_fields.items()
    }


def _step(annotation: object, part: str | int) -> Iterator[object]:
    """Yield the annotations one part of a location further in."""
    tag = isinstance(part, str) and part.startswith("<")
    if isinstance(annotation, type) and issubclass(annotation, Record):
        if part == f"<{annotation.__name__}>":
            yield annotation
        for name, info in annotation.model_fields.items():
            if part == (info.alias or name):
                yield info.annotation
    elif get_origin(annotation) is dict:
        yield get_args(annotation)[1]
    elif get_origin(annotation) is tuple:
        yield annotation if tag else get_args(annotation)[0]
    else:
        for inner in get_args(annotation):
            yield from _step(inner, part)


def _records(annotation: object) -> Iterator[type[Record]]:
    if isinstance(annotation, type) and issubclass(annotation, Record):
        yield annotation
    elif get_origin(annotation) not in (dict, tuple):
        for inner in get_args(annotation):
            yield from _records(inner)

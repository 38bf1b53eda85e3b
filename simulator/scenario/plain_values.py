"""A document built in code, held to what YAML could have said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from policies.given import given, is_policy
from simulator.foundation.errors import InputError, Problem
from simulator.scenario.yaml_reader import dotted

if TYPE_CHECKING:
    from simulator.scenario.yaml_reader import Trail

__all__ = ["plain"]

_DEEPEST = 20


def plain(value: object, trail: Trail = ()) -> object:
    """Return a copy of dicts, lists (or tuples), texts, finite numbers, booleans and None.

    A policy's class or object becomes the name that it is known by in this process.

    Args:
        value: Anything.
        trail: Where in the document it lies, for messages.

    Raises:
        InputError: If something else is among it.

    Example:
        >>> plain({"a": (1, 2.5)})
        {'a': [1, 2.5]}
    """
    if len(trail) > _DEEPEST:
        raise _refusal(trail, "a value", f"must be at most {_DEEPEST} levels deep")
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, str):
                raise _refusal(trail, repr(key), "must be text, as every key")
        return {key: plain(item, (*trail, key)) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item, (*trail, place)) for place, item in enumerate(value)]
    if isinstance(value, float) and not math.isfinite(value):
        raise _refusal(trail, value, "must be a finite number")
    if value is None or type(value) in (str, int, float, bool):
        return value
    if is_policy(value):
        return given(value)  # type: ignore[arg-type]
    kinds = "a mapping, list, text, number, boolean or None"
    raise _refusal(trail, f"a {type(value).__name__}", f"must be {kinds}")


def _refusal(trail: Trail, value: object, rule: str) -> InputError:
    remedy = "give plain values only, as YAML has them"
    return InputError(
        Problem(where="scenario", what=dotted(trail), value=value, rule=rule, remedy=remedy)
    )

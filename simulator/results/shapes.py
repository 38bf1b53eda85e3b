"""The one way in for JSON of a results folder: its shape is checked once, where it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import from_json

from simulator.foundation.errors import InputError, Problem
from simulator.results.schema import OF_THIS_VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from pydantic_core import ErrorDetails

__all__ = ["Count", "Number", "Shape", "Small", "checked", "parsed"]

_MOST_PROBLEMS = 10
_LIKE = "is not as in a results folder"

Count = Annotated[int, Field(ge=0, le=2**53)]
"""How many there are of something."""

Small = Annotated[int, Field(ge=0, lt=2**31)]
"""An index, such as a case's."""

Number = Annotated[float, Field(ge=-(2**53), le=2**53)] | None
"""A figure, held to what integers become exactly; None where nothing could be measured."""


class Shape(BaseModel):
    """An object of JSON: strictly of these types; further keys are a later version's."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", allow_inf_nan=False)


_Read = TypeVar("_Read", bound=Shape)


def parsed(path: Path, raw: bytes, remedy: str) -> Any:  # noqa: ANN401 - of any shape
    """Return what a text of JSON says.

    Args:
        path: Where it was read.
        raw: The text.
        remedy: What to do if it is none.

    Raises:
        InputError: If it is no JSON, or nested too deeply.
    """
    try:
        return from_json(raw, allow_inf_nan=False)
    except ValueError as error:
        raise InputError(_problem(path, "content", error, "must be JSON", remedy)) from error


def checked(
    path: Path, found: object, shape: type[_Read], remedy: str, within: Sequence[str] = ()
) -> _Read:
    """Return JSON as the record it is.

    Args:
        path: Where it was read.
        found: What it says.
        shape: What it has to be like.
        remedy: What to do if it is not.
        within: Where in the file it stands.

    Raises:
        InputError: If it is of another version, lacks something or has another type somewhere.
    """
    try:
        return shape.model_validate(found)
    except ValidationError as error:
        wrong = error.errors(include_url=False)
        # A folder of another version lacks this and that: only the version is worth telling.
        told = [one for one in wrong if one["loc"] == ("schema_version",)] or wrong
        raise InputError(
            *(_complaint(path, one, remedy, within) for one in told[:_MOST_PROBLEMS])
        ) from error


def _complaint(path: Path, wrong: ErrorDetails, remedy: str, within: Sequence[str]) -> Problem:
    what = ".".join(map(str, (*within, *wrong["loc"]))) or "content"
    missing = wrong["type"] == "missing"
    rule = OF_THIS_VERSION if what == "schema_version" else f"{_LIKE}: {wrong['msg']}"
    return _problem(path, what, "nothing" if missing else wrong["input"], rule, remedy)


def _problem(path: Path, what: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where=str(path), what=what, value=value, rule=rule, remedy=remedy)

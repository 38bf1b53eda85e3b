"""What all parts of a scenario are made of: strict records, quantities with units, names."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import PydanticCustomError, core_schema

from simulator.foundation.quantities import duration_ns, pattern_of, rate_bps, size_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = [
    "IDENTIFIER",
    "Clash",
    "Factor",
    "Identifier",
    "Integral",
    "Quantity",
    "Record",
    "as_tuple",
    "duration",
    "rate",
    "size",
]


class Clash(NamedTuple):
    """Values of a record that are right one by one and mean nothing together."""

    trail: tuple[str | int, ...]
    """Where it is told: keys and indices from the record on, as users write them."""
    value: object
    """What stands there."""
    rule: str
    """What it breaks, as a predicate."""
    remedy: str = ""
    """What to write instead."""


class Record(BaseModel):
    """A part of a scenario: strict, frozen, no unknown keys, no NaN."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        strict=True,
        allow_inf_nan=False,
        use_attribute_docstrings=True,
        revalidate_instances="never",
    )

    def clashes(self) -> Iterable[Clash]:
        """Return what means nothing together; asked once every value is right by itself."""
        return ()

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if found := tuple(self.clashes()):
            raise PydanticCustomError("clash", "must agree", {"clashes": found})
        return self


_UNITS: dict[Callable[[str], int], str] = {
    duration_ns: "ns",
    size_bytes: "bytes",
    rate_bps: "bit/s",
}


@dataclass(frozen=True, slots=True)
class Quantity:
    """An annotation: a text such as ``150 ms``, validated into an integer between two bounds.

    Attributes:
        parse: From ``simulator.foundation.quantities``.
        least: The smallest accepted, as people write it.
        most: The largest.
        word: Texts that stand for None, such as ``unlimited``; "" for none.
    """

    parse: Callable[[str], int]
    least: str
    most: str
    word: str = ""

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by `check`."""
        return core_schema.no_info_plain_validator_function(self.check)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the text that is accepted."""
        word = f", or {self.word!r}" if self.word else ""
        also = rf"|{self.word}" if self.word else ""
        return {
            "type": "string",
            "pattern": rf"^(?:\s*{pattern_of(self.parse)}\s*{also})$",
            "description": f"{self.least} to {self.most}{word}",
            "x-unit": _UNITS[self.parse],
        }

    def check(self, value: object) -> int | None:
        """Return the quantity in its base unit.

        Raises:
            ValueError: If it is no such quantity. The message is a predicate.
        """
        if self.word and value == self.word:
            return None
        try:
            found = self.parse(value)  # type: ignore[arg-type] # it refuses what is no text
        except ValueError as error:
            also = f", or {self.word!r}" if self.word else ""
            raise ValueError(f"{error}{also}") from None
        if not self.parse(self.least) <= found <= self.parse(self.most):
            raise ValueError(f"must be between {self.least} and {self.most}")
        return found


def duration(least: str, most: str, word: str = "") -> Quantity:
    """Return the annotation of a duration in ns."""
    return Quantity(duration_ns, least, most, word)


def size(least: str, most: str, word: str = "") -> Quantity:
    """Return the annotation of an amount of data in bytes."""
    return Quantity(size_bytes, least, most, word)


def rate(least: str, most: str, word: str = "") -> Quantity:
    """Return the annotation of a rate in bit/s."""
    return Quantity(rate_bps, least, most, word)


def _whole(value: object) -> object:
    """Let ``1e3`` be the integer it is."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def as_tuple(value: object) -> object:
    """Let a YAML list be a tuple."""
    return tuple(value) if isinstance(value, list) else value


IDENTIFIER = r"^[a-z0-9][a-z0-9._-]{0,59}$"


def _identifier(value: Any) -> str:  # noqa: ANN401 - whatever the user wrote
    if not isinstance(value, str) or not re.fullmatch(IDENTIFIER[1:-1], value):
        raise ValueError("must be 1-60 of a-z, 0-9, '.', '-' and '_', like 'city-cameras'")
    return value


Integral = BeforeValidator(_whole)
"""An annotation of integers: ``1e3`` is one."""

Factor = Annotated[float, Field(ge=0.001, le=1000)]
"""A speed or load: a positive ratio of sensible size."""

Identifier = Annotated[
    str, BeforeValidator(_identifier), WithJsonSchema({"type": "string", "pattern": IDENTIFIER})
]
"""A name that is safe in paths and file names."""

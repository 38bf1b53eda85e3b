"""Values with a grammar of their own: shares, limits of queues, times of batches; short forms."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel
from pydantic_core import core_schema

from simulator.foundation.quantities import duration_ns, pattern_of, size_bytes
from simulator.links.queues import QueueLimit

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import CoreSchema

__all__ = [
    "BATCH_TIME",
    "QUEUE_LIMIT",
    "SHARE",
    "BatchTime",
    "OneOrMore",
    "Short",
    "Text",
    "batch_time",
    "queue_limit",
    "share",
]

_PERCENT = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,15})?) ?%")
_PACKETS = re.compile(r"([0-9]{1,9}) packets?")
_MOST_PACKETS = 10**6
_MOST_BYTES = 10**9
_LONGEST_NS = 3600 * 10**9


@dataclass(frozen=True, slots=True)
class Text:
    """An annotation: a value validated by a function of its own.

    Attributes:
        parse: Returns what is meant; raises ValueError with a predicate.
        schema: The entries of its JSON Schema.
    """

    parse: Callable[[object], object]
    schema: dict[str, object] = field(hash=False)

    def __get_pydantic_core_schema__(self, _: object, __: GetCoreSchemaHandler) -> CoreSchema:
        """Validate by the function."""
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, _: CoreSchema, __: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Describe the text."""
        return dict(self.schema)


@dataclass(frozen=True, slots=True)
class Short:
    """An annotation of a record: a plain value stands for the mapping with this one key.

    Attributes:
        key: The key.
    """

    key: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Write the mapping out, then validate it."""
        return core_schema.no_info_before_validator_function(self._written_out, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Accept both."""
        return {"anyOf": [{"type": "string", "description": f"the {self.key}"}, handler(schema)]}

    def _written_out(self, value: object) -> object:
        return value if isinstance(value, dict | BaseModel) else {self.key: value}


class OneOrMore:
    """An annotation of a tuple: a list, or its only item without a list around it."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Make a tuple, then validate it."""
        return core_schema.no_info_before_validator_function(self._listed, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        """Accept both."""
        listed = handler(schema)
        return {"anyOf": [listed, listed["items"]]}

    @staticmethod
    def _listed(value: object) -> object:
        return tuple(value) if isinstance(value, list | tuple) else (value,)


def share(value: object) -> float:
    """Return a share from 0 to 1, written as a number, or in percent with its sign.

    Raises:
        ValueError: If it is none. The message is a predicate.

    Example:
        >>> share("0.5 %"), share(0.005), share("1%")
        (0.005, 0.005, 0.01)
    """
    found = -1.0
    if isinstance(value, str) and (match := _PERCENT.fullmatch(value.strip())):
        found = float(match[1]) / 100
    elif isinstance(value, int | float) and not isinstance(value, bool):
        found = float(value)
    if not 0 <= found <= 1:
        raise ValueError("must be a share: a number from 0 to 1, or percent like '1 %'")
    return found


def queue_limit(value: object) -> QueueLimit:
    """Return a limit written as an amount of data, a number of packets, or ``unlimited``.

    Raises:
        ValueError: If it is none of these, or out of bounds. The message is a predicate.

    Example:
        >>> queue_limit("64 kB"), queue_limit("50 packets")
        (QueueLimit(whole_bytes=64000, packets=None), QueueLimit(whole_bytes=None, packets=50))
    """
    if value == "unlimited":
        return QueueLimit()
    if isinstance(value, str) and (match := _PACKETS.fullmatch(value.strip())):
        packets = int(match[1])
        if not 1 <= packets <= _MOST_PACKETS:
            raise ValueError(f"must be between 1 and {_MOST_PACKETS:,} packets")
        return QueueLimit(packets=packets)
    try:
        found = size_bytes(value)  # type: ignore[arg-type] # it refuses what is no text
    except ValueError as error:
        raise ValueError(f"{error}, or '50 packets', or 'unlimited'") from None
    if not 1 <= found <= _MOST_BYTES:
        raise ValueError("must be between 1 B and 1 GB")
    return QueueLimit(whole_bytes=found)


class BatchTime(NamedTuple):
    """What a batch takes in service."""

    base_ns: int
    frame_ns: int


def batch_time(value: object) -> BatchTime:
    """Return the time of a batch written as what it takes at all, plus what each frame adds.

    Raises:
        ValueError: If it is no such sum, or longer than an hour. The message is a predicate.

    Example:
        >>> batch_time("10 ms + 4 ms")
        BatchTime(base_ns=10000000, frame_ns=4000000)
    """
    parts = value.split("+") if isinstance(value, str) else []
    try:
        base_ns, frame_ns = map(duration_ns, parts)
    except ValueError:
        raise ValueError("must be a base and a time a frame, like '10 ms + 4 ms'") from None
    if max(base_ns, frame_ns) > _LONGEST_NS or not base_ns + frame_ns:
        raise ValueError("must be above 0, and at most an hour each")
    return BatchTime(base_ns, frame_ns)


SHARE = Text(
    share,
    {
        "anyOf": [
            {"type": "number", "minimum": 0, "maximum": 1},
            {"type": "string", "pattern": r"^\s*[0-9]{1,3}(?:\.[0-9]{1,15})? ?%\s*$"},
        ],
        "description": "a number from 0 to 1, or percent like '1 %'",
    },
)
"""An annotation of floats, see `share`."""

QUEUE_LIMIT = Text(
    queue_limit,
    {
        "type": "string",
        "pattern": rf"^(?:\s*{pattern_of(size_bytes)}\s*|\s*[0-9]{{1,9}} packets?\s*|unlimited)$",
        "description": "'64 kB', '50 packets' or 'unlimited'",
    },
)
"""An annotation of `QueueLimit`."""

BATCH_TIME = Text(
    batch_time,
    {
        "type": "string",
        "pattern": r"^\s*{0}\s*\+\s*{0}\s*$".format(pattern_of(duration_ns)),
        "description": "like '10 ms + 4 ms'",
    },
)
"""An annotation of `BatchTime`."""

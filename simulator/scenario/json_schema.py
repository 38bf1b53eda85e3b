"""The JSON Schema of scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic.json_schema import GenerateJsonSchema

from simulator.foundation.quantities import format_bytes, format_ns
from simulator.links.queues import QueueLimit
from simulator.scenario.fields import Record
from simulator.scenario.records import ScenarioRecord

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

__all__ = ["json_schema"]


class _Schema(GenerateJsonSchema):
    """Writes defaults of quantities as people do."""

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """Return a field's schema with its default."""
        found = super().default_schema(schema)
        unit = found.pop("x-unit", None)
        if unit and isinstance(found.get("default"), int):
            shown = format_ns if unit == "ns" else format_bytes
            found["default"] = shown(found["default"])
        return found

    def encode_default(self, dft: object) -> object:
        """Return a default as YAML has it: a record without keys is one with its defaults."""
        if isinstance(dft, Record):
            return {}
        if isinstance(dft, QueueLimit):
            return "unlimited" if dft.whole_bytes is None else format_bytes(dft.whole_bytes)
        return super().encode_default(dft)


def json_schema() -> dict[str, Any]:
    """Return the schema of a scenario document.

    Example:
        >>> schema = json_schema()
        >>> schema["$defs"]["Downlink"]["properties"]["delay"]["default"]
        '20 ms'
    """
    found = ScenarioRecord.model_json_schema(schema_generator=_Schema)
    named = {"$schema": GenerateJsonSchema.schema_dialect, "title": "splitcast scenario"}
    return named | {key: value for key, value in found.items() if key != "title"}

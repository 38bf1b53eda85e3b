"""The JSON Schema of scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from pydantic.json_schema import GenerateJsonSchema

from models.profile import shipped
from policies.table import POLICIES
from simulator.foundation.quantities import format_bytes, format_ns
from simulator.links.queues import QueueLimit
from simulator.scenario.fields import IDENTIFIER, Record
from simulator.scenario.records import ScenarioRecord
from simulator.scenario.sweep import ROOTS
from traces.families import families

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema

__all__ = ["json_schema"]

_PATH: Final = r"[/\\]"
"""Of a path: a bare word is a name."""

_CLASS: Final = r"\.py:[A-Za-z_]\w*$"

_SINGLE: Final = ("duration", "seed")
_SWEPT: Final = (
    f"^(?:{'|'.join(_SINGLE)})$|^(?:{'|'.join(r for r in ROOTS if r not in _SINGLE)})"
    r"(?:\.[A-Za-z0-9_-]+)+$"
)


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

    It is what an editor needs: quantities are patterns with their units, families, shipped profiles
    and policies are listed by name beside the pattern of a path, and the paths of a sweep have the
    form they must have. Bounds of quantities, and what clashes, only `splitcast validate` knows.

    Example:
        >>> schema = json_schema()
        >>> schema["$defs"]["Downlink"]["properties"]["delay"]["default"]
        '20 ms'
    """
    found = ScenarioRecord.model_json_schema(schema_generator=_Schema)
    _tidy(found)
    fields = {name: part["properties"] for name, part in found["$defs"].items()}
    _several_files(found["$defs"]["FileTrace"])
    _either(fields["FamilyTrace"]["family"], {"enum": sorted(families())})
    _either(fields["ProfileGroup"]["profile"], {"enum": list(shipped())}, {"pattern": _PATH})
    policy: list[dict[str, Any]] = [{"enum": sorted(POLICIES)}, {"pattern": _CLASS}]
    for group in ("ProfileGroup", "WorkloadGroup"):
        one, mapping = fields[group]["policy"]["anyOf"]
        for named in (one, mapping["properties"]["name"]):
            _either(named, *policy)
    found["properties"]["streams"]["propertyNames"] = {"pattern": IDENTIFIER}
    found["properties"]["sweep"] = _sweep(found["properties"]["sweep"]["description"])
    named = {"$schema": GenerateJsonSchema.schema_dialect, "title": "splitcast scenario"}
    return named | {key: value for key, value in found.items() if key != "title"}


def _several_files(file_trace: dict[str, Any]) -> None:
    """Let a folder stand in place of a file: it is spread over the sweep before all else."""
    about = "Folder of traces, relative to the scenario: one point of the sweep for each."
    file_trace["properties"]["folder"] = {"type": "string", "minLength": 1, "description": about}
    file_trace["required"].remove("file")
    file_trace["oneOf"] = [{"required": ["file"]}, {"required": ["folder"]}]


def _either(field: dict[str, Any], *choices: dict[str, Any]) -> None:
    """Narrow a text to one of several choices."""
    field["anyOf"] = list(choices)


def _sweep(about: str) -> dict[str, Any]:
    """Return the schema of a sweep: paths to lists, and the same once more under ``zip``."""
    lists = {
        "type": "object",
        "patternProperties": {
            r"\.trace\.(?:file|folder)$": {"type": ["array", "string"], "minItems": 1},
            r"\.trace$": {"type": ["array", "object"], "minItems": 1},
        },
        "additionalProperties": {"type": "array", "minItems": 1},
    }
    zipped = lists | {"propertyNames": {"pattern": _SWEPT}, "minProperties": 1}
    return lists | {
        "description": about,
        "properties": {"zip": zipped},
        "propertyNames": {"pattern": f"^zip$|{_SWEPT}"},
    }


def _tidy(part: object) -> None:
    """Say of every list how many items it has, and drop notes that no editor knows."""
    if isinstance(part, dict):
        part.pop("x-unit", None)
        if part.get("type") == "array":
            for said, meant in (("minLength", "minItems"), ("maxLength", "maxItems")):
                if said in part:
                    part[meant] = part.pop(said)
    inner = part.values() if isinstance(part, dict) else part if isinstance(part, list) else ()
    for item in inner:
        _tidy(item)

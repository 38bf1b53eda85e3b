"""Which policy a group of streams follows, with its parameters."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, WithJsonSchema

from simulator.scenario.fields import Record

__all__ = ["POLICY_SCHEMA", "PolicySpec", "policy_spec"]

POLICY_SCHEMA = WithJsonSchema(
    {
        "anyOf": [
            {"type": "string"},
            {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]},
        ]
    }
)
"""What users write: a name, or a mapping of the name and the policy's own parameters."""


class PolicySpec(Record):
    """A policy with parameters: ``deadline``, ``{name: fixed, unit: unit-3}``, ``./my.py:Mine``."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    """A policy of the table, or ``path/to/file.py:Class`` (relative to the scenario)."""
    params: dict[str, Any] = Field(default_factory=dict)
    """Numbers, texts and booleans passed to the policy's constructor."""

    @property
    def label(self) -> str:
        """What tables call it: ``fixed(unit=unit-3)``."""
        short = self.name.rpartition("/")[2]
        if not self.params:
            return short
        return f"{short}({', '.join(f'{key}={value}' for key, value in self.params.items())})"


def policy_spec(value: Any) -> object:  # noqa: ANN401 - whatever the user wrote
    """Turn what a scenario writes into the record's fields."""
    if isinstance(value, str):
        return {"name": value}
    if isinstance(value, dict):
        params = {key: item for key, item in value.items() if key != "name"}
        for key, item in params.items():
            if not _is_plain(item):
                message = f"must have plain values, or lists of them, as parameters: {key}"
                raise ValueError(message)
        return {"params": params, **({"name": value["name"]} if "name" in value else {})}
    if isinstance(value, PolicySpec):
        return value
    raise ValueError("must be a policy's name, or a mapping with its name and parameters")


def _is_plain(value: object) -> bool:
    parts = value if isinstance(value, list) else [value]
    return not any(isinstance(part, dict | list) for part in parts)

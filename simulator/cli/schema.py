"""`splitcast schema`: the JSON Schema of scenarios, for editors."""

from __future__ import annotations

import json

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    command(commands, "schema", "print the JSON Schema of scenarios", _execute)


def _execute(_: Arguments) -> int:
    from simulator.scenario.json_schema import json_schema

    print(json.dumps(json_schema(), indent=1))
    return 0

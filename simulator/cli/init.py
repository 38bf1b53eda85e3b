"""`splitcast init`: writes a commented scenario to begin with."""

from __future__ import annotations

import json
import os
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file

__all__ = ["SCHEMA_FILE", "add"]

SCHEMA_FILE = "splitcast.schema.json"
"""What an editor reads beside a scenario; one that is there already is left as it is."""

_TEMPLATE = Path(__file__).with_name("template.yaml")
_MODELINE = f"# yaml-language-server: $schema={SCHEMA_FILE}"


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "init", "write a commented example scenario", _execute)
    parser.add_argument(
        "scenario", metavar="SCENARIO.yaml", type=output_file, nargs="?", default="scenario.yaml"
    )


def _execute(arguments: Arguments) -> int:
    from simulator.foundation.errors import InputError, Problem
    from simulator.foundation.files import write_atomically
    from simulator.scenario.json_schema import json_schema

    path: Path = arguments.scenario
    if path.exists():
        problem = Problem(
            where=str(path),
            what="scenario",
            value="a file",
            rule="must not exist already",
            remedy="give another name: nothing is overwritten",
        )
        raise InputError(problem)
    schema = path.with_name(SCHEMA_FILE)
    if not os.path.lexists(schema):
        write_atomically(schema, json.dumps(json_schema(), indent=1) + "\n")
        print(f"wrote {schema}, by which editors complete and check scenarios")
    write_atomically(path, f"{_MODELINE}\n{_TEMPLATE.read_text()}")
    print(f"wrote {path}; try `splitcast run {path}`")
    return 0

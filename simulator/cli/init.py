"""`splitcast init`: writes a commented scenario to begin with."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file

__all__ = ["add"]

_TEMPLATE = Path(__file__).with_name("template.yaml")


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "init", "write a commented example scenario", _execute)
    parser.add_argument(
        "scenario", metavar="SCENARIO.yaml", type=output_file, nargs="?", default="scenario.yaml"
    )


def _execute(arguments: Arguments) -> int:
    from simulator.foundation.errors import InputError, Problem
    from simulator.foundation.files import write_atomically

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
    write_atomically(path, _TEMPLATE.read_text())
    print(f"wrote {path}; try `splitcast run {path}`")
    return 0

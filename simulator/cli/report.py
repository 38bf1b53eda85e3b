"""`splitcast report`: the plots and the page of a results folder, made again."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "report", "make the report of a results folder again", _execute)
    parser.add_argument("folder", metavar="DIR", type=Path)


def _execute(arguments: Arguments) -> int:
    from simulator.report import build

    print(build(arguments.folder))
    return 0

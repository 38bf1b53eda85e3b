"""What a command file offers: `add`, which describes its arguments and names its function."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Arguments", "Commands", "command"]

Arguments: TypeAlias = argparse.Namespace

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]  # noqa: SLF001
else:
    Commands: TypeAlias = object


def command(
    commands: Commands, name: str, about: str, execute: Callable[[Arguments], int]
) -> argparse.ArgumentParser:
    """Add a command and return its parser.

    Args:
        commands: Of the program, or of a command that has some of its own.
        name: What the user types.
        about: One line of help.
        execute: Does it and returns the exit code.
    """
    parser = commands.add_parser(name, help=about, description=f"{about[0].upper()}{about[1:]}.")
    parser.set_defaults(execute=execute, parser=parser)
    return parser

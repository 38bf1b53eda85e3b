"""`splitcast units`: writes the model card of trained units."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "train bottleneck units; write their model card"
    parts = commands.add_parser("units", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    card = command(parts, "card", "write the model card of a profile", _card)
    card.add_argument("profile", metavar="NAME|DIR")
    card.add_argument("out", metavar="FILE.md", type=Path)


def _card(arguments: Arguments) -> int:
    from models.card import write

    write(arguments.profile, arguments.out)
    print(arguments.out)
    return 0

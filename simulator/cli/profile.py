"""`splitcast profile`: shows a measured ladder, or measures one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "show a measured ladder, or measure one"
    parts = commands.add_parser("profile", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    show = command(parts, "show", "show what a profile holds", _show)
    show.add_argument("profile", metavar="NAME|DIR")
    show.add_argument("--json", action="store_true", help="print JSON instead")
    measure = command(parts, "measure", "measure trained units and write their profile", _measure)
    measure.add_argument("weights", metavar="WEIGHTS", help="name of shipped weights, or a folder")
    measure.add_argument("out", metavar="DIR", type=Path, help="folder of the profile")
    measure.add_argument("--workers", type=int, default=1, help="processes (default 1)")


def _show(arguments: Arguments) -> int:
    from models.profile import load
    from models.show import as_json, render

    profile = load(arguments.profile)
    print(json.dumps(as_json(profile), indent=1) if arguments.json else render(profile))
    return 0


def _measure(arguments: Arguments) -> int:
    from models.measure import measure
    from models.show import render

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    print(render(measure(arguments.weights, arguments.out, workers=arguments.workers, tell=tell)))
    return 0

"""`splitcast profile`: shows a measured ladder, or measures one."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.run import workers

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
    measure.add_argument(
        "--share", type=_share, default=1.0, help="share of the clips, 0 to 1 (default all)"
    )
    measure.add_argument(
        "--baselines", action="store_true", help="WebP and feature codecs, too, not JPEG alone"
    )
    measure.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share <= 1:
        raise ValueError(text)
    return share


def _show(arguments: Arguments) -> int:
    from models.profile import load
    from models.show import as_json, render

    profile = load(arguments.profile)
    print(json.dumps(as_json(profile), indent=1) if arguments.json else render(profile))
    return 0


def _measure(arguments: Arguments) -> int:
    from models.baselines import jpeg, webp
    from models.measure import ContentPlan, measure
    from models.show import render

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    content = ContentPlan().scaled(arguments.share)
    profile = measure(
        arguments.weights,
        arguments.out,
        content=content,
        codecs=(*jpeg.LADDER, *webp.LADDER) if arguments.baselines else jpeg.LADDER,
        features=arguments.baselines,
        workers=arguments.workers,
        tell=tell,
    )
    print(render(profile))
    return 0

"""`splitcast profile`: shows, measures, combines and publishes ladders."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.run import workers

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "show, measure, combine or publish ladders"
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
    measure.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")
    about = "take the device's side of one profile and the server's side of another"
    combine = command(parts, "combine", about, _combine)
    combine.add_argument("--device", metavar="NAME|DIR", required=True, help="profile to take from")
    combine.add_argument("--server", metavar="NAME|DIR", required=True, help="profile to take from")
    combine.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder of the profile"
    )
    about = "build a profile of published means from a file of typed figures"
    publish = command(parts, "publish", about, _publish)
    publish.add_argument("file", metavar="FILE.yaml", type=Path, help="YAML or JSON")
    publish.add_argument(
        "--out", metavar="DIR", type=Path, required=True, help="folder of the profile"
    )


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


def _combine(arguments: Arguments) -> int:
    from models.profile import combined, load, save
    from models.show import render

    device, server = load(arguments.device), load(arguments.server)
    print(render(save(combined(device, server, arguments.out.name), arguments.out)))
    return 0


def _publish(arguments: Arguments) -> int:
    from models.profile import save
    from models.published import published
    from models.show import render
    from simulator.scenario.yaml_reader import read_file

    document = read_file(arguments.file)
    print(render(save(published(document.value, document.place), arguments.out)))
    return 0


def _measure(arguments: Arguments) -> int:
    from models.measure import ContentPlan, measure
    from models.show import render

    def tell(line: str) -> None:
        print(line, file=sys.stderr)

    content = ContentPlan().scaled(arguments.share)
    profile = measure(
        arguments.weights, arguments.out, content=content, workers=arguments.workers, tell=tell
    )
    print(render(profile))
    return 0

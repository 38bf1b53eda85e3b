"""`splitcast findings`: reruns the bundled scenarios and rewrites the README's findings table."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file
from simulator.cli.progress import Progress
from simulator.cli.run import workers

__all__ = ["add"]

_ASKED = (
    "3g-uplink",
    "eight-lte-cameras",
    "one-camera-load-0.25",
    "one-camera-load-1",
    "one-camera-load-4",
    "overloaded-server",
    "published-one-camera-load-1",
    "slow-device",
)
"""Scenarios of one group on one shared uplink, in the order of the table."""


def add(commands: Commands) -> None:
    """Describe the command."""
    about = "rerun scenarios: which action pays, by how many points"
    parser = command(commands, "findings", about, _execute)
    parser.add_argument(
        "scenarios",
        metavar="SCENARIO.yaml",
        type=Path,
        nargs="*",
        help=f"by default {', '.join(_ASKED)}",
    )
    parser.add_argument(
        "--readme",
        metavar="FILE",
        type=output_file,
        help="rewrite its findings table (README.md, if no scenario is named)",
    )
    parser.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")
    parser.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], dest="overrides"
    )


def _execute(arguments: Arguments) -> int:
    from simulator.cli.bundled import scenario_path
    from simulator.findings import findings_table, investigate, replace_table
    from simulator.foundation.files import read_bounded, write_atomically

    readme: Path | None = arguments.readme
    if readme is None and not arguments.scenarios:
        readme = output_file("README.md")
    paths = arguments.scenarios or [scenario_path(name) for name in _ASKED]
    before = ""
    if readme is not None:
        before = read_bounded(readme, limit_bytes=10**6, what="document").decode()
        replace_table(before, "", str(readme))  # refuse before the work, not after
    found = []
    for path in paths:
        print(path.stem, file=sys.stderr)
        with Progress(sys.stderr) as progress:
            found.append(
                investigate(
                    path,
                    workers=arguments.workers,
                    overrides=arguments.overrides,
                    progress=progress,
                )
            )
    table = findings_table(found)
    print(table)
    if readme is not None:
        write_atomically(readme, replace_table(before, table, str(readme)))
    return 0

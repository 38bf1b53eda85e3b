"""`splitcast units search`: looks for good units by training many designs for a short time."""

from __future__ import annotations

import sys
from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.run import workers

__all__ = ["add"]


def add(parts: Commands) -> None:
    """Describe the command."""
    search = command(
        parts, "search", "search for units over split points, shapes and rates", _search
    )
    search.add_argument("weights", metavar="DIR", type=Path, help="folder that `train` wrote")
    search.add_argument("--seed", type=int, default=1, help="of everything (default 1)")
    search.add_argument("--quick", action="store_true", help="seconds, to see it work")
    search.add_argument(
        "--workers", metavar="N", type=workers, default=2, help="trials at a time (default 2)"
    )
    search.add_argument(
        "--report", metavar="FILE.md", type=Path, help="write what was found, costs beside it"
    )


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _search(arguments: Arguments) -> int:
    from models.search.run import FULL, QUICK, train

    found = train(
        arguments.weights,
        seed=arguments.seed,
        settings=QUICK if arguments.quick else FULL,
        workers=arguments.workers,
        tell=_tell,
    )
    names = ", ".join(outcome.name for outcome in found.longer)
    print(f"{len(found.kept)} of {len(found.trials)} designs kept, {names} trained longer")
    if arguments.report:
        from models.search.report import write

        write(arguments.weights, arguments.report)
        print(arguments.report)
    return 0

"""`splitcast demo`: the bundled scenario on the shipped profile, with report."""

from __future__ import annotations

from pathlib import Path

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.run import add_batch_options, simulate

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "demo", "simulate the bundled demo scenario", _execute)
    parser.add_argument(
        "--out",
        metavar="DIR",
        type=Path,
        default=Path("results/demo"),
        help="where results and report go (default results/demo; earlier ones are replaced)",
    )
    add_batch_options(parser)


def _execute(arguments: Arguments) -> int:
    from simulator.cli.bundled import scenario_path
    from simulator.scenario import Scenario

    scenario = Scenario.from_file(scenario_path("demo"), arguments.overrides)
    return simulate(scenario, arguments, out=arguments.out, replace=True)

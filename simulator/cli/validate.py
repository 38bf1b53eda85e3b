"""`splitcast validate`: is a scenario right, and is everything there that it needs?"""

from __future__ import annotations

from simulator.cli.interface import Arguments, Commands, command

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(
        commands,
        "validate",
        "check a scenario, and the traces, profiles, policies it names",
        _execute,
    )
    parser.add_argument("scenario", metavar="SCENARIO.yaml")
    parser.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], dest="overrides"
    )


def _execute(arguments: Arguments) -> int:
    from simulator.assembly import frames_of
    from simulator.batch.cases import run_specs
    from simulator.batch.check import check
    from simulator.batch.memory import refuse_too_large
    from simulator.scenario import Scenario

    scenario = Scenario.from_file(arguments.scenario, arguments.overrides)
    specs = run_specs(scenario)
    check(scenario, specs)
    refuse_too_large(scenario, specs, workers=1)
    frames = sum(frames_of(spec.point.record, scenario.folder) for spec in specs)
    cases = len({spec.case for spec in specs})
    print(f"{arguments.scenario} is fine. Runs: {len(specs)}, cases: {cases}, frames: {frames:,}")
    return 0

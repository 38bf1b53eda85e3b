"""`splitcast validate`: is a scenario right, and is everything there that it needs?"""

from __future__ import annotations

import sys
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING

from simulator.cli.interface import Arguments, Commands, command
from simulator.foundation.foreign import aside
from simulator.foundation.terminal import clean_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from simulator.batch.cases import RunSpec
    from simulator.scenario import Scenario

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
        "--policies",
        action="store_true",
        help="run own policies on their first frames, too; without it their files are only parsed",
    )
    parser.add_argument(
        "--set", metavar="PATH=VALUE", action="append", default=[], dest="overrides"
    )


def _execute(arguments: Arguments) -> int:
    from simulator.assembly import frames_of
    from simulator.assembly.problems import every
    from simulator.batch.cases import run_specs
    from simulator.batch.memory import refuse_too_large
    from simulator.batch.own_policies import look_at_policies, with_stand_ins
    from simulator.scenario import Scenario

    scenario = Scenario.from_file(arguments.scenario, arguments.overrides)
    specs = run_specs(scenario)
    if arguments.policies:
        with aside():  # what a policy prints is not ours
            doubts = _of_settings(scenario, specs)
    else:
        looked = partial(look_at_policies, scenario, specs)
        specs = with_stand_ins(specs)
        doubts = list(chain(*every([looked, partial(_of_settings, scenario, specs)])))
    refuse_too_large(scenario, specs, workers=1)
    for doubt in (*scenario.left_out, *doubts):
        print(f"warning: {clean_line(doubt)}", file=sys.stderr)
    frames = sum(frames_of(spec.point.record, scenario.folder) for spec in specs)
    cases = len({spec.case for spec in specs})
    print(f"{arguments.scenario} is fine. Runs: {len(specs)}, cases: {cases}, frames: {frames:,}")
    return 0


def _of_settings(scenario: Scenario, specs: Sequence[RunSpec]) -> list[str]:
    """Return what is doubtful about a scenario's settings, in words."""
    from simulator.batch.check import check

    return [doubt.text for doubt in check(scenario, specs)]

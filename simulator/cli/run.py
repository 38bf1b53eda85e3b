"""`splitcast run`: simulate a scenario, print its table, leave its results."""

from __future__ import annotations

import json
import os
import shlex
import sys
from argparse import ArgumentTypeError
from pathlib import Path
from typing import TYPE_CHECKING

from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.progress import Progress
from simulator.foundation.foreign import aside
from simulator.foundation.terminal import clean_line

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from simulator.scenario import Scenario

__all__ = ["add", "add_batch_options", "simulate", "workers"]

OBJECTIVE_FAILED = 3
INCONCLUSIVE = 4


def add(commands: Commands) -> None:
    """Describe the command."""
    parser = command(commands, "run", "simulate a scenario", _execute)
    parser.add_argument("scenario", metavar="SCENARIO.yaml")
    parser.add_argument("--out", metavar="DIR", type=Path, help="leave results and report there")
    parser.add_argument("--resume", action="store_true", help="finish the missing runs in --out")
    add_batch_options(parser)


def add_batch_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that everything has that runs a batch."""
    parser.add_argument(
        "--workers", metavar="N", type=workers, default=1, help="processes (default 1)"
    )
    parser.add_argument(
        "--set",
        metavar="PATH=VALUE",
        action="append",
        default=[],
        dest="overrides",
        help="replace a value of the scenario, swept or not, like streams.cameras.fps=30; "
        "may be repeated",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON instead")


def workers(text: str) -> int:
    """Return a number of processes; at most four a core, lest the machine stall."""
    most = 4 * (os.cpu_count() or 1)
    if not text.isdecimal() or not 1 <= int(text) <= most:
        raise ArgumentTypeError(f"{text or '(empty)'} must be a whole number from 1 to {most}")
    return int(text)


def _execute(arguments: Arguments) -> int:
    from simulator.foundation.errors import InputError, Problem
    from simulator.scenario import Scenario

    if arguments.resume and arguments.out is None:
        problem = Problem(
            where="--resume",
            what="--out",
            value="(missing)",
            rule="must name the folder to resume",
            remedy="add --out DIR",
        )
        raise InputError(problem)
    scenario = Scenario.from_file(arguments.scenario, arguments.overrides)
    return simulate(scenario, arguments, out=arguments.out, resume=arguments.resume)


def simulate(
    scenario: Scenario,
    arguments: Arguments,
    *,
    out: Path | None,
    resume: bool = False,
    replace: bool = False,
) -> int:
    """Run a batch as a command does: progress and remarks on stderr, the table on stdout.

    Args:
        scenario: What to simulate.
        arguments: With the options of `add_batch_options`.
        out: Folder for the results, if any.
        resume: Finish results in ``out``.
        replace: Replace results in ``out``.

    Returns:
        The exit code that its objectives give.
    """
    from simulator import batch
    from simulator.cli.results_table import results_table

    # What a user's policy prints is no part of the table or the JSON.
    with aside(), Progress(sys.stderr) as progress:
        results = batch.run(
            scenario,
            out=out,
            workers=arguments.workers,
            resume=resume,
            replace=replace,
            report=out is not None,
            progress=progress,
            command=shlex.join(["splitcast", *arguments.words]),
        )
    summary = results.document
    for warning in summary["warnings"]:
        print(f"warning: {clean_line(warning)}", file=sys.stderr)
    print(json.dumps(summary, indent=1) if arguments.json else results_table(summary))
    if out is not None:
        print(f"results in {out}, report in {out / 'report.html'}", file=sys.stderr)
    return _exit_code(summary)


def _exit_code(summary: Mapping[str, Any]) -> int:
    verdicts = {found["verdict"] for found in summary["slo"]}
    if "failed" in verdicts:
        return OBJECTIVE_FAILED
    return INCONCLUSIVE if "inconclusive" in verdicts else 0

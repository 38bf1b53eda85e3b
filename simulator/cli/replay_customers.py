"""The part of `splitcast replay` that serves customers by a pool of workers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from simulator.cli.option_values import option_name, parsed, whole_number
from simulator.foundation.errors import InputError, Problem

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from simulator.cli.interface import Arguments
    from simulator.replay.customers import PoolChoice

__all__ = ["join"]

T = TypeVar("T")

# Options that are whole numbers: from, to, and an example.
_WHOLE = {
    "workers": (1, 10_000, 1),
    "queue_places": (0, 2_000_000, 50),
    "max_batch": (1, 2_000_000, 8),
}
_OTHERS = ("patience", "batching", "max_wait", "batch_time")
_SHARED = {"out", "words"}
_ABOUT = """\
In place of --trace and --frames: first come, first served by workers that are all alike. --out then
holds id,arrival_s,service_start_s,departure_s,outcome,batch_id,batch_size; the outcome is served,
reneged or refused."""


def join(parser: argparse.ArgumentParser, of_frames: Callable[[Arguments], int]) -> None:
    """Let a command that replays frames replay customers, too.

    Args:
        parser: Of the command, with all its own options.
        of_frames: What the command does otherwise.
    """
    defaults = {action.dest: action.default for action in parser._actions}  # noqa: SLF001  # no other way
    group = parser.add_argument_group("customers", _ABOUT)
    group.add_argument(
        "--customers",
        metavar="FILE",
        type=Path,
        help="CSV with id,arrival_s and, without --batch-time, service_time_s",
    )
    group.add_argument("--workers", metavar="C", help="how many (1)")
    group.add_argument("--queue-places", metavar="N", help="most that wait (no limit)")
    group.add_argument("--patience", help="longest wait, like '100 ms' (for ever)")
    group.add_argument(
        "--batching",
        choices=("pull", "form"),
        help="pull: a free worker takes what waits (usual); form: batches close by themselves",
    )
    group.add_argument("--max-batch", metavar="B", help="the largest batch (1)")
    group.add_argument("--max-wait", help="a batch that forms closes so long after its first")
    group.add_argument("--batch-time", help="of all batches, like '10 ms + 4 ms': base + each")

    def execute(arguments: Arguments) -> int:
        if arguments.customers is None:
            _check_frames(arguments)
            return of_frames(arguments)
        _check_alone(arguments, defaults)
        return _execute(arguments)

    parser.set_defaults(execute=execute)


def _check_frames(arguments: Arguments) -> None:
    """Refuse frames without what they need, and options that only customers have."""
    problems = [
        _problem(
            name, "(none)", "must be given", f"give {option_name(name)} FILE, or --customers FILE"
        )
        for name in ("trace", "frames")
        if getattr(arguments, name) is None
    ]
    problems += [
        _problem(name, value, "means nothing for frames", "leave it out, or give --customers FILE")
        for name in (*_WHOLE, *_OTHERS)
        if (value := getattr(arguments, name)) is not None
    ]
    if problems:
        raise InputError(*problems)


def _check_alone(arguments: Arguments, defaults: dict[str, object]) -> None:
    """Refuse options that only frames have."""
    problems = [
        _problem(name, value, "means nothing for --customers", "leave it out")
        for name, usual in defaults.items()
        if name not in _SHARED and (value := getattr(arguments, name, usual)) != usual
    ]
    if problems:
        raise InputError(*problems)


def _problem(name: str, value: object, rule: str, remedy: str) -> Problem:
    return Problem(where=option_name(name), what="option", value=value, rule=rule, remedy=remedy)


def _execute(arguments: Arguments) -> int:
    from simulator.replay.customers import read_customers, serve, visits_table
    from simulator.replay.customers.checks import check
    from simulator.replay.customers.output import outcomes
    from simulator.replay.outputs import check_outputs, write_outputs

    choice = _choice(arguments)
    check_outputs([arguments.out], inputs=[arguments.customers])
    customers = read_customers(arguments.customers)
    check(customers, choice)
    visits = serve(customers, choice)
    write_outputs({arguments.out: visits_table(customers, visits)})
    ends = outcomes(visits)
    served, reneged, refused = map(ends.count, ("served", "reneged", "refused"))
    print(f"{served} of {len(ends)} customers served; {reneged} reneged, {refused} refused")
    print(f"wrote {arguments.out}")
    return 0


def _choice(arguments: Arguments) -> PoolChoice:
    from simulator.foundation.quantities import duration_ns
    from simulator.replay.customers import PoolChoice, batch_time

    def whole(name: str) -> int | None:
        text = getattr(arguments, name)
        return None if text is None else whole_number(option_name(name), text, *_WHOLE[name])

    def given(name: str, what: str, parse: Callable[[str], T], example: str) -> T | None:
        text = getattr(arguments, name)
        return None if text is None else parsed(option_name(name), what, text, parse, example)

    usual = PoolChoice()
    return PoolChoice(
        workers=whole("workers") or usual.workers,
        places=whole("queue_places"),
        patience_ns=given("patience", "duration", duration_ns, "100 ms"),
        batching=arguments.batching or usual.batching,
        max_batch=whole("max_batch") or usual.max_batch,
        max_wait_ns=given("max_wait", "duration", duration_ns, "5 ms"),
        batch_time=given("batch_time", "times", batch_time, "10 ms + 4 ms"),
    )

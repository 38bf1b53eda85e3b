"""`splitcast units`: trains weights of every kind, evaluates them, writes their model card."""

from __future__ import annotations

import sys
from pathlib import Path

from models.training.kinds import KINDS
from simulator.cli.interface import Arguments, Commands, command
from simulator.cli.option_values import output_file
from simulator.cli.run import workers

__all__ = ["add"]


def add(commands: Commands) -> None:
    """Describe the commands."""
    about = "train bottleneck units, evaluate them, write their model card"
    parts = commands.add_parser("units", help=about).add_subparsers(
        metavar="COMMAND", required=True
    )
    train = command(parts, "train", "train a backbone and everything on it from a seed", _train)
    train.add_argument(
        "out", metavar="DIR", type=Path, help="folder of weights; resumed if cut off"
    )
    train.add_argument(
        "--only",
        metavar="KIND",
        action="append",
        default=[],
        help=f"train this kind only: {', '.join(kind.name for kind in KINDS)}; can be repeated; "
        "all but the ladder need it there",
    )
    train.add_argument("--seed", type=int, default=1, help="of everything (default 1)")
    train.add_argument("--quick", action="store_true", help="seconds of training, to see it work")
    train.add_argument("--workers", metavar="N", type=workers, default=2, help="default 2")
    evaluate = command(parts, "evaluate", "evaluate weights on test clips", _evaluate)
    evaluate.add_argument("weights", metavar="WEIGHTS", help="shipped weights' name, or a folder")
    evaluate.add_argument("out", metavar="FILE.json", type=output_file)
    evaluate.add_argument("--workers", metavar="N", type=workers, default=1, help="default 1")
    evaluate.add_argument(
        "--baselines", action="store_true", help="compare with every baseline, video codecs too"
    )
    evaluate.add_argument(
        "--stills",
        action="store_true",
        help="measure AVIF and answers sent from the device alone, into a FILE.json that is there",
    )
    evaluate.add_argument(
        "--card",
        metavar="FILE.md",
        type=output_file,
        help="write the card with its plots, and latency.md beside it; FILE.json is in a profile",
    )
    spikes = command(parts, "spikes", "write how payloads grow in bursts", _spikes)
    spikes.add_argument("weights", metavar="WEIGHTS", help="shipped weights' name, or a folder")
    spikes.add_argument("out", metavar="FILE.md", type=output_file)
    search = command(parts, "search", "write what the search for units found", _search)
    search.add_argument("weights", metavar="WEIGHTS", help="shipped weights' name, or a folder")
    search.add_argument("out", metavar="FILE.md", type=output_file)
    card = command(parts, "card", "write the model card of a profile", _card)
    card.add_argument("profile", metavar="NAME|DIR", help="with evaluation.json in its folder")
    card.add_argument("out", metavar="FILE.md", type=output_file)


def _tell(line: str) -> None:
    print(line, file=sys.stderr)


def _train(arguments: Arguments) -> int:
    from models.training.kinds import chosen, train

    kinds = chosen(arguments.only)
    train(
        arguments.out,
        kinds,
        seed=arguments.seed,
        quick=arguments.quick,
        workers=arguments.workers,
        tell=_tell,
    )
    names = ", ".join(kind.name for kind in kinds)
    print(f"{names} in {arguments.out}; measure them with `splitcast profile measure`")
    return 0


def _evaluate(arguments: Arguments) -> int:
    from models.card import write
    from models.comparing.opponents import Opponents
    from models.evaluate import add_stills, evaluate
    from simulator.foundation.files import write_atomically
    from simulator.latency import latency_markdown, measure_latency

    if arguments.stills:
        add_stills(arguments.weights, arguments.out, workers=arguments.workers, tell=_tell)
    else:
        evaluate(
            arguments.weights,
            arguments.out,
            against=Opponents() if arguments.baselines else None,
            workers=arguments.workers,
            tell=_tell,
        )
    print(arguments.out)
    if arguments.card:
        write(arguments.out.parent, arguments.card)
        print(arguments.card)
        latency = arguments.card.with_name("latency.md")
        found = measure_latency(arguments.out.parent, workers=arguments.workers)
        write_atomically(latency, latency_markdown(found))
        print(latency)
    return 0


def _search(arguments: Arguments) -> int:
    from models.search.report import write
    from models.subjects.opening import open_ladder

    write(open_ladder(arguments.weights).folder, arguments.out)
    print(arguments.out)
    return 0


def _spikes(arguments: Arguments) -> int:
    from models.robustness import write

    write(arguments.weights, arguments.out, tell=_tell)
    print(arguments.out)
    return 0


def _card(arguments: Arguments) -> int:
    from models.card import write

    write(arguments.profile, arguments.out)
    print(arguments.out)
    return 0
